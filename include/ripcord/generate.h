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
#define RIPCORD__NONE_ripcord__recoverer(f) f(ripcord__handle(ripcord__p))
#define RIPCORD__SOME_ripcord__recoverer(f, ...) \
    f(ripcord__handle(ripcord__p), __VA_ARGS__)

/*
 * Generates for the deferrable `f`, which stands for `callee`:
 *
 *     struct ripcord__call_f      the entry and its arguments
 *     ripcord__arguments_of_f     makes one, from arguments of the right type
 *     ripcord__leave_f            the normal way out of its block
 *     ripcord__leave_named_f      the same, of a call that has a name
 *     ripcord__forget_f           the same, of a call on failure only
 *     ripcord__run_f              what a panic runs
 *     ripcord__run_scoped_f       what the scope that holds it runs
 */
#define RIPCORD__GENERATE(style, f, members, parameters, values, call)     \
    enum { RIPCORD__RECOVERS(f) = RIPCORD__IS_##style };                   \
    struct ripcord__call_##f {                                             \
        struct ripcord__entry entry;                                       \
        RIPCORD__OPEN members                                              \
    };                                                                     \
    RIPCORD__INLINE struct ripcord__call_##f ripcord__arguments_of_##f(    \
        const struct ripcord__site *ripcord__s RIPCORD__OPEN parameters)   \
    {                                                                      \
        struct ripcord__call_##f ripcord__c = {                            \
            { ripcord__thread.top, ripcord__s } RIPCORD__OPEN values };    \
        return ripcord__c;                                                 \
    }                                                                      \
    _Pragma("GCC diagnostic push")                                         \
    _Pragma("GCC diagnostic ignored \"-Wunused-result\"")                  \
    RIPCORD__INLINE void ripcord__invoke_##f(                              \
        const struct ripcord__call_##f *ripcord__c,                        \
        struct ripcord_panic *ripcord__p)                                  \
    {                                                                      \
        (void)ripcord__c;                                                  \
        (void)ripcord__p;                                                  \
        (void)call;                                                        \
    }                                                                      \
    _Pragma("GCC diagnostic pop")                                          \
    RIPCORD__INLINE void ripcord__leave_##f(struct ripcord__call_##f *c)   \
    {                                                                      \
        if (ripcord__pop(&c->entry))                                       \
            ripcord__invoke_##f(c, RIPCORD__NULL);                         \
    }                                                                      \
    RIPCORD__INLINE void ripcord__leave_named_##f(                         \
        struct ripcord__call_##f *c)                                       \
    {                                                                      \
        if (ripcord__pop(&c->entry) && c->entry.site)                      \
            ripcord__invoke_##f(c, RIPCORD__NULL);                         \
    }                                                                      \
    RIPCORD__INLINE void ripcord__forget_##f(struct ripcord__call_##f *c)  \
    {                                                                      \
        (void)ripcord__pop(&c->entry);                                     \
    }                                                                      \
    static __attribute__((unused)) void ripcord__run_##f(                  \
        struct ripcord__entry *entry, struct ripcord_panic *panic)         \
    {                                                                      \
        void *c = entry;                                                   \
        ripcord__invoke_##f(                                               \
            RIPCORD__CAST(struct ripcord__call_##f *, c), panic);          \
    }                                                                      \
    static __attribute__((unused)) void ripcord__run_scoped_##f(           \
        struct ripcord__entry *scope, struct ripcord_panic *panic)         \
    {                                                                      \
        struct ripcord__call_##f c;                                        \
        ripcord__scope_take(scope, &c, sizeof c);                          \
        ripcord__invoke_##f(&c, panic);                                    \
    }

#define RIPCORD__OPEN(...) __VA_ARGS__
#define RIPCORD__TYPE(type) __typeof__(type)

