/* SPDX-License-Identifier: MIT */
/*
 * walk.c - what runs deferred calls, and the walk that does it for a panic.
 */
#include "internal.h"

#include <pthread.h>

/* No cancellation state that pthread_setcancelstate returns. */
#define NOT_TOUCHED -1

void hold_cancellation(struct ripcord__running *running)
{
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE,
                                 &running->cancellation);
}

bool holds_cancellation(const struct ripcord__running *running)
{
    return running->cancellation != NOT_TOUCHED;
}

void release_cancellation(const struct ripcord__running *running)
{
    if (holds_cancellation(running))
        (void)pthread_setcancelstate(running->cancellation, NULL);
}

/* Runs the thread's deferred calls, newest first, on top of the stack that
   panicked. */
static HOT _Noreturn void walk(ripcord_panic *panic, struct place *place)
{
    if (ripcord__thread.top)
        hold_cancellation(&panic->ripcord__own);
    while (ripcord__thread.top) {
        const struct ripcord__site *site = run_newest(panic, false, place);
        if (site && panic->ripcord__own.state != RIPCORD__RUNNING)
            land(panic, site, place);
    }
    uncaught(panic);
}

void running_abandon(struct ripcord__running *running)
{
    if (ripcord__thread.running == running)
        ripcord__thread.running = running->older;
    if (running->crash)
        crash_dropped(running->crash);
    release_cancellation(running);
}

static void abandon(ripcord_panic **panic)
{
    running_abandon(&(*panic)->ripcord__own);
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
        running_check(older, place);
        running->depth = older->depth;
    }
    ripcord__thread.running = running;
}

/* A panic that repeats the older one does not supersede it. */
static void note_replaced(ripcord_panic *panic, const ripcord_panic *older)
{
    ripcord_replaced *replaced = &panic->replaced;

    if (replaced->kind || panic->ripcord__own.repeats == REPEATS_NEWEST)
        return;
    replaced->kind = older->kind;
    replaced->file = older->file;
    replaced->function = older->function;
    replaced->line = older->line;
    replaced->count = older->ripcord__own.depth;
    text_copy(replaced->message, sizeof replaced->message, older->message);
}

static struct place place_of(const ripcord_panic *panic)
{
    return (struct place){
        panic->ripcord__own.frame, "panic", panic->file, panic->function,
        panic->line, program
    };
}

/* The newest panic that is running. */
static COLD const ripcord_panic *checked_older(
    const ripcord_panic *panic)
{
    const struct place place = place_of(panic);

    running_check(ripcord__thread.running, &place);
    return panic_of(ripcord__thread.running);
}

/* Lands in the attempt on top, which holds the panic. */
static HOT _Noreturn void land_at_once(void)
{
    struct ripcord__attempt *attempt = (void *)ripcord__thread.top;
    const ripcord_panic *older = NULL;

    if (RIPCORD__RARELY(ripcord__thread.running))
        older = checked_older(&attempt->caught);
    if (older)
        note_replaced(&attempt->caught, older);
    attempt->caught.ripcord__own.depth = older ? older->ripcord__own.depth + 1
                                               : 1;
    ripcord__pull(&attempt->landing.entry);
    attempt->landing.entry.site = NULL;
    attempt_land(attempt);
}

void panic_start(ripcord_panic *panic)
{
    if (panic->ripcord__own.state == RIPCORD__CAUGHT)
        land_at_once();

    ripcord_panic *running __attribute__((cleanup(abandon))) = panic;
    struct place place = place_of(panic);

    running_push(&panic->ripcord__own, &place);
    ripcord_panic *older = panic_of(panic->ripcord__own.older);
    if (older)
        note_replaced(panic, older);
    if (++panic->ripcord__own.depth > MAXIMUM_DEPTH)
        misuse("%d panics are nested, the newest raised at %s:%d in %s: %s",
               MAXIMUM_DEPTH + 1, panic->file, panic->line, panic->function,
               panic->message);
    walk(running, &place);
}
