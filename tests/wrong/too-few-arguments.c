/* SPDX-License-Identifier: MIT */
/* One argument where the function takes two. */
/* expect-gcc: too few arguments to function */
/* expect-clang: too few arguments to function call */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    defer(restore, count);
#else
    defer(restore, count, 1);
#endif
}