/* One for each count of words: the function's name again and its types. */
#define RIPCORD__GENERATE_1(style, name, callee, same)                      \
    RIPCORD__GENERATE(style, name, (), (), (),                             \
                      RIPCORD__NONE_##style(callee))
#define RIPCORD__GENERATE_2(style, name, callee, same, t1)                 \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__TYPE(t1) a1;),                                           \
        (, RIPCORD__TYPE(t1) a1),                                          \
        (, a1),                                                            \
        RIPCORD__SOME_##style(callee, ripcord__c->a1))
#define RIPCORD__GENERATE_3(style, name, callee, same, t1, t2)             \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__TYPE(t1) a1; RIPCORD__TYPE(t2) a2;),                     \
        (, RIPCORD__TYPE(t1) a1, RIPCORD__TYPE(t2) a2),                    \
        (, a1, a2),                                                        \
        RIPCORD__SOME_##style(callee, ripcord__c->a1, ripcord__c->a2))
#define RIPCORD__GENERATE_4(style, name, callee, same, t1, t2, t3)         \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__TYPE(t1) a1; RIPCORD__TYPE(t2) a2;                       \
         RIPCORD__TYPE(t3) a3;),                                           \
        (, RIPCORD__TYPE(t1) a1, RIPCORD__TYPE(t2) a2,                     \
         RIPCORD__TYPE(t3) a3),                                            \
        (, a1, a2, a3),                                                    \
        RIPCORD__SOME_##style(callee, ripcord__c->a1, ripcord__c->a2,   \
         ripcord__c->a3))
#define RIPCORD__GENERATE_5(style, name, callee, same, t1, t2, t3, t4)     \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__TYPE(t1) a1; RIPCORD__TYPE(t2) a2;                       \
         RIPCORD__TYPE(t3) a3; RIPCORD__TYPE(t4) a4;),                     \
        (, RIPCORD__TYPE(t1) a1, RIPCORD__TYPE(t2) a2,                     \
         RIPCORD__TYPE(t3) a3, RIPCORD__TYPE(t4) a4),                      \
        (, a1, a2, a3, a4),                                                \
        RIPCORD__SOME_##style(callee, ripcord__c->a1, ripcord__c->a2,   \
         ripcord__c->a3, ripcord__c->a4))
#define RIPCORD__GENERATE_6(style, name, callee, same, t1, t2, t3, t4, t5) \
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__TYPE(t1) a1; RIPCORD__TYPE(t2) a2;                       \
         RIPCORD__TYPE(t3) a3; RIPCORD__TYPE(t4) a4;                       \
         RIPCORD__TYPE(t5) a5;),                                           \
        (, RIPCORD__TYPE(t1) a1, RIPCORD__TYPE(t2) a2,                     \
         RIPCORD__TYPE(t3) a3, RIPCORD__TYPE(t4) a4,                       \
         RIPCORD__TYPE(t5) a5),                                            \
        (, a1, a2, a3, a4, a5),                                            \
        RIPCORD__SOME_##style(callee, ripcord__c->a1, ripcord__c->a2,   \
         ripcord__c->a3, ripcord__c->a4, ripcord__c->a5))
#define RIPCORD__GENERATE_7(style, name, callee, same, t1, t2, t3, t4, t5, t6)\
    RIPCORD__GENERATE(style, name,                                         \
        (RIPCORD__TYPE(t1) a1; RIPCORD__TYPE(t2) a2;                       \
         RIPCORD__TYPE(t3) a3; RIPCORD__TYPE(t4) a4;                       \
         RIPCORD__TYPE(t5) a5; RIPCORD__TYPE(t6) a6;),                     \
        (, RIPCORD__TYPE(t1) a1, RIPCORD__TYPE(t2) a2,                     \
         RIPCORD__TYPE(t3) a3, RIPCORD__TYPE(t4) a4,                       \
         RIPCORD__TYPE(t5) a5, RIPCORD__TYPE(t6) a6),                      \
        (, a1, a2, a3, a4, a5, a6),                                        \
        RIPCORD__SOME_##style(callee, ripcord__c->a1, ripcord__c->a2,   \
         ripcord__c->a3, ripcord__c->a4, ripcord__c->a5, ripcord__c->a6))

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

/* Between these two a wrong pointer is an error, not a warning. */
#ifdef __cplusplus
#define RIPCORD__STRICT
#define RIPCORD__USUAL
#else
#define RIPCORD__STRICT                                                    \
    _Pragma("GCC diagnostic push")                                         \
    _Pragma("GCC diagnostic error \"-Wincompatible-pointer-types\"")       \
    _Pragma("GCC diagnostic error \"-Wint-conversion\"")
#define RIPCORD__USUAL _Pragma("GCC diagnostic pop")
#endif

RIPCORD__END

#endif
