/* SPDX-License-Identifier: MIT */
/*
 * 02-order-and-arguments.c - deferred calls run last in first out, with the
 * arguments as they were when `defer` was reached.
 */
#include <stdio.h>

#include <ripcord/short.h>

static void print(int number)
{
    printf(" %d", number);
}
RIPCORD_DEFERRABLE(print, int)

static void print_live(const int *number)
{
    printf(" %d", *number);
}
RIPCORD_DEFERRABLE(print_live, const int *)

/* Go's `for i := 0; i < 3; i++ { defer fmt.Print(i) }`. The body of a loop
   is a block, so calls that are to wait for the end of the function are
   deferred to a scope. Each keeps the value of its own iteration. */
static void count_down(void)
{
    printf("a scope, filled by a loop:    ");
    defer_scope(calls);
    for (int i = 0; i < 3; i++)
        defer_to(calls, print, i);
}

/* A number is copied now; behind a pointer the call sees the live value,
   as a closure does in Go. */
static void now_and_live(void)
{
    int number = 1;

    printf("the value now, the live one:  ");
    defer(print_live, &number);         /* runs second, prints 2 */
    defer(print, number);               /* runs first, prints 1 */
    number = 2;
}

static int noted(int number)
{
    printf(" (evaluated %d)", number);
    return number;
}

/* The arguments are evaluated at once and exactly once. */
static void evaluated_at_once(void)
{
    printf("evaluated before the body:    ");
    defer(print, noted(3));
    printf(" body");
}

int main(void)
{
    count_down();
    printf("\n");
    now_and_live();
    printf("\n");
    evaluated_at_once();
    printf("\n");
    return 0;
}
