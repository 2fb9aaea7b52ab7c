/* SPDX-License-Identifier: MIT */
/* A program of two files that share what may be deferred: two_other.c. */
#include "two.h"

static void count_here(int *counter)
{
    *counter += 1;
}
RIPCORD_DEFERRABLE(count_here, int *)

static void collect(int *counter)
{
    defer_scope(calls);
    defer_to(calls, count_here, counter);
    fill(&calls, counter);
    fail("in the other file");
}

int main(void)
{
    int counter = 0;
    volatile int status = 0;
    recoverable (status) {
        defer(give_up, &status);
        collect(&counter);
    }
    trace_number(counter);
    trace_number(status);
    expect("two files", "11 3");
    return finish();
}
