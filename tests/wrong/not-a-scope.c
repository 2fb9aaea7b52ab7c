/* SPDX-License-Identifier: MIT */
/* A call deferred to something that is no scope. */
/* expect: this is not a scope */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    int calls = 0;
#else
    defer_scope(calls);
#endif
    defer_to(calls, restore, count, 1);
}
