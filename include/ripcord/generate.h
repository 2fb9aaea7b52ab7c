/* SPDX-License-Identifier: MIT */
/*
 * ripcord/generate.h - the wrappers that make a function deferrable.
 *
 * Nothing here is meant to be used directly.
 */
#ifndef RIPCORD_GENERATE_H
#define RIPCORD_GENERATE_H

#include <ripcord/arity.h>
#include <ripcord/base.h>
#include <ripcord/context.h>
#include <ripcord/scope.h>

RIPCORD__BEGIN

/* The name of a constant that every deferrable function has, 1 for a
   recoverer: it is the first one that a compiler misses when there is no
   declaration, so it says what is missing. */
#define RIPCORD__RECOVERS(f) \
    RIPCORD__JOIN(ripcord__no_RIPCORD_DEFERRABLE_for_, f)

/* The styles, ripcord__plain and ripcord__recoverer: whether the function
   recovers, and how it is called, without arguments or with some. */
#define RIPCORD__IS_ripcord__plain 0
#define RIPCORD__NONE_ripcord__plain(f) f()
#define RIPCORD__SOME_ripcord__plain(f, ...) f(__VA_ARGS__)
#define RIPCORD__IS_ripcord__recoverer 1
#define RIPCORD__NONE_ripcord__recoverer(f) f(ripcord__p)
#define RIPCORD__SOME_ripcord__recoverer(f, ...) f(ripcord__p, __VA_ARGS__)

/*
 * Generates for the deferrable `f`, which stands for `callee`:
 *
 *     struct ripcord__call_f      the entry and its arguments
 *     ripcord__record_f           the same, wherever a scope keeps it
 *     ripcord__arguments_of_f     makes one, from arguments of the right type
 *     ripcord__leave_f            the normal way out of its block
 *     ripcord__leave_named_f      the same, of a call that has a name
 *     struct ripcord__if_f        one that runs on failure or success only
 *     ripcord__leave_failed_f     the way out of its block, if on failure
 *     ripcord__leave_done_f       the same, if on success
 *     ripcord__run_f              what a panic runs
 *     ripcord__run_scoped_f       what the scope that holds it runs
 */
