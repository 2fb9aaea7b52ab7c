/* SPDX-License-Identifier: MIT */
/* An integer where the parameter is a pointer. */
/* expect-gcc: makes pointer from integer without a cast */
/* expect-clang: incompatible integer to pointer conversion */
/* expect-g++: invalid conversion from 'int' to 'int*' */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int count)
{
#ifdef WRONG
    defer(restore, count, 1);
#else
    defer(restore, &count, 1);
#endif
}
