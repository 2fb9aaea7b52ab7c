/* SPDX-License-Identifier: MIT */
/* A format that does not fit its argument. */
/* expect-gcc: expects argument of type 'char */
/* expect-clang: format specifies type 'char */
/* flags: -Wformat -Werror */
#include "given.h"

void user(int number)
{
#ifdef WRONG
    panic("%s", number);
#else
    panic("%d", number);
#endif
}
