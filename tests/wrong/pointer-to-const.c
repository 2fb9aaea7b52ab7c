/* SPDX-License-Identifier: MIT */
/* A pointer to const where the function may write. */
/* expect-gcc: discards 'const' qualifier */
/* expect-clang: discards qualifiers */
/* expect-g++: invalid conversion from 'const int*' to 'int*' */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int *count, const int *fixed)
{
    (void)count;
    (void)fixed;
#ifdef WRONG
    defer(restore, fixed, 1);
#else
    defer(restore, count, 1);
#endif
}
