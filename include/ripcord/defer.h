/* SPDX-License-Identifier: MIT */
/*
 * ripcord/defer.h - calls that run when their block is left.
 *
 * A deferred call is written beside what it undoes and runs exactly once,
 * last in first out, however the block is left: by reaching its end,
 * `return`, `break`, `continue`, `goto`, or a panic.
 *
 * The bare names (defer, defer_as, ...) are in <ripcord/short.h>.
 */
#ifndef RIPCORD_DEFER_H
#define RIPCORD_DEFER_H

#include <ripcord/base.h>
#include <ripcord/context.h>
#include <ripcord/generate.h>

RIPCORD__BEGIN

/*
 * RIPCORD_DEFERRABLE(function, types...)
 *
 * Declares that `function` may be deferred. It stands once in a source file
 * or header, at file scope, after the function's declaration; `types` are
 * the types of its 0 to 6 parameters: any object type, structs by value
 * included. The function may have a result, which is discarded, and may be
 * static, inline or external; it must have a plain name, since other names
 * are built from it. Calls go through a wrapper of the right type, never
 * through a cast pointer. It costs nothing until the function is deferred.
 */
#define RIPCORD_DEFERRABLE(...)                                      \
    RIPCORD__JOIN(RIPCORD__GENERATE_, RIPCORD__COUNT(__VA_ARGS__))   \
    (ripcord__plain, RIPCORD__FIRST(__VA_ARGS__),                    \
     RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)

/*
 * RIPCORD_DEFER(function, arguments...)
 *
 * Calls function(arguments...) when the enclosing block is left. The
 * arguments are evaluated and copied now, each once; what a pointer argument
 * points to is seen as it is when the call runs, so it must live as long as
 * the block. A declaration: it needs a block of its own around it and may
 * not be the only statement of an `if` or `for`, nor be jumped past by
 * `goto` or `switch`. Does not allocate, lock or fail; must not be used in
 * an asynchronous signal handler. If evaluating an argument panics, nothing
 * is deferred.
 */
#define RIPCORD_DEFER(...)                                   \
    RIPCORD__DEFER(RIPCORD__JOIN(ripcord__call, __COUNTER__), \
                   RIPCORD__SITE, RIPCORD__CALL,             \
                   ripcord__leave_,                          \
                   RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)

/*
 * RIPCORD_DEFER_ON_FAILURE(function, arguments...)
 * RIPCORD_DEFER_ON_SUCCESS(function, arguments...)
 *
 * As RIPCORD_DEFER, but the call runs only when the block is not completed,
 * because a panic, the end of the thread (its exit, pthread_exit or a
 * cancellation) or a C++ exception leaves it, or only when it is: at its end,
 * by `return`, `break`, `continue` or `goto`, and also when a later deferred
 * call of the block has already recovered the panic. The pair is for rollback
 * and commit. pthread_exit and a cancellation are told from a normal end with
 * a shared glibc of 2.35 or later only: see ripcord_thread(3).
 */
#define RIPCORD_DEFER_ON_FAILURE(...)                              \
    RIPCORD__DEFER_IF(RIPCORD__JOIN(ripcord__call, __COUNTER__),   \
                      RIPCORD__ON_FAILURE, ripcord__leave_failed_, \
                      RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)
#define RIPCORD_DEFER_ON_SUCCESS(...)                              \
    RIPCORD__DEFER_IF(RIPCORD__JOIN(ripcord__call, __COUNTER__),   \
                      RIPCORD__ON_SUCCESS, ripcord__leave_done_,   \
                      RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)

/*
 * RIPCORD_DEFER_AS(name, function, arguments...)
 *
 * As RIPCORD_DEFER, and declares `name`, by which the call can be cancelled
 * or run early as long as the block is not left. `name` belongs to this
 * block and this thread.
 */
#define RIPCORD_DEFER_AS(name, ...)                          \
    RIPCORD__DEFER(name, RIPCORD__NAMED_SITE, RIPCORD__CALL, \
                   ripcord__leave_named_,                    \
                   RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)

