/* SPDX-License-Identifier: MIT */
/* `use` is deferred, but never declared deferrable. */
/* expect: ripcord__no_RIPCORD_DEFERRABLE_for_use */
/* expect-clang++: use of undeclared identifier 'ripcord__ */
#include "given.h"

#ifndef WRONG
RIPCORD_DEFERRABLE(use, const char *)
#endif

void user(const char *text)
{
    defer(use, text);
}
