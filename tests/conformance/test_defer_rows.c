/* SPDX-License-Identifier: MIT */
/*
 * What `defer` does in Go, each behaviour under its number in doc/go.md.
 */
#include "../support.h"

#include <stdlib.h>
#include <string.h>

/* Go's `defer f()` of a function value f. */
static void call(void (*function)(void)) { not_null(function)(); }
RIPCORD_DEFERRABLE(call, void (*)(void))

static void print_through(const int *number) { trace_number(*number); }
RIPCORD_DEFERRABLE(print_through, const int *)

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

/* ---- order and arguments ---- */

START_TEST(d1_deferred_calls_run_last_in_first_out)
{
    {
        defer(trace_number, 1);
        defer(trace_number, 2);
        defer(trace_number, 3);
    }
    ck_traced("3 2 1");
}
END_TEST

static void defers_in_a_loop(bool panics)
{
    defer_scope(function);
    for (int i = 0; i < 3; i++) {
        defer_to(function, trace_number, i);
        if (i == 1)
            defer_to(function, trace, "odd");
    }
    if (panics)
        panic("p");
    trace("end");
}

START_TEST(d2_calls_deferred_in_a_loop_wait_for_the_scope)
{
    defers_in_a_loop(false);
    ck_traced("end 2 odd 1 0");
    trace_reset();
    attempt () {
        defers_in_a_loop(true);
    } rescue (p) {
        ck_traced("2 odd 1 0");
    }
}
END_TEST

static void first(void) { trace("first"); }
static void second(void) { trace("second"); }

START_TEST(d3_arguments_are_evaluated_now_what_they_point_to_later)
{
    int number = 1;
    void (*function)(void) = first;
    {
        defer(call, function);
        defer(print_through, &number);
        defer(trace_number, number);
        number = 2;
        function = second;
    }
    ck_traced("1 2 first");
    function();
}
END_TEST

static int argument_that_panics(void) { panic("argument"); }

START_TEST(d4_a_panic_of_an_argument_registers_nothing)
{
    recoverable () {
        defer(trace_recovery);
        defer_scope(scope);
        defer_to(scope, trace, "before");
        defer_to(scope, trace_number, argument_that_panics());
    }
    recoverable () {
        defer(trace_recovery);
        defer(trace_number, argument_that_panics());
    }
    ck_traced("before recovered:argument recovered:argument");
}
END_TEST

static void (*no_function)(void);

START_TEST(d5_a_null_function_panics_when_it_would_run)
{
    recoverable () {
        defer(trace_recovery);
        defer(call, no_function);
        trace("reached");
    }
    ck_traced("reached recovered:runtime error: invalid memory address or "
              "nil pointer dereference");
}
END_TEST

START_TEST(d7_a_null_function_during_a_panic_replaces_it)
{
    recoverable () {
        defer(trace_recovery);
        defer(call, no_function);
        panic("first");
    }
    trace("behind");
    ck_traced("recovered:runtime error: invalid memory address or "
              "nil pointer dereference behind");
}
END_TEST

static void defers_by(int way)
{
    defer_scope(function);
    defer_to(function, trace_number, 1);
    if (way & 1)
        defer_to(function, trace_number, 2);
    switch (way) {
    case 2: case 3:
        defer_to(function, trace_number, 3);
    }
    defer_to(function, trace_number, 4);
}

START_TEST(d8_only_defers_that_are_reached_count)
{
    defers_by(0);
    ck_traced("4 1");
    trace_reset();
    defers_by(1);
    ck_traced("4 2 1");
    trace_reset();
    defers_by(2);
    ck_traced("4 3 1");
}
END_TEST

START_TEST(d9_functions_of_the_c_library_may_be_deferred)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    {
        defer(fclose, file);
        fputs("text", file);
    }
    ck_assert_str_eq(text, "text");
    recoverable () {
        defer(trace_recovery);
        defer(panics, "a deferred panic");
        defer(free, text);
    }
    ck_traced("recovered:a deferred panic");
}
END_TEST

static int tries(int value)
{
    recoverable () {
        defer(trace_recovery);
        if (value < 0)
            panic("tried");
    }
    return value;
}
RIPCORD_DEFERRABLE(tries, int)

static int defers_tries(void)
{
    defer(tries, -1);
    defer(tries, 5);
    return 3;
}

START_TEST(d10_results_of_deferred_functions_are_discarded)
{
    ck_assert_int_eq(defers_tries(), 3);
    ck_traced("recovered:tried");
}
END_TEST

/* ---- deferred calls that defer, functions without an end ---- */

static void defers_more(void)
{
    defer(trace_number, 3);
    trace_number(2);
}
RIPCORD_DEFERRABLE(defers_more)

static void defers_and_ends(void)
{
    defer(trace_number, 1);
    defer(defers_more);
}

static void defers_and_panics(void)
{
    defers_and_ends();
    defer(trace_number, 1);
    defer(defers_more);
    panic("p");
}

START_TEST(d11_a_deferred_call_runs_its_own_at_its_own_end)
{
    attempt () {
        defers_and_panics();
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("2 3 1 2 3 1 p");
}
END_TEST

static _Noreturn void never_returns(void)
{
    defer(trace, "deferred");
    for (int i = 0;; i++)
        if (i == 3)
            panic("at %d", i);
}

START_TEST(d12_a_function_that_cannot_return_runs_its_calls)
{
    recoverable () {
        defer(trace_recovery);
        never_returns();
    }
    ck_traced("deferred recovered:at 3");
}
END_TEST

static void of_all_forms(bool panics)
{
    defer_scope(function);
    defer_to(function, trace_number, 1);
    defer(trace_number, 2);
    for (int i = 3; i < 5; i++) {
        defer_scope(inner);
        defer_to(inner, trace_number, i);
        defer_on_failure(trace, "failed");
        defer_on_success(trace, "done");
    }
    defer_as(named, trace_number, 6);
    (void)named;
    if (panics)
        panic("p");
}

START_TEST(d13_forms_of_defer_may_be_mixed)
{
    of_all_forms(false);
    ck_traced("done 3 done 4 6 2 1");
    trace_reset();
    attempt () {
        of_all_forms(true);
    } rescue (p) {
        ck_traced("done 3 done 4 6 2 1");
    }
}
END_TEST

RUN_SUITE("rows of defer",
          d1_deferred_calls_run_last_in_first_out,
          d2_calls_deferred_in_a_loop_wait_for_the_scope,
          d3_arguments_are_evaluated_now_what_they_point_to_later,
          d4_a_panic_of_an_argument_registers_nothing,
          d5_a_null_function_panics_when_it_would_run,
          d7_a_null_function_during_a_panic_replaces_it,
          d8_only_defers_that_are_reached_count,
          d9_functions_of_the_c_library_may_be_deferred,
          d10_results_of_deferred_functions_are_discarded,
          d11_a_deferred_call_runs_its_own_at_its_own_end,
          d12_a_function_that_cannot_return_runs_its_calls,
          d13_forms_of_defer_may_be_mixed)
