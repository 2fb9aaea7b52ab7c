/* SPDX-License-Identifier: MIT */
/*
 * ripcord/recover.h - where panics end.
 *
 * A landing is a block that a panic may come back to. `recoverable` lands
 * when a deferred call inside it recovers the panic, as in Go; `attempt`
 * takes every panic that leaves its body and hands it to a rescue block;
 * ripcord_protect is an attempt without macros.
 *
 * A local variable that is changed between the entry to a landing and the
 * panic, and read afterwards, must be volatile: setjmp's rule, and the
 * landings check it for the results they are told of.
 *
 * The bare names (recoverable, attempt, ...) are in <ripcord/short.h>.
 */
#ifndef RIPCORD_RECOVER_H
#define RIPCORD_RECOVER_H

#include <setjmp.h>

#include <ripcord/base.h>
#include <ripcord/context.h>
#include <ripcord/defer.h>
#include <ripcord/panic.h>
#include <ripcord/results.h>

RIPCORD__BEGIN

/*
 * RIPCORD_RECOVERER(function, types...)
 *
 * Declares a function that may recover, as RIPCORD_DEFERRABLE does for
 * others. Its first parameter is a ripcord_panic *, which is not named among
 * `types` and not given when it is deferred: it is the panic that runs the
 * call, or NULL when the block is left normally. It can only be deferred
 * directly in a `recoverable` block, or to a scope declared directly in one;
 * anything else does not compile.
 */
#define RIPCORD_RECOVERER(...)                                       \
    RIPCORD__JOIN(RIPCORD__GENERATE_, RIPCORD__COUNT(__VA_ARGS__))   \
    (ripcord__recoverer, RIPCORD__FIRST(__VA_ARGS__),                \
     RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)

/*
 * Stops `panic`, the one that a recoverer was given, and returns it; or
 * returns NULL when there is nothing to stop: `panic` is NULL, not the
 * newest one of this thread any more, dead, or recovered already. Nothing is
 * read through a stale pointer. Does not jump: the recoverer runs on to its
 * end, then the stack is cut back to its `recoverable` block, the rest of
 * the block's deferred calls run as at its normal end, and the program goes
 * on behind it. The result is valid until the recoverer returns.
 */
RIPCORD__INLINE ripcord_panic *ripcord_recover(ripcord_panic *panic);

/*
 * RIPCORD_RECOVERABLE(results...) { ... }
 *
 * A block that recoverers deferred in it can bring a panic back to. `results`
 * names the variables, 0 to 8, that deferred calls may change; each must be
 * volatile. `break` and `continue` leave only this block. Costs one _setjmp;
 * the signal mask is not saved.
 */
#define RIPCORD_RECOVERABLE(...)                                          \
    RIPCORD__RECOVERABLE(RIPCORD__JOIN(ripcord__landing, __COUNTER__),    \
                         RIPCORD__NONE_OR_SOME(__VA_ARGS__), __VA_ARGS__)

/*
 * RIPCORD_RECOVERABLE_RETURN(value)
 *
 * Go's `return value` in a function with a named result: assigns `value` to
 * the first result of the innermost `recoverable` block, which must be the
 * innermost landing; runs the deferred calls of the block; and returns the
 * result as they left it.
 */
#define RIPCORD_RECOVERABLE_RETURN(value)                                 \
    RIPCORD__RETURN(RIPCORD__JOIN(ripcord__result, __COUNTER__), value)

/*
 * RIPCORD_ATTEMPT(results...) { ... } RIPCORD_RESCUE(p) { ... }
 *
 * Runs the first block. If a panic leaves it, all calls deferred in it have
 * run, and the second block runs with `const ripcord_panic *p`, a copy that
 * is valid until the block ends. `results` are as for RIPCORD_RECOVERABLE.
 * A panic raised in the rescue block goes on outwards. `break` and
 * `continue` leave only the block they stand in. An attempt without a rescue
 * block passes the panic on. In a thread that exits, the exit goes on where
 * the rescue block is left.
 */
