/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the files of the library share.
 *
 *     defer.c     leaving blocks, running entries
 *     scope.c     calls that accumulate
 *     panic.c     raising, and the walk over the entries
 *     landing.c   recovering, landing
 *     report.c    the report of an uncaught panic
 *     uncaught.c  how the process ends then
 *     misuse.c    what a program did wrong
 *     text.c      text built without memory
 */
#ifndef RIPCORD_INTERNAL_H
#define RIPCORD_INTERNAL_H

#include <stdint.h>

#include <ripcord.h>

#define INTERNAL __attribute__((visibility("hidden")))

/* ---- defer.c ---- */

/* Takes the newest entry off and runs it; `panic` is NULL when its block
   completes. There must be one. Returns its site, NULL if it had run. */
INTERNAL const struct ripcord__site *run_newest(ripcord_panic *panic);

/* ---- panic.c ---- */

/* How deep panics may nest before the process is ended: each nested one
   holds a frame of about 1.5 KiB and whatever raised it on the stack. */
#define MAXIMUM_DEPTH 1000

/* How panic_again repeats a panic, which decides what the report says. */
enum repeats {
    REPEATS_NONE,       /* an ordinary panic */
    REPEATS_NEWEST,     /* the one before it in the list */
    REPEATS_OLDER,      /* one deeper in the list */
    REPEATS_CAUGHT      /* a copy of one that had landed */
};

/* Fills everything in but message, kind and what belongs to it. */
INTERNAL void panic_begin(ripcord_panic *panic, const char *file, int line,
                          const char *function, const ripcord_kind *kind);
/* Makes `panic`, in the caller's frame, the newest one and lets the deferred
   calls run for it. */
INTERNAL _Noreturn void panic_start(ripcord_panic *panic);
/* Puts ": " and the description of panic->error behind the message. */
INTERNAL void panic_append_error(ripcord_panic *panic);
/* Raises a copy of `panic`, which is not on the list. */
INTERNAL _Noreturn void panic_repeat(const ripcord_panic *panic,
                                     enum repeats how);
/* Copies a panic, but only as much of the messages as there is. */
INTERNAL void panic_copy(ripcord_panic *to, const ripcord_panic *from);

/* Keeps the thread from being cancelled until the panic has landed. */
INTERNAL void panic_hold_cancellation(ripcord_panic *panic);
/* Allows it again as it was before the panic. */
INTERNAL void panic_release_cancellation(const ripcord_panic *panic);

/* ---- landing.c ---- */

/* Ends a panic that a call deferred at `site` has recovered. */
INTERNAL _Noreturn void land(ripcord_panic *panic,
                             const struct ripcord__site *site);

/* ---- report.c, uncaught.c ---- */

INTERNAL void report_write(const ripcord_panic *newest);
INTERNAL _Noreturn void uncaught(ripcord_panic *panic);

/* ---- misuse.c: each ends the process with a message ---- */

/* "fatal error: ", the formatted text and a newline, then abort(). */
INTERNAL _Noreturn void misuse(const char *format, ...)
    RIPCORD__PRINTF(1, 2);
INTERNAL RIPCORD__COLD _Noreturn void entry_damaged(
    const struct ripcord__entry *entry);
/* Ends the process if the entry lies in a frame that is gone. */
INTERNAL RIPCORD__COLD void entry_check_frame(
    const struct ripcord__entry *entry);

/* Whether a site is one, as far as can be told. */
static inline bool site_is_valid(const struct ripcord__site *site)
{
    return (uintptr_t)site % _Alignof(struct ripcord__site) == 0 &&
           site->kind - RIPCORD__CALL < RIPCORD__KIND_END - RIPCORD__CALL;
}

/* The default limit of a stack: an entry that is that near below the frame
   of its caller was left without a goodbye. */
#define STACK_SIZE ((uintptr_t)8 << 20)

/* Ends the process unless the entry can be one that is pending. */
static inline void entry_check(const struct ripcord__entry *entry)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

    if (RIPCORD__RARELY(!entry || entry->previous == entry ||
                        (uintptr_t)entry % _Alignof(void *) != 0))
        entry_damaged(entry);
    if (RIPCORD__RARELY(frame - (uintptr_t)entry < STACK_SIZE))
        entry_check_frame(entry);
    if (RIPCORD__RARELY(entry->site && !site_is_valid(entry->site)))
        entry_damaged(entry);
}

/* ---- describe_gnu.c or describe_posix.c, as configure finds ---- */

/* What an error number means, in English; NULL for one that means nothing.
   The result is static; does not allocate. */
INTERNAL const char *error_description(int error);

/* ---- text.c ---- */

/* A buffer for what is written to one descriptor; never allocates. */
struct text {
    int descriptor;
    size_t length;
    char buffer[1024];
};

INTERNAL void text_string(struct text *text, const char *string);
INTERNAL void text_number(struct text *text, long long number);
/* Writes what there is; gives up when the descriptor takes nothing. */
INTERNAL void text_flush(struct text *text);
/* Ends the message in a buffer of `size` bytes, `full` of which it needed,
   with "..." if that was too many. */
INTERNAL void text_mark_cut(char *message, size_t size, size_t full);
/* Copies a string into a buffer of `size` bytes, cut and marked if it must
   be. */
INTERNAL void text_copy(char *message, size_t size, const char *from);

#endif
