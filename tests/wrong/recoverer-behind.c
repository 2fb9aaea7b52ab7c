/* SPDX-License-Identifier: MIT */
/* A recoverer deferred behind a recoverable block that has ended. */
/* expect: recover_status is a recoverer, and the innermost landing here */
#include "given.h"

int user(void)
{
    volatile int status = 0;
    recoverable (status) {
        defer(recover_status, &status);
    }
#ifdef WRONG
    defer(recover_status, &status);
#endif
    return status;
}
