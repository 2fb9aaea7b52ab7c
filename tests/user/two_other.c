/* SPDX-License-Identifier: MIT */
#include "two.h"

/* The same name as in the other file. */
static void count_here(int *counter)
{
    *counter += 10;
}
RIPCORD_DEFERRABLE(count_here, int *)

void fill(ripcord_scope *scope, int *counter)
{
    defer_to(*scope, count_here, counter);
}

void fail(const char *why)
{
    panic("%s", why);
}

void give_up(ripcord_panic *p, volatile int *status)
{
    if (recover(p))
        *status = 3;
}
