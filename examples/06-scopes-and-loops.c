/* SPDX-License-Identifier: MIT */
/*
 * 06-scopes-and-loops.c - how long a deferred call waits: to the end of its
 * block, or to the end of the block that declared its scope.
 */
#include <stdio.h>

#include <ripcord/short.h>

static void close_door(int number)
{
    printf("  close %d\n", number);
}
RIPCORD_DEFERRABLE(close_door, int)

static void open_door(int number)
{
    printf("  open  %d\n", number);
}

/* The body of a loop is a block: each round closes what it opened, and so
   does the round that is left by `continue` or `break`. */
static void one_at_a_time(void)
{
    for (int i = 1; i <= 4; i++) {
        open_door(i);
        defer(close_door, i);
        if (i == 2)
            continue;
        if (i == 3)
            break;
        printf("  use   %d\n", i);
    }
}

/* Calls deferred to a scope accumulate, however many they become. */
static void all_together(void)
{
    defer_scope(doors);
    for (int i = 1; i <= 3; i++) {
        open_door(i);
        defer_to(doors, close_door, i);
    }
    printf("  use   all\n");
}

/* A scope can be handed on: this function opens what its caller closes. */
static void open_pair(ripcord_scope *doors, int number)
{
    open_door(number);
    defer_to(*doors, close_door, number);
    if (number == 3)
        panic("door %d is stuck", number + 1);
    open_door(number + 1);
    defer_to(*doors, close_door, number + 1);
}

/* What was opened before the panic is closed, nothing else. */
static void in_pairs(void)
{
    attempt () {
        defer_scope(doors);
        open_pair(&doors, 1);
        open_pair(&doors, 3);
    } rescue (p) {
        printf("  %s\n", p->message);
    }
}

int main(void)
{
    printf("defer: to the end of the round\n");
    one_at_a_time();
    printf("defer_to: to the end of the function\n");
    all_together();
    printf("defer_to: the caller's scope\n");
    in_pairs();
    return 0;
}
