/* SPDX-License-Identifier: MIT */
/*
 * panic.c - raising panics, and the walk that runs deferred calls for one.
 */
#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

/* No cancellation state that pthread_setcancelstate returns. */
#define NOT_TOUCHED -1

void hold_cancellation(struct ripcord__running *running)
{
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE,
                                 &running->cancellation);
}

void release_cancellation(const struct ripcord__running *running)
{
    if (running->cancellation != NOT_TOUCHED)
        (void)pthread_setcancelstate(running->cancellation, NULL);
}

/* Whether the panic lands at once, before any call has run. */
static bool lands_at_once(const struct place *place)
{
    const struct ripcord__entry *entry = ripcord__thread.top;
    entry_check(entry, place);
    return entry->site && entry->site->kind == RIPCORD__ATTEMPT_BLOCK;
}

/* Runs the thread's deferred calls, newest first, on top of the stack that
   panicked. */
static _Noreturn void walk(ripcord_panic *panic, const struct place *place)
{
    if (ripcord__thread.top && !lands_at_once(place))
        hold_cancellation(&panic->ripcord__own);
    while (ripcord__thread.top) {
        const struct ripcord__site *site = run_newest(panic, false, place);
        if (RIPCORD__RARELY(panic->ripcord__own.state != RIPCORD__RUNNING))
            land(panic, site, place);
    }
    uncaught(panic);
}

void running_abandon(struct ripcord__running *running)
{
    if (ripcord__thread.running == running)
        ripcord__thread.running = running->older;
    release_cancellation(running);
}

static void abandon(ripcord_panic **panic)
{
    running_abandon(&(*panic)->ripcord__own);
}

/* An older panic runs further out. One further in was jumped out of. */
static void check_older(const struct ripcord__running *older,
                        const struct place *place)
{
    const char *lies = is_in_fake_stack(older) ? older->frame
                                               : (const char *)older;

    if ((uintptr_t)place->frame - (uintptr_t)lies < STACK_SIZE)
        misuse("the %s at %s:%d in %s finds a panic that is still running, "
               "but its stack is gone: a deferred call jumped out of it",
               place->what, place->file, place->line, place->function);
}

void running_push(struct ripcord__running *running,
                  const struct place *place)
{
    struct ripcord__running *older = ripcord__thread.running;

    running->frame = place->frame;
    running->in_recoverer = false;
    running->older = older;
    running->depth = 0;
    running->cancellation = NOT_TOUCHED;
    if (older) {
        check_older(older, place);
        running->depth = older->depth;
    }
    ripcord__thread.running = running;
}

static void note_replaced(ripcord_panic *panic, const ripcord_panic *older)
{
    ripcord_replaced *replaced = &panic->replaced;

    replaced->kind = older->kind;
    replaced->file = older->file;
    replaced->function = older->function;
    replaced->line = older->line;
    replaced->count = older->ripcord__own.depth;
    text_copy(replaced->message, sizeof replaced->message, older->message);
}

void panic_begin_at(ripcord_panic *panic, const char *frame,
                    const char *file, int line, const char *function,
                    const ripcord_kind *kind)
{
    panic->ripcord__own.frame = frame;
    panic->kind = kind ? kind : &RIPCORD_PLAIN;
    panic->file = file;
    panic->function = function;
    panic->line = line;
    panic->code = 0;
    panic->error = 0;
    panic->value = NULL;
    panic->ripcord__own.error = errno;
    panic->ripcord__own.repeats = REPEATS_NONE;
    panic->replaced.kind = NULL;
    panic->replaced.count = 0;
    panic->message[0] = '\0';
}

void panic_start(ripcord_panic *panic)
{
    ripcord_panic *running __attribute__((cleanup(abandon))) = panic;
    const struct place place = {
        panic->ripcord__own.frame, "panic", panic->file, panic->function,
        panic->line
    };

    panic->ripcord__own.state = RIPCORD__RUNNING;
    running_push(&panic->ripcord__own, &place);
    ripcord_panic *older = panic_of(panic->ripcord__own.older);
    if (older && panic->ripcord__own.repeats != REPEATS_NEWEST &&
        !panic->replaced.kind)
        note_replaced(panic, older);
    if (++panic->ripcord__own.depth > MAXIMUM_DEPTH)
        misuse("%d panics are nested, the newest raised at %s:%d in %s: %s",
               MAXIMUM_DEPTH + 1, panic->file, panic->line, panic->function,
               panic->message);
    walk(running, &place);
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
    ripcord_panic panic;
    panic_begin(&panic, file, line, function, kind);
    raise_formatted(&panic, format, arguments);
}

void ripcord__panic(const char *file, int line, const char *function,
                    const char *format, ...)
{
    ripcord_panic panic;
    va_list arguments;
    va_start(arguments, format);
    panic_begin(&panic, file, line, function, NULL);
    raise_formatted(&panic, format, arguments);
}

void ripcord__panic_as(const char *file, int line, const char *function,
                       const ripcord_kind *kind, const char *format, ...)
{
    ripcord_panic panic;
    va_list arguments;
    va_start(arguments, format);
    panic_begin(&panic, file, line, function, kind);
    raise_formatted(&panic, format, arguments);
}

void ripcord__panic_code(const char *file, int line, const char *function,
                         const ripcord_kind *kind, int code,
                         const char *format, ...)
{
    ripcord_panic panic;
    va_list arguments;
    va_start(arguments, format);
    panic_begin(&panic, file, line, function, kind);
    panic.code = code;
    raise_formatted(&panic, format, arguments);
}

void ripcord__panic_value(const char *file, int line, const char *function,
                          const ripcord_kind *kind, void *value,
                          const char *format, ...)
{
    ripcord_panic panic;
    va_list arguments;
    va_start(arguments, format);
    panic_begin(&panic, file, line, function, kind);
    panic.value = value;
    raise_formatted(&panic, format, arguments);
}

void ripcord__panic_errno(const char *file, int line, const char *function,
                          const char *format, ...)
{
    ripcord_panic panic;
    va_list arguments;
    va_start(arguments, format);
    panic_begin(&panic, file, line, function, &RIPCORD_SYSTEM_ERROR);
    panic.error = panic.ripcord__own.error;
    set_message(&panic, format, arguments);
    panic_append_error(&panic);
    panic_start(&panic);
}

void panic_repeat(const ripcord_panic *panic, const char *frame,
                  enum repeats how)
{
    ripcord_panic again;
    panic_copy(&again, panic);
    again.ripcord__own.frame = frame;
    again.ripcord__own.error = errno;
    again.ripcord__own.repeats = how;
    panic_start(&again);
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
