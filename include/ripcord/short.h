/* SPDX-License-Identifier: MIT */
/*
 * ripcord/short.h - the bare names, for programs that can spare them.
 *
 * Each is the name in capitals without its prefix; see there for what it
 * does.
 */
#ifndef RIPCORD_SHORT_H
#define RIPCORD_SHORT_H

#include <ripcord.h>

/* <ripcord/defer.h> */
#define defer(...) RIPCORD_DEFER(__VA_ARGS__)
#define defer_on_failure(...) RIPCORD_DEFER_ON_FAILURE(__VA_ARGS__)
#define defer_on_success(...) RIPCORD_DEFER_ON_SUCCESS(__VA_ARGS__)
#define defer_as(...) RIPCORD_DEFER_AS(__VA_ARGS__)
#define defer_cancel(name) RIPCORD_DEFER_CANCEL(name)
#define defer_run(name) RIPCORD_DEFER_RUN(name)
#define defer_scope(name) RIPCORD_DEFER_SCOPE(name)
#define defer_to(...) RIPCORD_DEFER_TO(__VA_ARGS__)
#define scope_of(name) RIPCORD_SCOPE_OF(name)

/* <ripcord/panic.h> */
#define panic(...) RIPCORD_PANIC(__VA_ARGS__)
#define panic_as(...) RIPCORD_PANIC_AS(__VA_ARGS__)
#define panic_code(...) RIPCORD_PANIC_CODE(__VA_ARGS__)
#define panic_value(...) RIPCORD_PANIC_VALUE(__VA_ARGS__)
#define panic_errno(...) RIPCORD_PANIC_ERRNO(__VA_ARGS__)
#define panic_again(p) RIPCORD_PANIC_AGAIN(p)
#define panic_is(p, kind) ripcord_panic_is(p, kind)

/* <ripcord/recover.h> */
#define recoverable(...) RIPCORD_RECOVERABLE(__VA_ARGS__)
#define recoverable_return(value) RIPCORD_RECOVERABLE_RETURN(value)
#define recover(p) ripcord_recover(p)
#define attempt(...) RIPCORD_ATTEMPT(__VA_ARGS__)
#define rescue(p) RIPCORD_RESCUE(p)

/* <ripcord/thread.h> */
#define thread_start(thread, attributes, function, argument) \
    RIPCORD_THREAD_START(thread, attributes, function, argument)
#define thread_join(thread, result, panic) \
    RIPCORD_THREAD_JOIN(thread, result, panic)
#define thread_detach(thread) RIPCORD_THREAD_DETACH(thread)
#define thread_exit(result) RIPCORD_THREAD_EXIT(result)

/* <ripcord/checked.h>; those that show their argument in a message take its
   text here, before macros in it are expanded. */
#define at(array, index) RIPCORD_AT(array, index)
#define at_n(pointer, index, length) RIPCORD_AT_N(pointer, index, length)
#define checked_add(a, b) RIPCORD_CHECKED_ADD(a, b)
#define checked_sub(a, b) RIPCORD_CHECKED_SUB(a, b)
#define checked_mul(a, b) RIPCORD_CHECKED_MUL(a, b)
#define checked_div(a, b) RIPCORD_CHECKED_DIV(a, b)
#define checked_rem(a, b) RIPCORD_CHECKED_REM(a, b)
#define checked_neg(a) RIPCORD_CHECKED_NEG(a)
#define checked_shl(a, n) RIPCORD_CHECKED_SHL(a, n)
#define checked_shr(a, n) RIPCORD_CHECKED_SHR(a, n)
#define checked_cast(type, a) RIPCORD__NARROW(RIPCORD__UNIQUE, type, #type, a)
#define not_null(pointer) RIPCORD_NOT_NULL(pointer)
#define must(pointer) RIPCORD__MUST(RIPCORD__UNIQUE, #pointer, pointer)
#define must_zero(call) RIPCORD__MUST_ZERO(RIPCORD__UNIQUE, #call, call)
#define must_not_negative(call) \
    RIPCORD__MUST_NOT_NEGATIVE(RIPCORD__UNIQUE, #call, call)
#define must_malloc(size) RIPCORD_MUST_MALLOC(size)
#define must_calloc(count, size) RIPCORD_MUST_CALLOC(count, size)
#define must_realloc(pointer, size) RIPCORD_MUST_REALLOC(pointer, size)
#define must_strdup(string) RIPCORD_MUST_STRDUP(string)
#define must_fopen(path, mode) RIPCORD_MUST_FOPEN(path, mode)
#define must_open(...) RIPCORD_MUST_OPEN(__VA_ARGS__)

/* <ripcord/fault.h> */
#define check_interrupt() RIPCORD_CHECK_INTERRUPT()

#endif
