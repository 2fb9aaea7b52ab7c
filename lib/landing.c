/* SPDX-License-Identifier: MIT */
/*
 * landing.c - recovering, and the blocks that panics come back to.
 */
/* The checked longjmp of a fortified libc is unknown to ThreadSanitizer; what
   it checks, landing_check does, and says where. */
#undef _FORTIFY_SOURCE

#include "internal.h"

#include <errno.h>
#include <string.h>

static const struct ripcord__site landed_site = {
    NULL, "landing", __FILE__, "", __LINE__, RIPCORD__LANDED
};

static bool is_landing(const struct ripcord__entry *entry,
                       struct place *place)
{
    return site_can_be_read(entry->site, place) &&
           (entry->site->kind == RIPCORD__RECOVERABLE_BLOCK ||
            entry->site->kind == RIPCORD__ATTEMPT_BLOCK);
}

/* The landing of the entry that has just run, or of the statement that is
   just executed: the entries above it stand in the same block. */
static struct ripcord__landing *innermost(struct place *place)
{
    struct ripcord__entry *entry = ripcord__thread.top;

    while (entry) {
        if (RIPCORD__RARELY(!entry_check(entry, place)))
            entry = stale_older(entry, place);
        else if (is_landing(entry, place))
            break;
        else
            entry = entry->previous;
    }
    return (struct ripcord__landing *)(void *)entry;
}

/* Drops the panics that are newer than the landing, and notes what errno was
   when the oldest of them was raised. Returns true when it came to an exit,
   which is the newest one then: that is not for a landing to end. */
static __attribute__((noinline)) bool drop_newer(
    struct ripcord__landing *landing)
{
    struct ripcord__running *oldest = running_drop(landing->running);

    if (oldest) {
        release_cancellation(oldest);
        landing->error = oldest->error;
    }
    return ripcord__thread.running != landing->running;
}

/* The same, without a call where there is none. */
static inline bool drop_panics(struct ripcord__landing *landing)
{
    return ripcord__thread.running != landing->running &&
           drop_newer(landing);
}

void jump(jmp_buf buffer)
{
    longjmp(buffer, 1);
}

/* A landing whose function has returned lies below the frames that are
   alive: jumping there would end in the frame of somebody else. */
static inline void landing_check(const struct ripcord__landing *landing,
                                 const struct ripcord__site *site)
{
    if (landing->thread != &ripcord__thread)
        misuse("the %s block at %s:%d in %s belongs to another thread",
               site->what, site->file, site->line, site->function);
    const char *here = __builtin_frame_address(0);
    if (landing->frame < here && !stack_is_elsewhere(landing->frame, here))
        misuse("the frame of the %s block at %s:%d in %s is gone: it was "
               "jumped out of", site->what, site->file, site->line,
               site->function);
}

void land(ripcord_panic *panic, const struct ripcord__site *site,
          struct place *place)
{
    struct ripcord__landing *landing = innermost(place);

    if (!landing || landing->entry.site->kind != RIPCORD__RECOVERABLE_BLOCK)
        misuse("%s deferred at %s:%d in %s recovered the panic \"%s\", but "
               "it does not stand in a `recoverable` block", site->what,
               site->file, site->line, site->function, panic->message);
    landing_check(landing, landing->entry.site);
    if (drop_panics(landing))
        exit_resume();
    landing->landed.site = &landed_site;
    landing->landed.previous = ripcord__thread.top;
    ripcord__push(&landing->landed);
    jump(landing->buffer);
}

/* Whether no crash that nothing may end is on the way to the landing. */
static COLD bool crash_lets_land(void)
{
    struct place place = {
        __builtin_frame_address(0), "recover", "unknown", "unknown", 0, program
    };
    const struct ripcord__landing *landing = innermost(&place);
    return !landing || !crash_bars(landing);
}

/* Whether the panic that runs a recoverer can be recovered by it. */
static bool may_land(void)
{
    const struct ripcord__running *running = ripcord__thread.running;

    while (running && !running->crash)
        running = running->older;
    return !running || crash_lets_land();
}

ripcord_panic *ripcord__recover(ripcord_panic *panic)
{
    if (&panic->ripcord__own != ripcord__thread.running ||
        panic->ripcord__own.state != RIPCORD__RUNNING ||
        !panic->ripcord__own.in_recoverer || !may_land())
        return NULL;
    panic->ripcord__own.state = RIPCORD__RECOVERED;
    return panic;
}

/* An unrecovered panic goes past; its entry is off the stack already. */
void ripcord__recoverable_run(struct ripcord__entry *entry,
                              ripcord_panic *panic)
{
    (void)entry;
    (void)panic;
}

struct rest {
    struct ripcord__landing *landing;   /* NULL when nothing is left */
    struct place *place;
    int unwinding;                      /* how many went on at its start */
};

/* If a call is left by an exception, or by the end of the thread, this goes on
   with those behind it, whose block is not completed then: after a recovery
   it has no cleanups for them any more. There are none after
   ripcord_fork_child. */
