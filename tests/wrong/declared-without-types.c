/* SPDX-License-Identifier: MIT */
/* Declared deferrable without the type of its parameter. */
/* expect-gcc: too few arguments to function */
/* expect-clang: too few arguments to function call */
/* expect-clang++: no matching function for call to 'other' */
#include "given.h"

void other(int *count);
#ifdef WRONG
RIPCORD_DEFERRABLE(other)
#else
RIPCORD_DEFERRABLE(other, int *)
#endif