/*
 * bool RIPCORD_DEFER_CANCEL(name)
 * bool RIPCORD_DEFER_RUN(name)
 *
 * Drops the call deferred as `name`, or runs it now instead of at the end of
 * its block. Returns false, and does nothing, when it was cancelled or has
 * run already. A call that panics while it is run early counts as run.
 */
#define RIPCORD_DEFER_CANCEL(name) ripcord__cancel(&(name).entry)
#define RIPCORD_DEFER_RUN(name) ripcord__run_now(&(name).entry)

/*
 * RIPCORD_DEFER_SCOPE(name)
 *
 * Declares `name`, of type ripcord_scope, which collects calls and runs
 * them, last in first out, when the block that declares it is left: where
 * calls deferred in a loop or an inner block must wait for the outer one. It
 * is one entry, at the place of its declaration: a block that has a scope
 * should defer everything to it, or the order is not last in first out. The
 * first eight calls with one argument each need no memory; then the scope
 * grows in chunks from malloc, 16 bytes for a call with one pointer.
 */
#define RIPCORD_DEFER_SCOPE(name)                                          \
    ripcord_defer_needs_braces_around_it RIPCORD__SITE_OF(name) =          \
        RIPCORD__SITE(ripcord__scope_run, #name, RIPCORD__SCOPE);          \
    RIPCORD__SCOPE_HERE name                                               \
        __attribute__((cleanup(ripcord__scope_leave)));                    \
    ripcord__scope_enter(&(name), RIPCORD__SITE_OF(name))

/*
 * RIPCORD_DEFER_TO(scope, function, arguments...)
 *
 * Defers a call to `scope`, a scope of this thread: the name of one, or
 * *pointer. Arguments are as for RIPCORD_DEFER. A statement, allowed
 * wherever one is. If there is no memory for the call it is run at once, and
 * then a panic of kind RIPCORD_OUT_OF_MEMORY is raised: nothing leaks.
 */
#define RIPCORD_DEFER_TO(scope, ...)                                       \
    RIPCORD__DEFER_TO(RIPCORD__JOIN(ripcord__call, __COUNTER__), scope,    \
                      RIPCORD__FIRST(__VA_ARGS__), __VA_ARGS__)

/*
 * ripcord_scope *RIPCORD_SCOPE_OF(name)
 *
 * A pointer to the scope `name`, for functions that defer to the scope of
 * their caller by RIPCORD_DEFER_TO(*pointer, ...). It is valid as long as
 * the scope's block. No recoverer can be deferred through it.
 */
#define RIPCORD_SCOPE_OF(name)                                             \
    RIPCORD__CAST(ripcord_scope *, RIPCORD__CAST(void *, &(name)))

/* ---- What the macros are made of. ---- */

bool ripcord__cancel(struct ripcord__entry *entry);
bool ripcord__run_now(struct ripcord__entry *entry);

/* The type of the first thing that a `defer` declares: a compiler that
   finds a declaration where only a statement may stand names it. */
typedef const struct ripcord__site *ripcord_defer_needs_braces_around_it;

/* In C++ a declaration may stand there, and this is missed behind it. */
#define RIPCORD__SITE_OF(name) \
    RIPCORD__JOIN(ripcord_defer_needs_braces_around_, name)
/* A site, where a compiler misses the constant before `run`. */
#define RIPCORD__SITE_AFTER(constant, site, run, what, kind) \
    ((void)(constant), site(run, what, kind))

#define RIPCORD__KIND(f, kind) \
    (kind + RIPCORD__OF_RECOVERER * RIPCORD__RECOVERS(f))

/* The site of a `defer`, and what is known of it when it is compiled. */
#define RIPCORD__DEFER_SITE(name, site, kind, f)                           \
    ripcord_defer_needs_braces_around_it RIPCORD__SITE_OF(name) =          \
        RIPCORD__SITE_AFTER(RIPCORD__RECOVERS(f), site,                    \
                            RIPCORD__JOIN(ripcord__run_, f),               \
                            RIPCORD__TEXT(f),                              \
                            RIPCORD__KIND(f, kind));                       \
    RIPCORD__ASSERT(!RIPCORD__RECOVERS(f) || RIPCORD__MAY_RECOVER(),       \
                    RIPCORD__TEXT(f) RIPCORD__NO_LANDING)

#define RIPCORD__DEFER(name, site, kind, leave, f, ...)                    \
    RIPCORD__DEFER_SITE(name, site, kind, f);                              \
    RIPCORD__STRICT                                                        \
    struct RIPCORD__JOIN(ripcord__call_, f) name                           \
        __attribute__((cleanup(RIPCORD__JOIN(leave, f)))) =                \
        RIPCORD__BIND(f, RIPCORD__SITE_OF(name), __VA_ARGS__);             \
    RIPCORD__USUAL                                                         \
    ripcord__push(&(name).entry)

#define RIPCORD__DEFER_IF(name, kind, leave, f, ...)                       \
    RIPCORD__DEFER_SITE(name, RIPCORD__SITE, kind, f);                     \
    RIPCORD__STRICT                                                        \
    struct RIPCORD__JOIN(ripcord__if_, f) name                             \
        __attribute__((cleanup(RIPCORD__JOIN(leave, f)))) = {              \
        RIPCORD__BIND(f, RIPCORD__SITE_OF(name), __VA_ARGS__),             \
        ripcord__unwinding()                                               \
    };                                                                     \
    RIPCORD__USUAL                                                         \
    ripcord__push(&(name).deferred.entry)

#define RIPCORD__DEFER_TO(name, scope, f, ...)                             \
    do {                                                                   \
        RIPCORD__ASSERT(                                                   \
            RIPCORD__SAME_TYPE(scope, ripcord_scope) ||                    \
                RIPCORD__SAME_TYPE(scope,                                  \
                                   struct ripcord__recoverable_scope),     \
            "this is not a scope: declare it with defer_scope");           \
        RIPCORD__ASSERT(                                                   \
            !RIPCORD__RECOVERS(f) ||                                       \
                RIPCORD__SAME_TYPE(scope,                                  \
                                   struct ripcord__recoverable_scope),     \
            RIPCORD__TEXT(f) RIPCORD__NO_LANDING_OF_SCOPE);                \
        RIPCORD__STRICT                                                    \
        const struct RIPCORD__JOIN(ripcord__call_, f) name =               \
            RIPCORD__BIND(f,                                               \
                RIPCORD__SITE_AFTER(RIPCORD__RECOVERS(f), RIPCORD__SITE,   \
                                    RIPCORD__JOIN(ripcord__run_scoped_, f),\
                                    RIPCORD__TEXT(f),                      \
                                    RIPCORD__KIND(f, RIPCORD__CALL)),      \
                __VA_ARGS__);                                              \
        RIPCORD__USUAL                                                     \
        void *RIPCORD__JOIN(name, _scope) = &(scope);                      \
        char *RIPCORD__JOIN(name, _place) = ripcord__scope_room(           \
            RIPCORD__JOIN(name, _scope), RIPCORD__RECORD_SIZE(name),       \
            name.entry.site);                                              \
        if (!RIPCORD__JOIN(name, _place)) {                                \
            RIPCORD__JOIN(ripcord__invoke_, f)(&name, RIPCORD__NULL);      \
            ripcord__scope_full(name.entry.site);                          \
        }                                                                  \
        void *RIPCORD__JOIN(name, _record) =                               \
            RIPCORD__JOIN(name, _place) - RIPCORD__RECORD;                 \
        *RIPCORD__CAST(RIPCORD__JOIN(ripcord__record_, f) *,               \
                       RIPCORD__JOIN(name, _record)) = name;               \
        ripcord__scope_keep(RIPCORD__JOIN(name, _scope),                   \
                            RIPCORD__JOIN(name, _place));                  \
    } while (0)

#define RIPCORD__NO_LANDING                                                \
    " is a recoverer, and the innermost landing here is not a "            \
    "`recoverable` block: it could recover nothing"
#define RIPCORD__NO_LANDING_OF_SCOPE                                       \
    " is a recoverer, and its scope is not declared directly in a "        \
    "`recoverable` block: it could recover nothing"

RIPCORD__END

#endif
