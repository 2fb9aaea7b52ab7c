/* SPDX-License-Identifier: MIT */
/* A pointer where the parameter is an integer. */
/* expect-gcc: makes integer from pointer without a cast */
/* expect-clang: incompatible pointer to integer conversion */
/* expect-g++: invalid conversion from 'int*' to 'int' */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    defer(restore, count, count);
#else
    defer(restore, count, *count);
#endif
}