#define RIPCORD_ATTEMPT(...)                                              \
    RIPCORD__ATTEMPT(RIPCORD__JOIN(ripcord__landing, __COUNTER__),       \
                      RIPCORD__NONE_OR_SOME(__VA_ARGS__), __VA_ARGS__)
#define RIPCORD_RESCUE(p)                                                 \
    RIPCORD__RESCUE(p, RIPCORD__JOIN(ripcord__rescued, __COUNTER__))

/*
 * Calls body(argument). Returns true if it returned. If a panic left it,
 * its deferred calls have run, the panic is copied to *out unless `out` is
 * NULL, and the result is false; in a thread that exits, the exit goes on
 * instead of a return.
 */
bool ripcord_protect(void (*body)(void *argument), void *argument,
                     ripcord_panic *out);

/* ---- What the macros are made of. ---- */

struct ripcord__landing {
    struct ripcord__entry entry;
    struct ripcord__entry landed;       /* pushed by a recovery */
    const struct ripcord__site *site;   /* kept when the entry has run */
    struct ripcord__thread *thread;     /* whose landing it is */
    struct ripcord__running *running;   /* newest one at the entry */
    volatile void *result;              /* first one, if there is one */
    const char *frame;                  /* of the function it stands in */
    int error;                          /* errno to restore */
    jmp_buf buffer;
};

struct ripcord__attempt {
    struct ripcord__landing landing;
    ripcord_panic caught;
    struct ripcord__exit exit;          /* suspended by the rescue block */
};

void ripcord__recoverable_run(struct ripcord__entry *entry,
                              struct ripcord_panic *panic);
void ripcord__attempt_run(struct ripcord__entry *entry,
                          struct ripcord_panic *panic);
/* The ways out of a landing that is not on top any more. */
RIPCORD__COLD void ripcord__recoverable_left(
    struct ripcord__landing *landing);
RIPCORD__COLD void ripcord__attempt_left(struct ripcord__attempt *attempt);
/* The first result of the landing that a recoverable_return stands in, and
   the end of that landing. They compare frames, so they have one. */
RIPCORD__COLD volatile void *ripcord__result(const char *file, int line,
                                             const char *function);
RIPCORD__COLD void ripcord__finish(const char *file, int line,
                                   const char *function);

ripcord_panic *ripcord__recover(ripcord_panic *panic)
    RIPCORD__OF_LAYOUT(ripcord__recover_layout_);

RIPCORD__INLINE ripcord_panic *ripcord_recover(ripcord_panic *panic)
{
    return panic ? ripcord__recover(panic) : panic;
}

RIPCORD__INLINE struct ripcord__landing *ripcord__enter(
    struct ripcord__landing *landing, const struct ripcord__site *site,
    volatile void *result)
{
    landing->site = site;
    landing->thread = &ripcord__thread;
    landing->running = ripcord__thread.running;
    if (result)
        landing->result = result;
    landing->frame =
        RIPCORD__CAST(const char *, __builtin_frame_address(0));
    landing->entry.site = site;
    landing->entry.previous = ripcord__thread.top;
    ripcord__push(&landing->entry);
    return landing;
}

RIPCORD__INLINE struct ripcord__attempt *ripcord__enter_attempt(
    struct ripcord__attempt *attempt, const struct ripcord__site *site,
    volatile void *result)
{
    (void)ripcord__enter(&attempt->landing, site, result);
    return attempt;
}

/* The panic that the attempt which has just been landed in holds. */
RIPCORD__INLINE const ripcord_panic *ripcord__rescue(void)
{
    const ripcord_panic *caught = &ripcord__thread.landed->caught;
    ripcord__thread.landed =
        RIPCORD__CAST(struct ripcord__attempt *, RIPCORD__NULL);
    return caught;
}

