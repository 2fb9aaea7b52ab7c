/* SPDX-License-Identifier: MIT */
/* `use` is deferred to a scope, but never declared deferrable. */
/* expect: ripcord__no_RIPCORD_DEFERRABLE_for_use */
#include "given.h"

#ifndef WRONG
RIPCORD_DEFERRABLE(use, const char *)
#endif

void user(const char *text)
{
    defer_scope(calls);
    defer_to(calls, use, text);
}