static void finish_rest(struct rest *left)
{
    struct ripcord__landing *landing = left->landing;

    if (!landing)
        return;
    struct rest rest __attribute__((cleanup(finish_rest))) = *left;
    bool completes = ripcord__unwinding() <= rest.unwinding;
    while (ripcord__thread.top && ripcord__thread.top != &landing->entry)
        (void)run_newest(NULL, completes, rest.place);
    if (ripcord__thread.top)
        ripcord__pull(&landing->entry);
    landing->entry.site = NULL;
    rest.landing = NULL;
}

static __attribute__((noinline)) void run_some_rest(
    struct ripcord__landing *landing, struct place *place)
{
    finish_rest(&(struct rest){ landing, place, ripcord__unwinding() });
}

/* Runs the rest of a block's calls as at its normal end, and takes its entry
   off. */
static inline void run_rest(struct ripcord__landing *landing,
                            struct place *place)
{
    if (ripcord__thread.top == &landing->entry)
        ripcord__pull(&landing->entry);
    else
        run_some_rest(landing, place);
}

void ripcord__recoverable_left(struct ripcord__landing *landing)
{
    const struct ripcord__site *site = landing->site;
    struct place place = {
        __builtin_frame_address(0), site->what, site->file, site->function,
        site->line, program
    };

    if (ripcord__thread.top != &landing->landed) {
        (void)ripcord__leave(&landing->entry);
        return;
    }
    ripcord__thread.top = landing->landed.previous;
    run_rest(landing, &place);
    errno = landing->error;
}

/* The landing of a recoverable_return; a nested function, such as a lambda of
   C++, is not in the one that it seems to stand in. */
static struct ripcord__landing *landing_of(struct place *place)
{
    struct ripcord__landing *landing = innermost(place);

    if (!landing || strcmp(landing->site->function, place->function) != 0)
        misuse("recoverable_return at %s:%d in %s is not in the function of "
               "a `recoverable` block", place->file, place->line,
               place->function);
    return landing;
}

volatile void *ripcord__result(const char *file, int line,
                               const char *function)
{
    struct place place = {
        __builtin_frame_address(0), "recoverable_return", file, function,
        line, program
    };
    return landing_of(&place)->result;
}

/* Where an exit waits for the end of a rescue block, a recoverable_return is
   that end: the exit goes on, and the landing is not completed. */
static void exit_rescue(const struct ripcord__landing *landing,
                        struct place *place)
{
    struct ripcord__running *running = ripcord__thread.running;
    const struct ripcord__attempt *attempt;

    if (running == landing->running || running->state != RIPCORD__SUSPENDED)
        return;
    attempt = (const void *)((const char *)running -
                             offsetof(struct ripcord__attempt, exit));
    while (ripcord__thread.top != attempt->landing.entry.previous)
        (void)run_newest(NULL, true, place);
    exit_resume();
}

void ripcord__finish(const char *file, int line, const char *function)
{
    struct place place = {
        __builtin_frame_address(0), "recoverable_return", file, function,
        line, program
    };
    struct ripcord__landing *landing = landing_of(&place);

    exit_rescue(landing, &place);
    run_rest(landing, &place);
    landing->entry.site = NULL;
}

void ripcord__attempt_run(struct ripcord__entry *entry, ripcord_panic *panic)
{
    struct ripcord__attempt *attempt = (void *)entry;

    if (!panic || crash_bars(&attempt->landing))
        return;
    panic_copy(&attempt->caught, panic);
    /* The frames of a signal's handler are left with this. */
    attempt->caught.ripcord__own.crash = NULL;
    attempt_land(attempt);
}

void attempt_land(struct ripcord__attempt *attempt)
{
    struct ripcord__landing *landing = &attempt->landing;

    landing_check(landing, landing->site);
    attempt->caught.ripcord__own.state = RIPCORD__CAUGHT;
    landing->error = attempt->caught.ripcord__own.error;
    if (drop_panics(landing))
        exit_suspend(attempt);
    errno = landing->error;
    ripcord__thread.landed = attempt;
    jump(landing->buffer);
}

/* Three ways lead here: the rescue block has ended, there was none, or the
   attempt was jumped out of. */
void ripcord__attempt_left(struct ripcord__attempt *attempt)
{
    if (RIPCORD__RARELY(attempt->landing.entry.site)) {
        (void)ripcord__leave(&attempt->landing.entry);
        return;
    }
    if (RIPCORD__RARELY(ripcord__thread.landed == attempt)) {
        ripcord__thread.landed = NULL;
        panic_repeat(&attempt->caught, __builtin_frame_address(0),
                     REPEATS_NONE);
    }
    attempt->caught.ripcord__own.state = RIPCORD__DEAD;
    if (ripcord__thread.running == &attempt->exit.running)
        exit_resume();
}

bool ripcord_protect(void (*body)(void *argument), void *argument,
                     ripcord_panic *out)
{
    volatile bool returned = false;
    RIPCORD_ATTEMPT(returned) {
        body(argument);
        returned = true;
    } RIPCORD_RESCUE(p) {
        if (out)
            panic_copy(out, p);
    }
    return returned;
}
