/* SPDX-License-Identifier: MIT */
/* A function for ripcord_protect that does not take a pointer to void. */
/* expect-gcc: from incompatible pointer type */
/* expect-clang: incompatible function pointer types passing */
/* expect-g++: invalid conversion from 'void (*)(int*)' */
/* expect-clang++: no matching function for call to 'ripcord_protect' */
/* flags: -Werror */
#include "given.h"

#ifdef WRONG
void body(int *argument);
#else
void body(void *argument);
#endif

bool user(int number)
{
    return ripcord_protect(body, &number, NULL);
}
