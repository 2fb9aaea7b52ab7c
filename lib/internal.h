/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the files of the library share.
 *
 *     defer.c     leaving blocks, running entries
 *     scope.c     calls that accumulate
 *     panic.c     raising: what a panic carries
 *     walk.c      what runs deferred calls, and the walk over the entries
 *     exit.c      the exit of a thread, and of the process
 *     thread.c    threads that are started
 *     join.c      joining them, with their panic
 *     task.c      what is kept of such a thread
 *     watch.c     threads that end while calls are pending
 *     fork.c      the child of a fork
 *     landing.c   recovering, landing
 *     unwinding.c whether the stack is being unwound
 *     report.c    the report of an uncaught panic
 *     uncaught.c  how the process ends then
 *     misuse.c    what a program did wrong
 *     stale.c     entries that somebody jumped over
 *     running.c   panics that do not come to their end
 *     mark.c      unwinding for somebody else's longjmp
 *     stack.c     coroutines
 *     loaded.c    whether the module of a call is loaded
 *     validate.c  the check of all that is pending
 *     kinds.c     the kinds of panics that the library raises
 *     checked.c   the panics of checked operations
 *     must.c      calls of the C library that panic when they fail
 *     libc.c      releasing what the C library gave
 *     text.c      text built without memory
 *
 * Those about signals are in crash.h, those about backtraces in trace.h.
 */
#ifndef RIPCORD_INTERNAL_H
#define RIPCORD_INTERNAL_H

#include "place.h"
#include "text.h"

/* ---- defer.c ---- */

/* Runs a call, and lets it recover if it is one of a recoverer. */
INTERNAL void run_call(const struct ripcord__site *site,
                       struct ripcord__entry *entry, ripcord_panic *panic);
/* Takes the newest entry off and runs it, where it may be of any kind.
   Returns the site. */
INTERNAL const struct ripcord__site *run_special(
    struct ripcord__entry *entry, ripcord_panic *panic, bool completes,
    struct place *place);

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

/* Fills everything in but the message, in `local` or, if the panic will land
   at once, in the attempt that it lands in; returns which. `local` is in the
   frame of the function that the program called, which expands this there.
   What was jumped over is looked for at first, while it can be found: nothing
   of `local` is written before. The order of the arguments is that of the
   functions which raise, for these to keep few of them. */
#define panic_begin(local, file, line, function, kind)                \
    panic_begin_at(file, line, function, kind, local,                 \
                   __builtin_frame_address(0))
INTERNAL ripcord_panic *panic_begin_at(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, ripcord_panic *local, const char *frame);
/* The same for a signal: fills in `frame` and `state` only. */
INTERNAL ripcord_panic *panic_place(ripcord_panic *local, const char *frame);
/* Fills in all but the message, `frame` and `state`. */
INTERNAL void panic_fill(ripcord_panic *panic, const char *file, int line,
                         const char *function, const ripcord_kind *kind);
/* Puts ": " and the description of panic->error behind the message. */
INTERNAL void panic_append_error(ripcord_panic *panic);
/* Raises a copy of `panic`, which is not on the list. */
INTERNAL _Noreturn void panic_repeat(const ripcord_panic *panic,
                                     const char *frame, enum repeats how);
/* Copies a panic, but only as much of the messages as there is. */
INTERNAL void panic_copy(ripcord_panic *to, const ripcord_panic *from);

/* ---- walk.c ---- */

/* Makes `panic` the newest one and lets the deferred calls run for it; or
   lands, if it is one that lands at once. */
INTERNAL HOT _Noreturn void panic_start(ripcord_panic *panic);

/* Keeps the thread from being cancelled, and allows it again as before. */
INTERNAL void hold_cancellation(struct ripcord__running *running);
INTERNAL void release_cancellation(const struct ripcord__running *running);
INTERNAL bool holds_cancellation(const struct ripcord__running *running);

/* Fills in all but `state`, `error` and `repeats`, and makes it the newest;
   ends the process if an older one was jumped out of. */
INTERNAL void running_push(struct ripcord__running *running,
                           const struct place *place);
/* The end of one whose frame is left although it never returns: by an
   exception, or because the thread exits. */
INTERNAL void running_abandon(struct ripcord__running *running);

static inline bool is_exit(const struct ripcord__running *running)
{
    return running->state == RIPCORD__EXITING ||
           running->state == RIPCORD__SUSPENDED;
}

/* crash.c: the panic of a crash ends otherwise than by the end of the
   process. */
INTERNAL void crash_dropped(struct ripcord__crash *crash);

