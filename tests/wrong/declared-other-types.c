/* SPDX-License-Identifier: MIT */
/* Declared deferrable with another type than the function has. */
/* expect-gcc: from incompatible pointer type */
/* expect-clang: incompatible pointer types passing */
/* expect-g++: cannot convert */
/* expect-clang++: no matching function for call to 'other' */
#include "given.h"

void other(int *count);
#ifdef WRONG
RIPCORD_DEFERRABLE(other, long *)
#else
RIPCORD_DEFERRABLE(other, int *)
#endif
