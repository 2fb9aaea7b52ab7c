/* SPDX-License-Identifier: MIT */
/*
 * trace.h - words that a program leaves behind, and what they should be.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char trace_words[1024];

static inline void trace(const char *word)
{
    size_t length = strlen(trace_words);
    (void)snprintf(trace_words + length, sizeof trace_words - length,
                   "%s%s", length ? " " : "", word);
}

static inline void trace_number(long long number)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%lld", number);
    trace(digits);
}

/* Ends the program unless the trace is as expected; then empties it. */
static inline void expect(const char *what, const char *expected)
{
    if (strcmp(trace_words, expected) != 0) {
        printf("%s: \"%s\" instead of \"%s\"\n", what, trace_words, expected);
        exit(1);
    }
    trace_words[0] = '\0';
}

static inline int finish(void)
{
    puts("done");
    return 0;
}

#endif
