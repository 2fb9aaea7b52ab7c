/* SPDX-License-Identifier: MIT */
/* A recoverer deferred where no landing is. */
/* expect: recover_status is a recoverer, and the innermost landing here */
#include "given.h"

int user(void)
{
    volatile int status = 0;
#ifdef WRONG
    defer(recover_status, &status);
#else
    recoverable (status) {
        defer(recover_status, &status);
    }
#endif
    return status;
}
