/* SPDX-License-Identifier: MIT */
/*
 * ripcord/results.h - the named results of a landing: none, or some.
 *
 * Nothing here is meant to be used directly.
 */
#ifndef RIPCORD_RESULTS_H
#define RIPCORD_RESULTS_H

#include <ripcord/arity.h>
#include <ripcord/base.h>
#include <ripcord/context.h>

/* What kind of landing the block is. */
#define RIPCORD__WHICH_NONE RIPCORD__IN_NAMELESS
#define RIPCORD__WHICH_SOME RIPCORD__IN_RECOVERABLE

/* The type of a pointer to the first result. */
#define RIPCORD__POINTER_NONE(...) void *
#define RIPCORD__POINTER_SOME(...) \
    __typeof__(&(RIPCORD__FIRST(__VA_ARGS__)))

/* Refuses each result that is not volatile. */
#define RIPCORD__CHECK_NONE(...)
#define RIPCORD__CHECK_SOME(...) \
    RIPCORD__EACH(RIPCORD__CHECK_RESULT, __VA_ARGS__)

/* The address of the first result; and each one is used as memory, or a
   compiler may hold a small struct in registers although its members are
   volatile. */
#define RIPCORD__ADDRESS_NONE(...) \
    RIPCORD__CAST(volatile void *, RIPCORD__NULL)
#define RIPCORD__ADDRESS_SOME(...)                                         \
    __extension__({                                                        \
        RIPCORD__EACH(RIPCORD__KEEP, __VA_ARGS__)                          \
        RIPCORD__CAST(volatile void *, &(RIPCORD__FIRST(__VA_ARGS__)));    \
    })
#define RIPCORD__KEEP(result) __asm__ volatile("" : : "m"(result));

#endif
