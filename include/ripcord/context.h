/* SPDX-License-Identifier: MIT */
/*
 * ripcord/context.h - in which landing a statement stands, as the compiler
 * sees it: what lets it refuse a recoverer that has no `recoverable` block
 * around it.
 *
 * A block tells what it is by declaring a struct again, under one fixed name,
 * which hides the outer one without a warning.
 *
 * Nothing here is meant to be used directly.
 */
#ifndef RIPCORD_CONTEXT_H
#define RIPCORD_CONTEXT_H

#include <ripcord/base.h>

#define RIPCORD__NOWHERE 1          /* in no landing */
#define RIPCORD__IN_NAMELESS 2      /* in a recoverable without results */
#define RIPCORD__IN_RECOVERABLE 3   /* in a recoverable with results */
#define RIPCORD__IN_ATTEMPT 4       /* in the body of an attempt */

/* Calls deferred here may recover. */
#define RIPCORD__MAY_RECOVER()                       \
    (RIPCORD__WHERE() == RIPCORD__IN_NAMELESS ||     \
     RIPCORD__WHERE() == RIPCORD__IN_RECOVERABLE)

#define RIPCORD__NOT_VOLATILE                                         \
    "a named result must be volatile, as in `volatile int status`: "  \
    "after a panic any other local has an indeterminate value"

#ifdef __cplusplus

/* g++ warns of a local struct that hides another one, and takes no pragma in
   the middle of a `for`. It is silent about what system headers expand to. */
#pragma GCC system_header

template <int Which, class Result> struct ripcord__landing_type {
    static constexpr int where = Which;
    typedef Result result;
};
template <class A, class B> struct ripcord__same {
    static constexpr bool value = false;
};
template <class A> struct ripcord__same<A, A> {
    static constexpr bool value = true;
};
template <class Type> struct ripcord__bare { typedef Type type; };
template <class Type> struct ripcord__bare<Type &> { typedef Type type; };
template <class Type> struct ripcord__mutable { typedef Type type; };
template <class Type> struct ripcord__mutable<const Type> {
    typedef Type type;
};
template <class Type> struct ripcord__is_pointer {
    static constexpr bool value = false;
};
template <class Type> struct ripcord__is_pointer<Type *> {
    static constexpr bool value = true;
};
template <bool First, class A, class B> struct ripcord__either {
    typedef A type;
};
template <class A, class B> struct ripcord__either<false, A, B> {
    typedef B type;
};

struct ripcord__context
    : ripcord__landing_type<RIPCORD__NOWHERE, void *> {};

#define RIPCORD__WHERE() (ripcord__context::where)
#define RIPCORD__RESULT_POINTER typename ripcord__context::result
#define RIPCORD__MUTABLE(type_) ripcord__mutable<type_>::type
/* Half of one is nothing only to integers. */
#define RIPCORD__IS_INTEGER(type) ((type)1 / 2 == 0)
#define RIPCORD__IS_POINTER(object)                                        \
    ripcord__is_pointer<                                                   \
        typename ripcord__bare<decltype((object))>::type>::value
#define RIPCORD__SAME_TYPE(a, b) \
    ripcord__same<typename ripcord__bare<decltype((a))>::type, b>::value
#define RIPCORD__EITHER(first, a, b) \
    typename ripcord__either<(first), a, b>::type
#define RIPCORD__IS_VOLATILE(object)                                       \
    ripcord__same<                                                         \
        typename ripcord__bare<decltype((object))>::type,                  \
        volatile typename ripcord__bare<decltype((object))>::type>::value

template <bool IsVolatile> struct ripcord__named_result {
    static_assert(IsVolatile, RIPCORD__NOT_VOLATILE);
    static constexpr bool checked = true;
};
#define RIPCORD__CHECK_RESULT(object) \
    && ripcord__named_result<RIPCORD__IS_VOLATILE(object)>::checked

/* Runs the statement behind it once, in a landing of the given kind. */
#define RIPCORD__INSIDE(which, pointer, checks, once)                      \
    for (bool once = true; once; once = false)                             \
        for (struct ripcord__context                                       \
                 : ripcord__landing_type<which, pointer> {};               \
             once checks; once = false)

#else

struct ripcord__context {
    char here[RIPCORD__NOWHERE];
};

#define RIPCORD__WHERE() sizeof(((struct ripcord__context *)0)->here)
#define RIPCORD__RESULT_POINTER \
    __typeof__(((struct ripcord__context *)0)->result)
/* The type without const: that of a value is. */
#define RIPCORD__MUTABLE(type) __typeof__((void)0, *(type *)0)
/* 5 is the class that compilers count pointers to, 1 that of integers. */
#define RIPCORD__IS_POINTER(object) (__builtin_classify_type(object) == 5)
#define RIPCORD__IS_INTEGER(type) (__builtin_classify_type((type)0) == 1)
#define RIPCORD__SAME_TYPE(a, b) \
    __builtin_types_compatible_p(__typeof__(a), b)
#define RIPCORD__EITHER(first, a, b) \
    __typeof__(*__builtin_choose_expr(first, (a *)0, (b *)0))
#define RIPCORD__IS_VOLATILE(object)                      \
    __builtin_types_compatible_p(__typeof__(&(object)),   \
                                 volatile __typeof__(object) *)

#define RIPCORD__CHECK_RESULT(object) \
    _Static_assert(RIPCORD__IS_VOLATILE(object), RIPCORD__NOT_VOLATILE);

/* Runs the statement behind it once, in a landing of the given kind. */
#define RIPCORD__INSIDE(which, pointer, checks, once)                      \
    for (bool once = true; once && sizeof(struct ripcord__context {        \
             char here[which]; pointer result; checks });                  \
         once = false)

#endif

#endif
