/* SPDX-License-Identifier: MIT */
/* A recoverer deferred to a scope that is declared in an attempt. */
/* expect: recover_status is a recoverer, and its scope is not declared
   directly */
#include "given.h"

int user(void)
{
    volatile int status = 0;
    recoverable (status) {
        defer_scope(outer);
        attempt () {
            defer_scope(inner);
            defer_to(inner, nothing);
#ifdef WRONG
            defer_to(inner, recover_status, &status);
#else
            defer_to(outer, recover_status, &status);
#endif
        }
    }
    return status;
}
