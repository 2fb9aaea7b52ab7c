/* SPDX-License-Identifier: MIT */
/* The second of two named results is not volatile. */
/* expect: a named result must be volatile */
#include "given.h"

int user(void)
{
    volatile int status = 0;
#ifdef WRONG
    int count = 0;
#else
    volatile int count = 0;
#endif
    recoverable (status, count) {
        defer(nothing);
    }
    return status + count;
}
