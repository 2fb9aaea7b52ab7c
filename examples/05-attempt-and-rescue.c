/* SPDX-License-Identifier: MIT */
/*
 * 05-attempt-and-rescue.c - handling a panic inline, where a function of its
 * own would be too much.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <ripcord/short.h>

static void say(const char *what)
{
    printf("  %s\n", what);
}
RIPCORD_DEFERRABLE(say, const char *)

static int parse(const char *text)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);

    if (end == text || *end)
        panic("\"%s\" is not a number", text);
    if (errno || number < INT_MIN || number > INT_MAX)
        panic("\"%s\" is too large", text);
    return (int)number;
}

/* The rescue block runs when a panic left the first one, whose deferred
   calls have all run by then. The result is volatile for the same reason as
   that of a recoverable block. */
static int parse_or(const char *text, int otherwise)
{
    volatile int number = otherwise;
    attempt (number) {
        defer(say, "the attempt is over");
        number = parse(text);
    } rescue (p) {
        printf("  rescued: %s\n", p->message);
    }
    return number;
}

/* A rescue block may look at a panic and pass it on: it arrives further out
   as if it had never been held up. */
static void divide(const char *over, const char *under)
{
    attempt () {
        int quotient = checked_div(parse(over), parse(under));
        printf("  %s / %s = %d\n", over, under, quotient);
    } rescue (p) {
        if (!panic_is(p, &RIPCORD_DIVIDE_ERROR))
            panic_again(p);
        printf("  %s / %s is not defined\n", over, under);
    }
}

static void divide_anything(void *unused)
{
    (void)unused;
    divide("six", "3");
}

int main(void)
{
    printf("parse_or\n");
    printf("  %d\n", parse_or("42", -1));
    printf("  %d\n", parse_or("4z", -1));

    printf("divide\n");
    divide("6", "3");
    divide("6", "0");
    attempt () {
        divide("6", "three");
    } rescue (p) {
        printf("  outside: %s, raised in %s\n", p->message, p->function);
    }

    /* The same for code that is to be free of the macros: a call. */
    printf("ripcord_protect\n");
    ripcord_panic caught;
    if (!ripcord_protect(divide_anything, NULL, &caught))
        printf("  caught: %s\n", caught.message);
    return 0;
}
