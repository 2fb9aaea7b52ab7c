/* SPDX-License-Identifier: MIT */
/*
 * 10-uncaught.c - a panic that nobody recovers: every deferred call of the
 * thread runs, then the panics are reported in Go's form, oldest first, and
 * the process ends.
 *
 * It ends by abort(), or with status 2 if RIPCORD_UNCAUGHT=exit is in the
 * environment. Neither flushes stdio, so this example writes to stderr.
 */
#include <stdio.h>

#include <ripcord/short.h>

static void say(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
}
RIPCORD_DEFERRABLE(say, const char *)

static void put_back(int count)
{
    panic("putting back %d: the shelf is gone", count);
}
RIPCORD_DEFERRABLE(put_back, int)

static void take(int count)
{
    defer(put_back, count);
    panic("taking %d: only 5 are there", count);
}

int main(void)
{
    defer(say, "This runs before the report.");
    take(7);
    return 0;
}
