/* SPDX-License-Identifier: MIT */
/* A function with more parameters than a deferrable one may have. */
/* expect: a deferrable function has at most 6 parameters */
#include "given.h"

void six(int, int, int, int, int, int);
void seven(int, int, int, int, int, int, int);
#ifdef WRONG
RIPCORD_DEFERRABLE(seven, int, int, int, int, int, int, int)
#else
RIPCORD_DEFERRABLE(six, int, int, int, int, int, int)
#endif
