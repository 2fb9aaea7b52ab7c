/* SPDX-License-Identifier: MIT */
/*
 * report.c - the report of an uncaught panic, in Go's order and words.
 */
#include "trace.h"

#include <string.h>
#include <unistd.h>

static bool repeats_newest(const ripcord_panic *panic)
{
    return panic->ripcord__own.repeats == REPEATS_NEWEST;
}

/* Lines after the first are indented, so that a message cannot pass for a
   part of the report. */
static void write_message(struct text *text, const char *message)
{
    const char *end;
    while ((end = strchr(message, '\n'))) {
        char line[RIPCORD_MESSAGE_SIZE];
        memcpy(line, message, (size_t)(end - message));
        line[end - message] = '\0';
        text_string(text, line);
        text_string(text, "\n\t");
        message = end + 1;
    }
    text_string(text, message);
}

/* The panic before this one; exits print nothing. */
static ripcord_panic *older(const ripcord_panic *panic)
{
    return panic_of(panic->ripcord__own.older);
}

/* A panic that repeats the one before it stands on the line of that one. */
static const char *mark(const ripcord_panic *panic,
                        const ripcord_panic *newer)
{
    bool recovered = panic->ripcord__own.state == RIPCORD__RECOVERED;

    if (panic->ripcord__own.repeats == REPEATS_CAUGHT)
        return " [recovered, repanicked]";
    if (recovered && newer && repeats_newest(newer))
        return " [recovered, repanicked]";
    return recovered ? " [recovered]" : "";
}

static void write_panic(struct text *text, const ripcord_panic *panic,
                        const ripcord_panic *newer)
{
    if (crash_is_fatal(panic)) {
        crash_write_fatal(text, panic);
    } else {
        text_string(text, "panic: ");
        write_message(text, panic->message);
        text_string(text, mark(panic, newer));
    }
    text_string(text, "\n");
}

/* Oldest first; all but the first are indented. */
static void write_panics(struct text *text, const ripcord_panic *panic,
                         const ripcord_panic *newer)
{
    if (older(panic))
        write_panics(text, older(panic), panic);
    if (repeats_newest(panic))
        return;
    if (older(panic))
        text_string(text, "\t");
    write_panic(text, panic, newer);
}

void report_write(const ripcord_panic *newest, const char *start)
{
    struct text text = { .descriptor = STDERR_FILENO };

    write_panics(&text, newest, NULL);
    crash_write_signal(&text, newest);
    /* It is out before anything else can go wrong. */
    text_flush(&text);
    if (traceback_of_environment() == TRACEBACK_NONE)
        return;
    text_string(&text, "\n");
    traceback_write(&text, start ? NULL : newest, start);
    text_flush(&text);
}