/* Takes those off that are newer than `until`, but no exit. Returns the oldest
   of them, or NULL. */
static inline struct ripcord__running *running_drop(
    struct ripcord__running *until)
{
    struct ripcord__running *oldest = NULL;
    struct ripcord__running *running = ripcord__thread.running;

    while (running && running != until && !is_exit(running)) {
        running->state = RIPCORD__DEAD;
        if (RIPCORD__RARELY(running->crash))
            crash_dropped(running->crash);
        oldest = running;
        running = running->older;
    }
    ripcord__thread.running = running ? running : until;
    return oldest;
}

/* The panic itself; its newest older one, exits left out; or NULL. */
static inline ripcord_panic *panic_of(struct ripcord__running *running)
{
    while (running && is_exit(running))
        running = running->older;
    return running ? (ripcord_panic *)(void *)((char *)running -
                         offsetof(ripcord_panic, ripcord__own)) : NULL;
}

/* ---- running.c ---- */

/* Whether one lies in a frame that is gone, as seen from `place`. */
INTERNAL bool running_is_gone(const struct ripcord__running *running,
                              const struct place *place);
/* Ends the process if it does: a panic at `place` finds it. */
INTERNAL COLD void running_check(const struct ripcord__running *older,
                                 const struct place *place);

/* ---- exit.c ---- */

/* Lets the newest exit go on that a panic was recovered on top of. */
INTERNAL _Noreturn void exit_resume(void);
/* Puts the newest exit aside while the attempt's rescue block runs. */
INTERNAL void exit_suspend(struct ripcord__attempt *attempt);

/* ---- watch.c ---- */

/* Ends the process if calls of the thread, which is over, are pending. */
INTERNAL void watch_end(void);
/* Has that done at the end of the calling thread. */
INTERNAL void watch_thread(void);

/* ---- scope.c ---- */

/* Drops all calls of the scope with this entry, and lets it take no more. */
INTERNAL void scope_drop(struct ripcord__entry *entry);

/* ---- landing.c ---- */

/* Lands in an attempt whose entry is off the stack, and which holds the
   panic. */
INTERNAL HOT _Noreturn void attempt_land(struct ripcord__attempt *attempt);
/* longjmp, with what it takes to be seen by sanitizers. */
INTERNAL HOT _Noreturn void jump(jmp_buf buffer);

/* Ends a panic that a call deferred at `site` has recovered. */
INTERNAL HOT _Noreturn void land(ripcord_panic *panic,
                                 const struct ripcord__site *site,
                                 struct place *place);

/* ---- report.c, uncaught.c ---- */

/* The stack is that from where `newest` was raised, or from the caller of the
   function whose frame address is `start`. */
INTERNAL void report_write(const ripcord_panic *newest, const char *start);
INTERNAL _Noreturn void uncaught(ripcord_panic *panic);
/* Whether this thread ends the process for a panic, and so runs the hook. */
INTERNAL bool uncaught_here(void);
/* Makes the calling thread the one that ends the process, if none is. */
INTERNAL bool uncaught_claim(void);

/* ---- fault.c ---- */

/* Attaches a new thread, if faults are enabled. */
INTERNAL void fault_thread(void);

/* ---- crash.c: panics that a signal handler has raised ---- */

/* Whether a crash is newer than the landing, and none may end it. */
INTERNAL bool crash_is_between(const struct ripcord__landing *landing);
/* The same, without a call where nothing is. */
static inline bool crash_bars(const struct ripcord__landing *landing)
{
    return RIPCORD__RARELY(ripcord__thread.running != landing->running) &&
           crash_is_between(landing);
}
/* Ends the process by the signal, if one of these is a crash. */
INTERNAL void crash_end(struct ripcord__running *newest);
/* The same at the end of a thread, but only for a crash that nothing may
   end; drops the others. */
INTERNAL void crash_exit(void);
/* Drops those at `newest` and older, down to `until`, whose handlers' frames
   are left although their panics are not recovered. */
INTERNAL void crash_drop(const struct ripcord__running *newest,
                         const struct ripcord__running *until);
/* Whether the newest is a signal that asks the process to end, of which
   there is nothing to report. */
INTERNAL bool crash_is_quiet(const ripcord_panic *newest);
/* Whether the panic cannot be recovered. */
INTERNAL bool crash_is_fatal(const ripcord_panic *panic);
/* The lines that a report has for signals. */
INTERNAL void crash_write_fatal(struct text *text,
                                const ripcord_panic *panic);
