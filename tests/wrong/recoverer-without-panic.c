/* SPDX-License-Identifier: MIT */
/* A recoverer whose first parameter is not the panic. */
/* expect-gcc: from incompatible pointer type */
/* expect-clang: incompatible pointer types passing */
/* expect-g++: cannot convert 'ripcord_panic*' to 'int*' */
/* expect-clang++: no matching function for call to 'other' */
#include "given.h"

#ifdef WRONG
void other(int *status);
#else
void other(ripcord_panic *p);
#endif
RIPCORD_RECOVERER(other)
