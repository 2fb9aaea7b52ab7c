/* SPDX-License-Identifier: MIT */
/*
 * ripcord/stack.h - for those who switch stacks or jump over frames: what a
 * coroutine library tells when it switches, and what is to be done before
 * the longjmp of somebody else.
 *
 * These have no bare names: programs that do neither need none of them, and
 * pay nothing for them.
 */
#ifndef RIPCORD_STACK_H
#define RIPCORD_STACK_H

#include <ripcord/base.h>
#include <ripcord/generate.h>

RIPCORD__BEGIN

/*
 * The pending calls, landings and panics of one coroutine while it does not
 * run. One is kept beside each coroutine, and one for the stack that a thread
 * was started with. Its members are private.
 */
typedef struct ripcord_stack {
    struct ripcord__entry *top;         /* as in struct ripcord__thread */
    struct ripcord__attempt *landed;
    struct ripcord__running *running;
    struct ripcord__thread *thread;     /* where it ran last; NULL: nowhere */
    unsigned state;                     /* of enum ripcord__stack_state */
} ripcord_stack;

/*
 * Makes *stack that of a coroutine which has not begun: it holds nothing.
 * Nothing needs to be released; see ripcord_stack_drop for a coroutine that
 * is given up before its end. Any thread may call it, and the coroutine may
 * begin on another one.
 */
void ripcord_stack_init(ripcord_stack *stack);

/*
 * RIPCORD_STACK_SWITCH(from, to)
 *
 * To be called right before a coroutine library switches from the running
 * stack to another one: keeps what is pending in *from, and makes what is
 * kept in *to that of the calling thread. Both are ripcord_stack *. *from may
 * hold anything, *to has been initialised or switched from. Between this and
 * the library's own switch nothing may be deferred or raised. A stack that
 * holds anything stays with its thread: continuing it on another one, or one
 * that runs already, ends the process with a message. A suspended panic does
 * not keep the thread from being cancelled. Not for signal handlers.
 */
#define RIPCORD_STACK_SWITCH(from, to)                                   \
    ripcord__stack_switch(                                               \
        from, to, RIPCORD__SITE(RIPCORD__NULL, "switch", RIPCORD__PLACE))

/* The same as a function, for pointers to it and other languages: a message
   about misuse cannot tell where it was called. */
void ripcord_stack_switch(ripcord_stack *from, ripcord_stack *to);

/*
 * To be called before the memory of a coroutine is released that has not come
 * to its end: the calls that are still pending in *stack, and the panics and
 * exits that run in it, are named in a message, as ripcord_set_stale tells,
 * and dropped. The calls do not run, since that needs the coroutine: to run
 * them, continue it once more and let it panic, or unwind to a mark that was
 * set where it began. Afterwards *stack is as initialised. It must not be the
 * one that runs.
 */
void ripcord_stack_drop(ripcord_stack *stack);

/* A place in the stack of calls. It is valid as long as the block that it was
   set in, on the same stack. Its members are private. */
typedef struct ripcord_mark {
    struct ripcord__entry *top;
    struct ripcord__running *running;
    struct ripcord__thread *thread;
    const struct ripcord__site *site;   /* where it was set */
} ripcord_mark;

/*
 * ripcord_mark RIPCORD_MARK()
 *
 * Marks the present place in the stack of calls, for ripcord_unwind: right
 * before the setjmp that somebody else's longjmp comes back to. A mark that
 * is not changed any more need not be volatile. Costs four stores.
 */
#define RIPCORD_MARK()                                                   \
    ripcord__mark(RIPCORD__SITE(RIPCORD__NULL, "mark", RIPCORD__PLACE))

/*
 * Runs the calls that were deferred since the mark was set, newest first, as
 * for blocks that are not completed; recoverers are given NULL. Landings
 * entered since then are dropped, and so are panics raised since then, so
 * that a longjmp to where the mark was set leaves nothing behind. To be
 * called right before that longjmp, in the handler that does it.
 *
 * A panic that one of the calls raises takes the place of the longjmp: it
 * goes on as any other, and this does not return. An exit of the thread that
 * began after the mark was set goes on too. Called where the longjmp has
 * arrived it is too late to run anything: the calls are named in a message,
 * as ripcord_set_stale tells, and dropped; so are panics and exits that were
 * jumped out of. Keeps errno. A mark of another
 * thread or stack, or one whose block is gone, ends the process with a
 * message.
 */
void ripcord_unwind(const ripcord_mark *mark);

/* What is done about calls that somebody jumped over. */
typedef enum ripcord_stale {
    RIPCORD_STALE_MESSAGE,      /* named on standard error, and dropped */
    RIPCORD_STALE_FATAL,        /* named, then abort() */
    RIPCORD_STALE_SILENT        /* dropped */
} ripcord_stale;

/*
 * Selects what happens when a block is left, or a panic raised, and calls are
 * still pending whose frames are gone, because a longjmp passed them; returns
 * the former choice. They never run. Unless it is called the environment
 * decides: RIPCORD_STALE is "message" (as when it is not set), "fatal" or
 * "silent"; a program that runs with privileges of its own (AT_SECURE)
 * ignores it. Any thread may call it at any time.
 */
ripcord_stale ripcord_set_stale(ripcord_stale policy);

/* ---- What the macros are made of. ---- */

enum ripcord__stack_state {
    RIPCORD__STACK_SUSPENDED = 0x72637301,
    RIPCORD__STACK_RUNS
};

void ripcord__stack_switch(ripcord_stack *from, ripcord_stack *to,
                           const struct ripcord__site *site);

RIPCORD__INLINE ripcord_mark ripcord__mark(const struct ripcord__site *site)
{
    ripcord_mark mark = { ripcord__thread.top, ripcord__thread.running,
                          &ripcord__thread, site };
    return mark;
}

RIPCORD__END

#endif
