/* SPDX-License-Identifier: MIT */
/* A pointer to another type than that of the parameter. */
/* expect-gcc: from incompatible pointer type */
/* expect-clang: incompatible pointer types passing 'long *' */
/* expect-g++: cannot convert 'long int*' to 'int*' */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int *count, long *other)
{
    (void)count;
    (void)other;
#ifdef WRONG
    defer(restore, other, 1);
#else
    defer(restore, count, 1);
#endif
}
