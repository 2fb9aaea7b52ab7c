/* SPDX-License-Identifier: MIT */
/*
 * panic.c - raising panics: what they carry.
 */
#include "internal.h"

#include <errno.h>
#include <string.h>

/* ---- Where it is made, and what it carries ---- */

static inline bool is_next(const struct ripcord__entry *entry,
                           const char *frame)
{
    return is_aligned_below((uintptr_t)entry - (uintptr_t)frame, STACK_SIZE);
}

/* The attempt that a panic lands in at once, before any call has run; NULL if
   the newest entry is none, or does not look like one. */
static struct ripcord__attempt *next_attempt(const char *frame)
{
    struct ripcord__entry *entry = ripcord__thread.top;

    if (!is_next(entry, frame) ||
        RIPCORD__RARELY(!is_within(&program, entry->site) &&
                        !site_is_loaded(entry->site)) ||
        entry->site->kind != RIPCORD__ATTEMPT_BLOCK ||
        crash_bars((struct ripcord__landing *)(void *)entry))
        return NULL;
    return (struct ripcord__attempt *)(void *)entry;
}

static inline ripcord_panic *place_in(struct ripcord__attempt *attempt,
                                      ripcord_panic *local, const char *frame)
{
    ripcord_panic *panic = attempt ? &attempt->caught : local;

    panic->ripcord__own.frame = frame;
    panic->ripcord__own.state = attempt ? RIPCORD__CAUGHT : RIPCORD__RUNNING;
    return panic;
}

ripcord_panic *panic_place(ripcord_panic *local, const char *frame)
{
    return place_in(next_attempt(frame), local, frame);
}

static inline void fill(ripcord_panic *panic, const char *file, int line,
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

void panic_fill(ripcord_panic *panic, const char *file, int line,
                const char *function, const ripcord_kind *kind)
{
    fill(panic, file, line, function, kind);
}

/* Where the newest entry is not what it mostly is. */
static COLD ripcord_panic *begin_slowly(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, ripcord_panic *local, const char *frame)
{
    ripcord_panic *panic;

    if (!is_next(ripcord__thread.top, frame))
        stale_drop("panic", frame, file, function, line);
    if (ripcord__thread.running)
        running_check(ripcord__thread.running, &(struct place){
            frame, "panic", file, function, line, program });
    panic = panic_place(local, frame);
    fill(panic, file, line, function, kind);
    return panic;
}

/* Whatever calls another function is apart, for that would have this one save
   all its arguments. */
ripcord_panic *panic_begin_at(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, ripcord_panic *local, const char *frame)
{
    struct ripcord__entry *entry = ripcord__thread.top;
    struct ripcord__attempt *attempt = (void *)entry;
    ripcord_panic *panic;

    if (RIPCORD__RARELY(!is_next(entry, frame) ||
                        !is_within(&program, entry->site)))
        return begin_slowly(file, line, function, kind, local, frame);
    if (entry->site->kind != RIPCORD__ATTEMPT_BLOCK)
        attempt = NULL;
    else if (RIPCORD__RARELY(ripcord__thread.running !=
                             attempt->landing.running))
        return begin_slowly(file, line, function, kind, local, frame);
    panic = place_in(attempt, local, frame);
    fill(panic, file, line, function, kind);
    return panic;
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
    UNTOUCHED ripcord_panic local, *panic =
        panic_begin(&local, file, line, function, kind);
    raise_formatted(panic, format, arguments);
}

void ripcord__panic(const char *file, int line, const char *function,
                    const char *format, ...)
{
    UNTOUCHED ripcord_panic local;
    va_list arguments;
    va_start(arguments, format);
    ripcord_panic *panic =
        panic_begin(&local, file, line, function, NULL);
    raise_formatted(panic, format, arguments);
}

/* A function of its own, so that the one which the program calls saves few
   registers: it does so where the newest of the frames was that are gone. */
static HOT _Noreturn OWN_FRAME void raise_text(
    ripcord_panic *panic, const char *text, size_t length)
{
    if (RIPCORD__RARELY(length >= sizeof panic->message))
        text_copy(panic->message, sizeof panic->message, text);
    else
        memcpy(panic->message, text, length + 1);
    panic_start(panic);
}

void ripcord__panic_text(const char *file, int line, const char *function,
                         const char *text, size_t length)
{
    UNTOUCHED ripcord_panic local, *panic =
        panic_begin(&local, file, line, function, NULL);
    raise_text(panic, text, length);
}

void ripcord__panic_format(const char *file, int line, const char *function,
                           const char *format)
{
    UNTOUCHED ripcord_panic local, *panic =
        panic_begin(&local, file, line, function, NULL);
    set_message_alone(panic, format);
    panic_start(panic);
}

void ripcord__panic_as(const char *file, int line, const char *function,
                       const ripcord_kind *kind, const char *format, ...)
{
    UNTOUCHED ripcord_panic local;
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
    UNTOUCHED ripcord_panic local;
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
    UNTOUCHED ripcord_panic local;
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
    UNTOUCHED ripcord_panic local;
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
    UNTOUCHED ripcord_panic local, *again = panic_begin_at(
        panic->file, panic->line, panic->function, panic->kind, &local,
        frame);
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
