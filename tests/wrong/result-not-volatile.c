/* SPDX-License-Identifier: MIT */
/* A named result that is not volatile. */
/* expect: a named result must be volatile */
#include "given.h"

int user(void)
{
#ifdef WRONG
    int status = 0;
#else
    volatile int status = 0;
#endif
    recoverable (status) {
        defer(nothing);
    }
    return status;
}
