/* SPDX-License-Identifier: MIT */
/* Three arguments where the function takes two. */
/* expect-gcc: too many arguments to function */
/* expect-clang: too many arguments to function call */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    defer(restore, count, 1, 2);
#else
    defer(restore, count, 1);
#endif
}
