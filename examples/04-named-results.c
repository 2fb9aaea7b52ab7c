/* SPDX-License-Identifier: MIT */
/*
 * 04-named-results.c - a deferred call that changes what its function
 * returns, after a panic or without one.
 */
#include <stdio.h>

#include <ripcord/short.h>

/* A recoverer is given the panic that runs it: NULL when its block ends
   normally. recover() stops the panic. */
static void to_status(ripcord_panic *panic, volatile int *status)
{
    if (recover(panic)) {
        printf("  recovered: %s\n", panic->message);
        *status = 500;
    }
}
RIPCORD_RECOVERER(to_status, volatile int *)

static const char *const pages[] = { "a home page", "a help page" };

static void send_page(int number)
{
    printf("  sending %s\n", at(pages, number));
}

/* The named result is volatile, since it is changed while a panic may cut
   the stack back to this function; the macro insists on it. */
static int serve(int page)
{
    volatile int status = 200;
    recoverable (status) {
        defer(to_status, &status);
        send_page(page);
    }
    return status;
}

static void twice(volatile int *result)
{
    *result *= 2;
}
RIPCORD_DEFERRABLE(twice, volatile int *)

/* Go's `return`: the result is assigned, then the deferred calls run, then
   what they left is returned. */
static int answer(void)
{
    volatile int result = 0;
    recoverable (result) {
        defer(twice, &result);
        recoverable_return(21);
    }
    return result;                      /* where a recovery lands */
}

/* C's `return` has its value before the deferred calls run. */
static int answer_of_c(void)
{
    volatile int result = 21;
    defer(twice, &result);
    return result;
}

int main(void)
{
    for (int page = 0; page < 3; page++) {
        printf("page %d\n", page);
        printf("  status %d\n", serve(page));
    }
    printf("recoverable_return(21), doubled by a deferred call: %d\n",
           answer());
    printf("return 21, doubled too late: %d\n", answer_of_c());
    return 0;
}
