/* SPDX-License-Identifier: MIT */
/* A recoverer deferred in an attempt inside a recoverable block. */
/* expect: recover_status is a recoverer, and the innermost landing here */
#include "given.h"

int user(void)
{
    volatile int status = 0;
    recoverable (status) {
        defer(recover_status, &status);
        attempt () {
#ifdef WRONG
            defer(recover_status, &status);
#else
            recoverable (status) {
                defer(recover_status, &status);
            }
#endif
        } rescue (p) {
            (void)p;
        }
    }
    return status;
}
