/* SPDX-License-Identifier: MIT */
/* A recoverer deferred directly in an attempt. */
/* expect: recover_status is a recoverer, and the innermost landing here */
#include "given.h"

#ifdef WRONG
#define recoverable attempt
#endif

int user(void)
{
    volatile int status = 0;
    recoverable (status) {
        defer(recover_status, &status);
    }
    return status;
}
