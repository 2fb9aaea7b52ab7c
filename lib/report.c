/* SPDX-License-Identifier: MIT */
/*
 * report.c - the report of an uncaught panic, in Go's order and words.
 */
#include "internal.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
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
    text_string(text, "panic: ");
    write_message(text, panic->message);
    text_string(text, mark(panic, newer));
    text_string(text, "\n");
}

static void write_thread(struct text *text)
{
    char name[16 + 1] = "";

    text_string(text, "\nthread ");
    text_number(text, syscall(SYS_gettid));
    if (prctl(PR_GET_NAME, name) == 0 && name[0]) {
        text_string(text, " \"");
        text_string(text, name);
        text_string(text, "\"");
    }
    text_string(text, " [running]:\n");
}

/* Where each panic was raised, newest first, in the form of Go's frames. */
static void write_origins(struct text *text, const ripcord_panic *panic)
{
    for (; panic; panic = older(panic)) {
        if (repeats_newest(panic))
            continue;
        text_string(text, panic->function);
        text_string(text, "(...)\n\t");
        text_string(text, panic->file);
        text_string(text, ":");
        text_number(text, panic->line);
        text_string(text, "\n");
    }
}

void report_write(const ripcord_panic *newest)
{
    struct text text = { .descriptor = STDERR_FILENO };

    write_panics(&text, newest, NULL);
    write_thread(&text);
    write_origins(&text, newest);
    text_flush(&text);
}