INTERNAL void crash_write_signal(struct text *text,
                                 const ripcord_panic *newest);

/* ---- altstack.c ---- */

/* Whether an object seems to lie below a frame only because that is on the
   alternate stack of the thread, and the object is not. */
INTERNAL bool stack_is_elsewhere(const void *object, const char *frame);

/* ---- misuse.c: each ends the process with a message ---- */

/* "fatal error: ", the formatted text and a newline, then abort(). */
INTERNAL _Noreturn void misuse(const char *format, ...)
    RIPCORD__PRINTF(1, 2);
/* Ends the process: the entry cannot be one. */
INTERNAL COLD _Noreturn void entry_damaged(
    const struct ripcord__entry *entry, const struct place *place);
/* The same: its site cannot be read. */
INTERNAL COLD _Noreturn void site_unreadable(
    const struct ripcord__entry *entry, const struct place *place);
/* Reads memory that may not be there; false: it is not. */
INTERNAL bool read_safely(void *to, const void *from, size_t size);
/* Whether the site can be read and is one; for where time does not count. */
INTERNAL bool site_is_valid_for_sure(const struct ripcord__site *site);
/* Whether an object of a frame is not where its address seems to tell. */
INTERNAL bool is_in_fake_stack(const void *address);
/* The place in its frame that an object would have if it were there. */
INTERNAL const char *real_address(const void *address);
/* Writes "NAME, deferred at ..." of a site that may be none; false: it is. */
INTERNAL bool site_name(const struct ripcord__site *site, char *buffer,
                        size_t size);
/* The same of an entry that may be damaged. */
INTERNAL bool entry_name(const struct ripcord__entry *entry, char *buffer,
                         size_t size);

/* ---- stale.c ---- */

/* Whether the entry lies in a frame that is still there; one that does not is
   taken off if it is the newest, with those behind it that do not either. */
INTERNAL COLD bool entry_is_alive(struct ripcord__entry *entry,
                                  const struct place *place);
/* Drops those at the top that lie in frames that are gone, as seen from
   `frame`; the arguments are those of a place. */
INTERNAL COLD void stale_drop(const char *what, const char *frame,
                              const char *file, const char *function,
                              int line);
/* The next older entry of one that lies in a frame that is gone. */
INTERNAL COLD struct ripcord__entry *stale_older(
    const struct ripcord__entry *entry, const struct place *place);

/* Of a site that can be read, without the flag of recoverers. */
static inline unsigned kind_of(const struct ripcord__site *site)
{
    return site->kind & ~RIPCORD__OF_RECOVERER;
}

static inline bool kind_is_valid(const struct ripcord__site *site)
{
    return kind_of(site) - RIPCORD__CALL < RIPCORD__KIND_END - RIPCORD__CALL;
}

/* The default limit of a stack: an entry that is that near below a frame was
   left without a goodbye, and one that near above it is what is expected. */
#define STACK_SIZE ((uintptr_t)8 << 20)

/* Whether the entry can be one that is pending, see entry_is_alive; ends the
   process if it is damaged. */
static inline bool entry_check(struct ripcord__entry *entry,
                               const struct place *place)
{
    uintptr_t above = (uintptr_t)entry - (uintptr_t)place->frame;

    if (RIPCORD__RARELY(!is_aligned_below(above, STACK_SIZE)))
        return entry_is_alive(entry, place);
    return true;
}

/* Takes the newest entry off and runs it; `panic` is NULL when its block
   completes, or the thread exits. There must be one. Returns its site if that
   is of another kind than a plain call; one that was jumped over is only
   dropped. The entry is marked before it runs: whatever it does, and whoever
   unwinds its frame later, it cannot run again. */
static inline const struct ripcord__site *run_newest(
    ripcord_panic *panic, bool completes, struct place *place)
{
    struct ripcord__entry *entry = ripcord__thread.top;
    if (RIPCORD__RARELY(!entry_check(entry, place)))
        return NULL;
    const struct ripcord__site *site = entry->site;

    if (RIPCORD__RARELY(!site_can_be_read(site, place) ||
                        site->kind != RIPCORD__CALL ||
                        entry->previous == entry))
        return run_special(entry, panic, completes, place);
    ripcord__thread.top = entry->previous;
    entry->site = NULL;
    site->run(entry, panic);
    return NULL;
}

/* ---- describe_gnu.c or describe_posix.c, as configure finds ---- */

/* What an error number means, in English; NULL for one that means nothing.
   The result is static; does not allocate. */
INTERNAL const char *error_description(int error);

#endif