RIPCORD__INLINE void ripcord__leave_landing(struct ripcord__landing *landing)
{
    if (RIPCORD__RARELY(ripcord__thread.top != &landing->entry))
        ripcord__recoverable_left(landing);
    else
        ripcord__pull(&landing->entry);
}

RIPCORD__INLINE void ripcord__leave_attempt(struct ripcord__attempt *attempt)
{
    if (RIPCORD__RARELY(ripcord__thread.top != &attempt->landing.entry))
        ripcord__attempt_left(attempt);
    else
        ripcord__pull(&attempt->landing.entry);
}

/* What follows is `switch` or `if ... else for`: a bare `if` would take the
   `else` of the user's own. The flag that ends each `for` is a pointer where
   the declaration has that type, and is always set before it is read again,
   so that it is never live across _setjmp: gcc warns of such variables. */
#define RIPCORD__RECOVERABLE(name, count, ...)                              \
    for (struct ripcord__landing name                                       \
             __attribute__((cleanup(ripcord__leave_landing))),              \
         *RIPCORD__JOIN(name, _once) = ripcord__enter(                      \
             &name,                                                         \
             RIPCORD__SITE(ripcord__recoverable_run, "recoverable",         \
                           RIPCORD__RECOVERABLE_BLOCK),                     \
             RIPCORD__JOIN(RIPCORD__ADDRESS_, count)(__VA_ARGS__));         \
         RIPCORD__JOIN(name, _once);                                        \
         RIPCORD__JOIN(name, _once) = RIPCORD__NULL)                        \
        switch (_setjmp(name.buffer))                                       \
        case 0:                                                             \
            RIPCORD__INSIDE(RIPCORD__JOIN(RIPCORD__WHICH_, count),          \
                            RIPCORD__JOIN(RIPCORD__POINTER_, count)         \
                                (__VA_ARGS__),                              \
                            RIPCORD__JOIN(RIPCORD__CHECK_, count)           \
                                (__VA_ARGS__),                              \
                            RIPCORD__JOIN(name, _inside))

#define RIPCORD__ATTEMPT(name, count, ...)                                  \
    for (struct ripcord__attempt name                                       \
             __attribute__((cleanup(ripcord__leave_attempt))),              \
         *RIPCORD__JOIN(name, _once) = ripcord__enter_attempt(              \
             &name,                                                         \
             RIPCORD__SITE(ripcord__attempt_run, "attempt",                 \
                           RIPCORD__ATTEMPT_BLOCK),                         \
             RIPCORD__JOIN(RIPCORD__ADDRESS_, count)(__VA_ARGS__));         \
         RIPCORD__JOIN(name, _once);                                        \
         RIPCORD__JOIN(name, _once) = RIPCORD__NULL)                        \
        if (_setjmp(name.landing.buffer) == 0)                              \
            RIPCORD__INSIDE(RIPCORD__IN_ATTEMPT, void *,                    \
                            RIPCORD__JOIN(RIPCORD__CHECK_, count)           \
                                (__VA_ARGS__),                              \
                            RIPCORD__JOIN(name, _inside))

#define RIPCORD__RESCUE(p, once)                                            \
    else                                                                    \
        for (const ripcord_panic *p = ripcord__rescue(), *once = p; once;   \
             once = RIPCORD__NULL)

#define RIPCORD__RETURN(name, value)                                        \
    do {                                                                    \
        RIPCORD__ASSERT(RIPCORD__WHERE() == RIPCORD__IN_RECOVERABLE,        \
                        "recoverable_return must stand in a `recoverable` " \
                        "block that names a result");                       \
        RIPCORD__RESULT_POINTER name =                                      \
            RIPCORD__CAST(                                                  \
                RIPCORD__RESULT_POINTER,                                    \
                ripcord__result(__FILE__, __LINE__, __func__));             \
        *name = (value);                                                    \
        ripcord__finish(__FILE__, __LINE__, __func__);                      \
        return *name;                                                       \
    } while (0)

RIPCORD__END

#endif