#define RIPCORD__GENERATE(style, f, members, parameters, values, call)     \
    enum { RIPCORD__RECOVERS(f) = RIPCORD__IS_##style };                   \
    struct ripcord__call_##f {                                             \
        struct ripcord__entry entry;                                       \
        RIPCORD__OPEN members                                              \
    } __attribute__((may_alias));                                          \
    typedef struct ripcord__call_##f ripcord__record_##f                   \
        __attribute__((aligned(sizeof(void *))));                          \
    RIPCORD__INLINE struct ripcord__call_##f ripcord__arguments_of_##f(    \
        const struct ripcord__site *ripcord__s RIPCORD__OPEN parameters)   \
    {                                                                      \
        struct ripcord__call_##f ripcord__c = {                            \
            { ripcord__thread.top, ripcord__s } RIPCORD__OPEN values };    \
        return ripcord__c;                                                 \
    }                                                                      \
    RIPCORD__STRICT                                                        \
    _Pragma("GCC diagnostic ignored \"-Wunused-result\"")                  \
    RIPCORD__INLINE void ripcord__invoke_##f(                              \
        const struct ripcord__call_##f *ripcord__c,                        \
        struct ripcord_panic *ripcord__p)                                  \
    {                                                                      \
        (void)ripcord__c;                                                  \
        (void)ripcord__p;                                                  \
        (void)call;                                                        \
    }                                                                      \
    RIPCORD__USUAL                                                         \
    RIPCORD__INLINE void ripcord__leave_##f(                               \
        struct ripcord__call_##f *ripcord__c)                              \
    {                                                                      \
        if (ripcord__pop(&ripcord__c->entry))                              \
            ripcord__invoke_##f(ripcord__c, RIPCORD__NULL);                \
    }                                                                      \
    RIPCORD__INLINE void ripcord__leave_named_##f(                         \
        struct ripcord__call_##f *ripcord__c)                              \
    {                                                                      \
        if (ripcord__pop(&ripcord__c->entry) &&                            \
            ripcord__c->entry.site->kind != RIPCORD__CANCELLED)            \
            ripcord__invoke_##f(ripcord__c, RIPCORD__NULL);                \
    }                                                                      \
    struct ripcord__if_##f {                                               \
        struct ripcord__call_##f deferred;                                 \
        int unwinding;                                                     \
    };                                                                     \
    RIPCORD__INLINE void ripcord__leave_failed_##f(                        \
        struct ripcord__if_##f *ripcord__c)                                \
    {                                                                      \
        if (ripcord__pop(&ripcord__c->deferred.entry) &&                   \
            RIPCORD__RARELY(ripcord__unwinding() > ripcord__c->unwinding)) \
            ripcord__invoke_##f(&ripcord__c->deferred, RIPCORD__NULL);     \
    }                                                                      \
    RIPCORD__INLINE void ripcord__leave_done_##f(                          \
        struct ripcord__if_##f *ripcord__c)                                \
    {                                                                      \
        if (ripcord__pop(&ripcord__c->deferred.entry) &&                   \
            !RIPCORD__RARELY(ripcord__unwinding() >                        \
                             ripcord__c->unwinding))                       \
            ripcord__invoke_##f(&ripcord__c->deferred, RIPCORD__NULL);     \
    }                                                                      \
    static __attribute__((unused)) void ripcord__run_##f(                  \
        struct ripcord__entry *ripcord__e,                                 \
        struct ripcord_panic *ripcord__p)                                  \
    {                                                                      \
        void *ripcord__c = ripcord__e;                                     \
        ripcord__invoke_##f(                                               \
            RIPCORD__CAST(struct ripcord__call_##f *, ripcord__c),         \
            ripcord__p);                                                   \
    }                                                                      \
    static __attribute__((unused)) void ripcord__run_scoped_##f(           \
        struct ripcord__entry *ripcord__e,                                 \
        struct ripcord_panic *ripcord__p)                                  \
    {                                                                      \
        void *ripcord__r = ripcord__scope_take(                            \
            ripcord__e, RIPCORD__RECORD_SIZE(struct ripcord__call_##f));   \
        const struct ripcord__call_##f ripcord__c =                        \
            *RIPCORD__CAST(ripcord__record_##f *, ripcord__r);             \
        ripcord__invoke_##f(&ripcord__c, ripcord__p);                      \
    }

#define RIPCORD__OPEN(...) __VA_ARGS__
#define RIPCORD__TYPE(type) __typeof__(type)
#define RIPCORD__MEMBER(type) RIPCORD__MUTABLE(__typeof__(type))

/* One for each count of words: the function's name again and its types. */
#define RIPCORD__GENERATE_1(style, name, callee, same)                     \
    RIPCORD__GENERATE(style, name, (), (), (),                             \
                      RIPCORD__NONE_##style(callee))
#define RIPCORD__GENERATE_2(style, name, callee, same, t1)                 \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__MEMBER(t1) ripcord__a1;),                                \
        (, RIPCORD__TYPE(t1) ripcord__a1),                                 \
        (, ripcord__a1),                                                   \
        RIPCORD__SOME_##style(callee, ripcord__c->ripcord__a1))
#define RIPCORD__GENERATE_3(style, name, callee, same, t1, t2)             \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__MEMBER(t1) ripcord__a1;                                  \
         RIPCORD__MEMBER(t2) ripcord__a2;),                                \
        (, RIPCORD__TYPE(t1) ripcord__a1, RIPCORD__TYPE(t2) ripcord__a2),  \
        (, ripcord__a1, ripcord__a2),                                      \
        RIPCORD__SOME_##style(callee, ripcord__c->ripcord__a1,             \
         ripcord__c->ripcord__a2))
#define RIPCORD__GENERATE_4(style, name, callee, same, t1, t2, t3)         \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__MEMBER(t1) ripcord__a1;                                  \
         RIPCORD__MEMBER(t2) ripcord__a2;                                  \
         RIPCORD__MEMBER(t3) ripcord__a3;),                                \
        (, RIPCORD__TYPE(t1) ripcord__a1, RIPCORD__TYPE(t2) ripcord__a2,   \
         RIPCORD__TYPE(t3) ripcord__a3),                                   \
        (, ripcord__a1, ripcord__a2, ripcord__a3),                         \
        RIPCORD__SOME_##style(callee, ripcord__c->ripcord__a1,             \
         ripcord__c->ripcord__a2, ripcord__c->ripcord__a3))
#define RIPCORD__GENERATE_5(style, name, callee, same, t1, t2, t3, t4)     \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__MEMBER(t1) ripcord__a1;                                  \
         RIPCORD__MEMBER(t2) ripcord__a2;                                  \
         RIPCORD__MEMBER(t3) ripcord__a3;                                  \
         RIPCORD__MEMBER(t4) ripcord__a4;),                                \
        (, RIPCORD__TYPE(t1) ripcord__a1, RIPCORD__TYPE(t2) ripcord__a2,   \
         RIPCORD__TYPE(t3) ripcord__a3, RIPCORD__TYPE(t4) ripcord__a4),    \
        (, ripcord__a1, ripcord__a2, ripcord__a3, ripcord__a4),            \
        RIPCORD__SOME_##style(callee, ripcord__c->ripcord__a1,             \
         ripcord__c->ripcord__a2, ripcord__c->ripcord__a3,                 \
         ripcord__c->ripcord__a4))
