/* SPDX-License-Identifier: MIT */
/* An argument where the function takes none. */
/* expect-gcc: too many arguments to function */
/* expect-clang: too many arguments to function call */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_nothing' */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    defer(nothing, count);
#else
    (void)count;
    defer(nothing);
#endif
}
