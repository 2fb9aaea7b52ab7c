/* SPDX-License-Identifier: MIT */
/*
 * golden_cases.h - the C form of each Go program in golden/, by its name;
 * and the functions that most of them defer.
 */
#ifndef GOLDEN_CASES_H
#define GOLDEN_CASES_H

#include <stdlib.h>
#include <unistd.h>

#include <ripcord/short.h>

struct golden_case {
    const char *name;
    void (*run)(void);
};

/* The last one of each has no name. */
extern const struct golden_case golden_panics[];
extern const struct golden_case golden_ends[];

/* Go's println writes to the standard error, unbuffered. */
static inline void println(const char *line)
{
    char text[100];
    int length = snprintf(text, sizeof text, "%s\n", line);
    if (write(STDERR_FILENO, text, (size_t)length) != length)
        abort();
}
RIPCORD_DEFERRABLE(println, const char *)

/* defer panic(message) */
static inline void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

/* defer func() { recover() }() */
static inline void recovers(ripcord_panic *p) { (void)recover(p); }
RIPCORD_RECOVERER(recovers)

/* defer func() { recover(); panic(message) }() */
static inline void recovers_then_panics(ripcord_panic *p, const char *message)
{
    (void)recover(p);
    panic("%s", message);
}
RIPCORD_RECOVERER(recovers_then_panics, const char *)

/* defer func() { panic(recover()) }() */
static inline void again(ripcord_panic *p)
{
    panic_again(recover(p));
}
RIPCORD_RECOVERER(again)

#endif
