/* SPDX-License-Identifier: MIT */
/* A recoverer deferred to a scope of which nothing is known. */
/* expect: recover_status is a recoverer, and its scope is not declared
   directly */
#include "given.h"

void user(ripcord_scope *calls, volatile int *status)
{
#ifdef WRONG
    defer_to(*calls, recover_status, status);
#else
    (void)status;
    defer_to(*calls, nothing);
#endif
}
