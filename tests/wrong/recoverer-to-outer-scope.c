/* SPDX-License-Identifier: MIT */
/* A recoverer deferred to a scope that is declared outside the block. */
/* expect: recover_status is a recoverer, and its scope is not declared
   directly */
#include "given.h"

int user(void)
{
    volatile int status = 0;
#ifdef WRONG
    defer_scope(calls);
#endif
    recoverable (status) {
#ifndef WRONG
        defer_scope(calls);
#endif
        defer_to(calls, recover_status, &status);
    }
    return status;
}
