/* SPDX-License-Identifier: MIT */
/* A call deferred to a pointer to a scope instead of the scope. */
/* expect: this is not a scope */
#include "given.h"

void user(ripcord_scope *calls, int *count)
{
#ifdef WRONG
    defer_to(calls, restore, count, 1);
#else
    defer_to(*calls, restore, count, 1);
#endif
}
