/* SPDX-License-Identifier: MIT */
/*
 * panic.c - raising panics: what they carry.
 */
#include "internal.h"

#include <errno.h>
#include <string.h>

ripcord_panic *panic_begin_at(
    ripcord_panic *local, const char *frame, const char *file, int line,
    const char *function, const ripcord_kind *kind)
{
    ripcord_panic *panic = panic_place(local, frame);

    panic_fill(panic, file, line, function, kind);
    return panic;
}

void panic_fill(ripcord_panic *panic, const char *file, int line,
                const char *function, const ripcord_kind *kind)
{
    panic->kind = kind ? kind : &RIPCORD_PLAIN;
    panic->file = file;
    panic->function = function;
    panic->line = line;
    panic->code = 0;
    panic->error = 0;
    panic->value = NULL;
    panic->fault.signal = 0;
    panic->ripcord__own.crash = NULL;
    panic->ripcord__own.error = errno;
    panic->ripcord__own.repeats = REPEATS_NONE;
    panic->replaced.kind = NULL;
    panic->replaced.count = 0;
    panic->message[0] = '\0';
}

void panic_copy(ripcord_panic *to, const ripcord_panic *from)
{
    memcpy(to, from, offsetof(ripcord_panic, replaced.message));
    if (from->replaced.kind)
        memcpy(to->replaced.message, from->replaced.message,
               strlen(from->replaced.message) + 1);
    else
        to->replaced.message[0] = '\0';
    memcpy(to->message, from->message, strlen(from->message) + 1);
}

/* A format without conversions is taken as it is: formatting costs ten times
   as much as copying. */
static RIPCORD__PRINTF(2, 0) void set_message(
    ripcord_panic *panic, const char *format, va_list arguments)
{
    size_t size = sizeof panic->message;
    int length;

    if (!format) {
        panic->kind = &RIPCORD_RUNTIME_ERROR;
        text_copy(panic->message, size, "panic called with nil argument");
    } else if (!strchr(format, '%')) {
        text_copy(panic->message, size, format);
    } else {
        length = vsnprintf(panic->message, size, format, arguments);
        if (length < 0)
            text_copy(panic->message, size, format);
        else
            text_mark_cut(panic->message, size, (size_t)length);
    }
}

/* The same without arguments; the compiler has checked the format where it
   stands in the program. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void set_message_alone(ripcord_panic *panic, const char *format, ...)
{
    va_list none;
    va_start(none, format);
    set_message(panic, format, none);
    va_end(none);
}
#pragma GCC diagnostic pop

static _Noreturn RIPCORD__PRINTF(2, 0) void raise_formatted(
    ripcord_panic *panic, const char *format, va_list arguments)
{
    set_message(panic, format, arguments);
    panic_start(panic);
}

void ripcord_vpanic(const char *file, int line, const char *function,
                    const ripcord_kind *kind, const char *format,
                    va_list arguments)
{
    ripcord_panic local, *panic =
        panic_begin(&local, file, line, function, kind);
    raise_formatted(panic, format, arguments);
}

void ripcord__panic(const char *file, int line, const char *function,
                    const char *format, ...)
{
    ripcord_panic local;
    va_list arguments;
    va_start(arguments, format);
    ripcord_panic *panic =
        panic_begin(&local, file, line, function, NULL);
    raise_formatted(panic, format, arguments);
}

void ripcord__panic_text(const char *file, int line, const char *function,
                         const char *text, size_t length)
{
    ripcord_panic local, *panic =
        panic_begin(&local, file, line, function, NULL);
    if (RIPCORD__RARELY(length >= sizeof panic->message))
        text_copy(panic->message, sizeof panic->message, text);
    else
        memcpy(panic->message, text, length + 1);
    panic_start(panic);
}

void ripcord__panic_format(const char *file, int line, const char *function,
                           const char *format)
{
    ripcord_panic local, *panic =
        panic_begin(&local, file, line, function, NULL);
    set_message_alone(panic, format);
    panic_start(panic);
}

void ripcord__panic_as(const char *file, int line, const char *function,
                       const ripcord_kind *kind, const char *format, ...)
{
    ripcord_panic local;
    va_list arguments;
    va_start(arguments, format);
    ripcord_panic *panic =
        panic_begin(&local, file, line, function, kind);
    raise_formatted(panic, format, arguments);
}

void ripcord__panic_code(const char *file, int line, const char *function,
                         const ripcord_kind *kind, int code,
                         const char *format, ...)
{
    ripcord_panic local;
    va_list arguments;
    va_start(arguments, format);
    ripcord_panic *panic =
        panic_begin(&local, file, line, function, kind);
    panic->code = code;
    raise_formatted(panic, format, arguments);
}

void ripcord__panic_value(const char *file, int line, const char *function,
                          const ripcord_kind *kind, void *value,
                          const char *format, ...)
{
    ripcord_panic local;
    va_list arguments;
    va_start(arguments, format);
    ripcord_panic *panic =
        panic_begin(&local, file, line, function, kind);
    panic->value = value;
    raise_formatted(panic, format, arguments);
}

void ripcord__panic_errno(const char *file, int line, const char *function,
                          const char *format, ...)
{
    ripcord_panic local;
    va_list arguments;
    va_start(arguments, format);
    ripcord_panic *panic =
        panic_begin(&local, file, line, function, &RIPCORD_SYSTEM_ERROR);
    panic->error = panic->ripcord__own.error;
    set_message(panic, format, arguments);
    panic_append_error(panic);
    panic_start(panic);
}

void panic_repeat(const ripcord_panic *panic, const char *frame,
                  enum repeats how)
{
    ripcord_panic local, *again = panic_place(&local, frame);
    unsigned state = again->ripcord__own.state;

    panic_copy(again, panic);
    again->ripcord__own.frame = frame;
    again->ripcord__own.state = state;
    again->ripcord__own.crash = NULL;
    again->ripcord__own.error = errno;
    again->ripcord__own.repeats = how;
    panic_start(again);
}

static bool is_listed(const ripcord_panic *panic)
{
    const struct ripcord__running *running = ripcord__thread.running;
    while (running && running != &panic->ripcord__own)
        running = running->older;
    return running != NULL;
}

/* How raising `panic` again repeats it; ends the process for a dead one. One
   that is not on the list is a copy, which says what the panic was when it
   was made. */
static enum repeats repeats(const char *file, int line, const char *function,
                            const ripcord_panic *panic)
{
    if (panic && &panic->ripcord__own == ripcord__thread.running)
        return REPEATS_NEWEST;
    if (panic && is_listed(panic))
        return REPEATS_OLDER;
    if (panic && panic->ripcord__own.state == RIPCORD__RUNNING)
        return REPEATS_NONE;
    if (panic && (panic->ripcord__own.state == RIPCORD__CAUGHT ||
                  panic->ripcord__own.state == RIPCORD__RECOVERED))
        return REPEATS_CAUGHT;
    misuse("panic_again at %s:%d in %s was given %s", file, line, function,
           panic ? "a panic that is over" : "NULL");
}

void ripcord__panic_again(const char *file, int line, const char *function,
                          const ripcord_panic *panic)
{
    panic_repeat(panic, __builtin_frame_address(0),
                 repeats(file, line, function, panic));
}
