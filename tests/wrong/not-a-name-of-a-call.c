/* SPDX-License-Identifier: MIT */
/* A cancelled call that is none. */
/* expect-gcc: request for member 'entry' */
/* expect-clang: member reference base type 'int' is not a structure */
#include "given.h"

void user(int count)
{
    defer_as(call, restore, &count, 1);
#ifdef WRONG
    (void)defer_cancel(count);
#else
    (void)defer_cancel(call);
#endif
}