#define RIPCORD__GENERATE_6(style, name, callee, same, t1, t2, t3, t4, t5) \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__MEMBER(t1) ripcord__a1;                                  \
         RIPCORD__MEMBER(t2) ripcord__a2;                                  \
         RIPCORD__MEMBER(t3) ripcord__a3;                                  \
         RIPCORD__MEMBER(t4) ripcord__a4;                                  \
         RIPCORD__MEMBER(t5) ripcord__a5;),                                \
        (, RIPCORD__TYPE(t1) ripcord__a1, RIPCORD__TYPE(t2) ripcord__a2,   \
         RIPCORD__TYPE(t3) ripcord__a3, RIPCORD__TYPE(t4) ripcord__a4,     \
         RIPCORD__TYPE(t5) ripcord__a5),                                   \
        (, ripcord__a1, ripcord__a2, ripcord__a3, ripcord__a4,             \
         ripcord__a5),                                                     \
        RIPCORD__SOME_##style(callee, ripcord__c->ripcord__a1,             \
         ripcord__c->ripcord__a2, ripcord__c->ripcord__a3,                 \
         ripcord__c->ripcord__a4, ripcord__c->ripcord__a5))
#define RIPCORD__GENERATE_7(style, name, callee, same,                     \
                            t1, t2, t3, t4, t5, t6)                        \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__MEMBER(t1) ripcord__a1;                                  \
         RIPCORD__MEMBER(t2) ripcord__a2;                                  \
         RIPCORD__MEMBER(t3) ripcord__a3;                                  \
         RIPCORD__MEMBER(t4) ripcord__a4;                                  \
         RIPCORD__MEMBER(t5) ripcord__a5;                                  \
         RIPCORD__MEMBER(t6) ripcord__a6;),                                \
        (, RIPCORD__TYPE(t1) ripcord__a1, RIPCORD__TYPE(t2) ripcord__a2,   \
         RIPCORD__TYPE(t3) ripcord__a3, RIPCORD__TYPE(t4) ripcord__a4,     \
         RIPCORD__TYPE(t5) ripcord__a5, RIPCORD__TYPE(t6) ripcord__a6),    \
        (, ripcord__a1, ripcord__a2, ripcord__a3, ripcord__a4,             \
         ripcord__a5, ripcord__a6),                                        \
        RIPCORD__SOME_##style(callee, ripcord__c->ripcord__a1,             \
         ripcord__c->ripcord__a2, ripcord__c->ripcord__a3,                 \
         ripcord__c->ripcord__a4, ripcord__c->ripcord__a5,                 \
         ripcord__c->ripcord__a6))
#define RIPCORD__GENERATE_8(...)                                           \
    RIPCORD__ASSERT(false, "a deferrable function has at most 6 parameters");

/* A struct ripcord__call_f of the arguments, which follow the name of f. */
#define RIPCORD__BIND(f, site, ...)                                        \
    RIPCORD__JOIN(RIPCORD__BIND_, RIPCORD__MORE(__VA_ARGS__))              \
    (f, site, __VA_ARGS__)
#define RIPCORD__BIND_ONE(f, site, same) ripcord__arguments_of_##f(site)
#define RIPCORD__BIND_MORE(f, site, same, ...) \
    ripcord__arguments_of_##f(site, __VA_ARGS__)

/* A pointer to a static site of the place where this is expanded. */
#define RIPCORD__SITE(run, what, kind)                                     \
    __extension__({                                                        \
        static const struct ripcord__site ripcord__here = {                \
            run, what, __FILE__, __func__, __LINE__, kind };               \
        &ripcord__here;                                                    \
    })

/* The same of a call that has a name, and behind it the one that takes its
   place when the call is cancelled or run early. */
#define RIPCORD__NAMED_SITE(run, what, kind)                               \
    __extension__({                                                        \
        static const struct ripcord__site ripcord__here[] = {              \
            { run, what, __FILE__, __func__, __LINE__, kind },             \
            { run, what, __FILE__, __func__, __LINE__,                     \
              RIPCORD__CANCELLED } };                                      \
        ripcord__here;                                                     \
    })

/* Between these two a wrong pointer is an error, not a warning. */
#define RIPCORD__STRICT _Pragma("GCC diagnostic push") RIPCORD__POINTERS
#define RIPCORD__USUAL _Pragma("GCC diagnostic pop")
#ifdef __cplusplus
#define RIPCORD__POINTERS
#else
#define RIPCORD__POINTERS                                                  \
    _Pragma("GCC diagnostic error \"-Wincompatible-pointer-types\"")       \
    _Pragma("GCC diagnostic error \"-Wint-conversion\"")                   \
    RIPCORD__QUALIFIERS
#endif
/* A part of the first one to clang, which does not know it. */
#ifdef __clang__
#define RIPCORD__QUALIFIERS
#else
#define RIPCORD__QUALIFIERS                                                \
    _Pragma("GCC diagnostic error \"-Wdiscarded-qualifiers\"")
#endif

RIPCORD__END

#endif
