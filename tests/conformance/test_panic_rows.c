/* SPDX-License-Identifier: MIT */
/*
 * What panics do in Go, alone and in each other, each behaviour under its
 * number in doc/go.md.
 */
#include "../support.h"

#include <string.h>

/* Expects a report that begins with these lines, and SIGABRT. */
static void ck_reports(void (*function)(void), const char *lines)
{
    struct ending ending = run_apart(function);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_msg(strncmp(ending.output, lines, strlen(lines)) == 0,
                  "says:\n%s\nnot:\n%s", ending.output, lines);
}

static void panics(const char *message)
{
    trace(message);
    panic("%s", message);
}
RIPCORD_DEFERRABLE(panics, const char *)

static void recovers(ripcord_panic *p) { (void)recover(p); }
RIPCORD_RECOVERER(recovers)

static void recovers_then_panics(ripcord_panic *p, const char *message)
{
    if (recover(p))
        panic("%s", message);
}
RIPCORD_RECOVERER(recovers_then_panics, const char *)

static void expects_nothing(ripcord_panic *p)
{
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(expects_nothing)

/* ---- the walk ---- */

static const char *panicking;

/* The frame that panicked is still there, above this one. */
static void reads(const int *number)
{
    ck_assert((const char *)__builtin_frame_address(0) < panicking);
    trace_number(*number);
}
RIPCORD_DEFERRABLE(reads, const int *)

static void panics_deeper(int depth)
{
    int local = 10 * depth;
    defer(reads, &local);
    panicking = __builtin_frame_address(0);
    if (depth < 2)
        panics_deeper(depth + 1);
    else if (depth == 2)
        panic("at %d", depth);
}

START_TEST(p1_a_panic_runs_all_calls_on_top_of_the_stack_that_raised_it)
{
    attempt () {
        panics_deeper(0);
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("20 10 0 at 2");
}
END_TEST

static void panics_while_panicking(void)
{
    defer(trace, "older");
    defer(panics, "second");
    defer(trace, "newer");
    panic("first");
}

START_TEST(p2_a_panic_of_a_deferred_call_goes_on_with_the_rest)
{
    attempt () {
        panics_while_panicking();
    } rescue (p) {
        trace("rescue");
        trace(p->message);
    }
    ck_traced("newer second older rescue second");
    ck_reports(panics_while_panicking, "panic: first\n\tpanic: second\n\n");
}
END_TEST

START_TEST(p3_recovering_the_newest_drops_the_older_ones)
{
    recoverable () {
        defer(expects_nothing);
        defer(trace_recovery);
        panics_while_panicking();
    }
    ck_assert_ptr_null(ripcord__thread.running);
    ck_traced("newer second older recovered:second nothing");
}
END_TEST

static void recovers_its_own(void)
{
    recoverable () {
        defer(trace_recovery);
        panic("nested");
    }
}
RIPCORD_DEFERRABLE(recovers_its_own)

static void nested_recovered(void)
{
    defer(recovers_its_own);
    panic("first");
}

START_TEST(p4_a_panic_recovered_within_a_call_leaves_the_outer_one)
{
    ck_reports(nested_recovered, "panic: first\n\n");
    attempt () {
        nested_recovered();
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("recovered:nested first");
}
END_TEST

static void recovers_both(ripcord_panic *p)
{
    recovers_its_own();
    trace(recover(p)->message);
}
RIPCORD_RECOVERER(recovers_both)

START_TEST(p5_and_then_the_call_can_recover_the_outer_one)
{
    recoverable () {
        defer(recovers_both);
        panic("outer");
    }
    trace("behind");
    ck_traced("recovered:nested outer behind");
}
END_TEST

static void replaces(void)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        panic("first");
    }
}

START_TEST(p6_recovered_and_replaced_in_one_call_both_are_listed)
{
    ck_reports(replaces, "panic: first [recovered]\n\tpanic: second\n\n");
}
END_TEST

static void recovered_before(void)
{
    recoverable () {
        defer(panics, "third");
        defer(recovers);
        defer(panics, "second");
        panic("first");
    }
}

START_TEST(p7_recovered_by_an_earlier_call_is_gone)
{
    ck_reports(recovered_before, "panic: third\n\n");
}
END_TEST

static void recovers_and_is_recovered(ripcord_panic *p)
{
    recoverable () {
        defer(trace_recovery);
        trace(recover(p)->message);
        panic("3");
    }
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(recovers_and_is_recovered)

START_TEST(p8_a_call_recovers_panics_and_recovers_in_turn)
{
    recoverable () {
        defer(recovers_and_is_recovered);
        panic("2");
    }
    trace("behind");
    ck_traced("2 recovered:3 nothing behind");
}
END_TEST

START_TEST(p9_deferred_panics_chain)
{
    recoverable () {
        defer(trace_recovery);
        defer(panics, "3");
        defer(panics, "2");
        defer(panics, "1");
    }
    ck_traced("1 2 3 recovered:3");
}
END_TEST

static void enters_more_frames(void)
{
    defer(trace, "entered later");
    recoverable () {
        defer(trace, "inner");
        defer(trace_recovery);
        defer(panics, "2");
        panic("1");
    }
    trace("goes on");
}
RIPCORD_DEFERRABLE(enters_more_frames)

START_TEST(p10_after_an_inner_recovery_every_call_still_runs_once)
{
    recoverable () {
        defer(trace_recovery);
        defer(trace, "older");
        defer(enters_more_frames);
        defer(trace, "newer");
        panic("0");
    }
    ck_traced("newer 2 recovered:2 inner goes on entered later older "
              "recovered:0");
}
END_TEST

static RIPCORD__PRINTF(1, 2) _Noreturn void panics_with(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ripcord_vpanic(__FILE__, __LINE__, __func__, NULL, format, arguments);
}

START_TEST(p11_a_null_panic_is_a_runtime_error)
{
    recoverable () {
        defer(trace_recovery);
        panics_with(NULL);
    }
    attempt () {
        panics_with(NULL);
    } rescue (p) {
        ck_assert(panic_is(p, &RIPCORD_RUNTIME_ERROR));
    }
    ck_traced("recovered:panic called with nil argument");
}
END_TEST

static void again(ripcord_panic *p)
{
    if (recover(p))
        panic_again(p);
}
RIPCORD_RECOVERER(again)

START_TEST(p12_a_panic_raised_again_is_a_new_one)
{
    recoverable () {
        defer(trace_recovery);
        defer(trace, "older");
        recoverable () {
            defer(trace, "once");
            defer(again);
            defer(trace, "newer");
            panic("p");
        }
        trace("not reached");
    }
    ck_traced("newer once older recovered:p");
}
END_TEST

/* ---- runtime errors ---- */

static void at_index(int index)
{
    const int numbers[3] = { 0, 1, 2 };
    trace_number(at(numbers, index));
}

static void divides(int by) { trace_number(checked_div(7, by)); }
static void shifts(int by) { trace_number(checked_shl(1, by)); }

static void reads_null(int ignored)
{
    const int *none = NULL;
    trace_number(*not_null(none) + ignored);
}

static const char *error_of(void (*function)(int), int argument)
{
    static char message[RIPCORD_MESSAGE_SIZE];
    message[0] = '\0';
    attempt () {
        function(argument);
    } rescue (p) {
        ck_assert(panic_is(p, &RIPCORD_RUNTIME_ERROR));
        strcpy(message, p->message);
    }
    return message;
}

START_TEST(p13_runtime_errors_are_ordinary_panics)
{
    ck_assert_str_eq(error_of(at_index, 5), "runtime error: index out of "
                     "range [5] with length 3");
    ck_assert_str_eq(error_of(at_index, -5), "runtime error: index out of "
                     "range [-5]");
    ck_assert_str_eq(error_of(divides, 0), "runtime error: integer divide "
                     "by zero");
    ck_assert_str_eq(error_of(shifts, -1), "runtime error: negative shift "
                     "amount");
    ck_assert_str_eq(error_of(reads_null, 0), "runtime error: invalid "
                     "memory address or nil pointer dereference");
}
END_TEST

RUN_SUITE("rows of panic",
          p1_a_panic_runs_all_calls_on_top_of_the_stack_that_raised_it,
          p2_a_panic_of_a_deferred_call_goes_on_with_the_rest,
          p3_recovering_the_newest_drops_the_older_ones,
          p4_a_panic_recovered_within_a_call_leaves_the_outer_one,
          p5_and_then_the_call_can_recover_the_outer_one,
          p6_recovered_and_replaced_in_one_call_both_are_listed,
          p7_recovered_by_an_earlier_call_is_gone,
          p8_a_call_recovers_panics_and_recovers_in_turn,
          p9_deferred_panics_chain,
          p10_after_an_inner_recovery_every_call_still_runs_once,
          p11_a_null_panic_is_a_runtime_error,
          p12_a_panic_raised_again_is_a_new_one,
          p13_runtime_errors_are_ordinary_panics)
