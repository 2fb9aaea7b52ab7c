/* SPDX-License-Identifier: MIT */
/* A scope that is cancelled as if it were a call. */
/* expect-gcc: has no member named 'entry' */
/* expect-clang: no member named 'entry' */
#include "given.h"

void user(int *count)
{
    defer_scope(calls);
    defer_as(call, restore, count, 1);
#ifdef WRONG
    (void)defer_cancel(calls);
#else
    (void)defer_cancel(call);
#endif
}
