/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

struct point {
    int x, y;
    char label[24];
};

static void none(void) { trace("none"); }
static void two(int a, int b) { trace_number(10 * a + b); }
static void three(char a, short b, long c) { trace_number((int)(a + b + c)); }
static void four(int a, int b, int c, int d) { trace_number(a + b + c + d); }
static void five(int a, int b, int c, int d, int e)
{
    trace_number(a + b + c + d + e);
}
static void six(int a, double b, const char *c, struct point d, float e,
                unsigned char f)
{
    trace(c);
    trace(d.label);
    trace_number(a + (int)b + d.x + d.y + (int)e + f);
}
static int with_result(const char *word) { trace(word); return 7; }
static __attribute__((warn_unused_result)) int must_use(const char *word)
{
    trace(word);
    return 7;
}
static inline void short_one(const char *word) { trace(word); }
static void seen_through(const int *number) { trace_number(*number); }
static void call_back(void (*function)(const char *), const char *word)
{
    function(word);
}
static void count(int *counter) { ++*counter; }

RIPCORD_DEFERRABLE(none)
RIPCORD_DEFERRABLE(two, int, int)
RIPCORD_DEFERRABLE(three, char, short, long)
RIPCORD_DEFERRABLE(four, int, int, int, int)
RIPCORD_DEFERRABLE(five, int, int, int, int, int)
RIPCORD_DEFERRABLE(six, int, double, const char *, struct point, float,
                   unsigned char)
RIPCORD_DEFERRABLE(with_result, const char *)
RIPCORD_DEFERRABLE(must_use, const char *)
RIPCORD_DEFERRABLE(short_one, const char *)
RIPCORD_DEFERRABLE(seen_through, const int *)
RIPCORD_DEFERRABLE(call_back, void (*)(const char *), const char *)
RIPCORD_DEFERRABLE(count, int *)

START_TEST(deferred_calls_run_last_in_first_out)
{
    {
        defer(trace, "first");
        defer(trace, "second");
        trace("body");
    }
    trace("after");
    ck_traced("body second first after");
}
END_TEST

static int leaves_by(int way)
{
    for (int i = 0; i < 2; i++) {
        defer(trace, "outer");
        {
            defer(trace, "inner");
            if (way == 1)
                return 1;
            if (way == 2)
                break;
            if (way == 3)
                continue;
            if (way == 4)
                goto out;
        }
        trace("end");
    }
out:
    trace("out");
    return 0;
}

START_TEST(every_way_out_of_a_block_runs_its_calls_once)
{
    leaves_by(0);
    ck_traced("inner end outer inner end outer out");
    trace_reset();
    ck_assert_int_eq(leaves_by(1), 1);
    ck_traced("inner outer");
    trace_reset();
    leaves_by(2);
    ck_traced("inner outer out");
    trace_reset();
    leaves_by(3);
    ck_traced("inner outer inner outer out");
    trace_reset();
    leaves_by(4);
    ck_traced("inner outer out");
}
END_TEST

static void panics_in_depth(int depth)
{
    defer(trace_number, depth);
    if (depth > 0)
        panics_in_depth(depth - 1);
    if (depth == 0)
        panic("deep");
    trace("not reached");
}

START_TEST(a_panic_runs_the_calls_of_every_frame_once)
{
    attempt () {
        panics_in_depth(5);
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("0 1 2 3 4 5 deep");
}
END_TEST

START_TEST(arguments_are_evaluated_once_and_captured_at_the_statement)
{
    int number = 1, evaluated = 0;
    const char *word = "then";
    {
        defer(two, ++evaluated, number);
        defer(trace, word);
        number = 9;
        word = "now";
        ck_assert_int_eq(evaluated, 1);
        trace(word);
        trace_number(number);
    }
    ck_assert_int_eq(evaluated, 1);
    ck_traced("now 9 then 11");
}
END_TEST

START_TEST(what_a_pointer_argument_points_to_is_seen_as_it_is_at_the_call)
{
    int number = 1;
    {
        defer(seen_through, &number);
        number = 2;
    }
    ck_traced("2");
}
END_TEST

START_TEST(functions_of_no_to_six_arguments_of_any_type_can_be_deferred)
{
    struct point at_start = { 1, 2, "a label of some length" };
    {
        defer(none);
        defer(trace_number, 1);
        defer(two, 1, 2);
        defer(three, 1, 2, 3L);
        defer(four, 1, 2, 3, 4);
        defer(five, 1, 2, 3, 4, 5);
        defer(six, 1, 2.0, "six", at_start, 3.0f, 200);
        defer(six, 1, 2.0, "six", ((struct point){ 5, 6, "literal" }), 3.0f,
              0);
        at_start.x = 99;
        strcpy(at_start.label, "changed");
    }
    ck_traced("six literal 17 six a label of some length 209 15 10 6 12 1 "
              "none");
}
END_TEST

START_TEST(a_panic_calls_them_with_the_same_arguments)
{
    struct point place = { 1, 2, "place" };
    attempt () {
        defer(none);
        defer(two, 1, 2);
        defer(three, 1, 2, 3L);
        defer(four, 1, 2, 3, 4);
        defer(five, 1, 2, 3, 4, 5);
        defer(six, 1, 2.0, "six", place, 3.0f, 200);
        place.x = 99;
        panic("go");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("six place 209 15 10 6 12 none go");
}
END_TEST

START_TEST(results_are_discarded_and_inline_functions_can_be_deferred)
{
    {
        defer(with_result, "result");
        defer(must_use, "unused");
        defer(short_one, "inline");
        defer(call_back, trace, "through a pointer");
    }
    ck_traced("through a pointer inline unused result");
}
END_TEST

START_TEST(a_defer_in_a_loop_runs_in_each_round)
{
    for (int i = 0; i < 3; i++) {
        defer(trace_number, i);
        trace("round");
    }
    ck_traced("round 0 round 1 round 2");
}
END_TEST

START_TEST(only_defers_that_were_reached_run)
{
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            continue;
        defer(trace_number, i);
    }
    ck_traced("0 2");
}
END_TEST

static int argument_that_panics(void)
{
    panic("argument");
}

START_TEST(a_call_whose_argument_panics_is_not_deferred)
{
    attempt () {
        defer(trace, "before");
        defer(two, 1, argument_that_panics());
        trace("not reached");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("before argument");
}
END_TEST

static void defers_itself(void)
{
    defer(trace, "3");
    trace("2");
}
RIPCORD_DEFERRABLE(defers_itself)

START_TEST(a_deferred_call_may_defer)
{
    {
        defer(trace, "4");
        defer(defers_itself);
        trace("1");
    }
    ck_traced("1 2 3 4");
    trace_reset();
    attempt () {
        defer(trace, "4");
        defer(defers_itself);
        panic("1");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("2 3 4 1");
}
END_TEST

START_TEST(on_failure_and_on_success_tell_how_the_block_was_left)
{
    {
        defer_on_failure(trace, "failure");
        defer_on_success(trace, "success");
        defer(trace, "always");
    }
    ck_traced("always success");
    trace_reset();
    attempt () {
        defer_on_failure(trace, "failure");
        defer_on_success(trace, "success");
        defer(trace, "always");
        panic("p");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("always failure p");
}
END_TEST

START_TEST(a_block_whose_panic_was_recovered_counts_as_completed)
{
    recoverable () {
        defer_on_failure(trace, "failure");
        defer_on_success(trace, "success");
        defer(trace_recovery);
        defer_on_failure(trace, "later failure");
        defer_on_success(trace, "later success");
        panic("p");
    }
    ck_traced("later failure recovered:p success");
}
END_TEST

START_TEST(a_named_call_can_be_cancelled_once)
{
    {
        defer_as(call, trace, "cancelled");
        defer(trace, "kept");
        ck_assert(defer_cancel(call));
        ck_assert(!defer_cancel(call));
        ck_assert(!defer_run(call));
    }
    ck_traced("kept");
}
END_TEST

START_TEST(a_named_call_can_be_run_early_and_only_once)
{
    {
        defer_as(call, trace, "early");
        defer(trace, "later");
        trace("body");
        ck_assert(defer_run(call));
        ck_assert(!defer_run(call));
        ck_assert(!defer_cancel(call));
        trace("end");
    }
    ck_traced("body early end later");
}
END_TEST

START_TEST(a_named_call_that_is_left_alone_runs_as_any_other)
{
    {
        defer_as(call, trace, "named");
        defer(trace, "plain");
        (void)call;
    }
    ck_traced("plain named");
}
END_TEST

START_TEST(a_panic_runs_named_calls_unless_they_are_done)
{
    attempt () {
        defer(trace, "oldest");
        defer_as(cancelled, trace, "cancelled");
        defer_as(early, trace, "early");
        defer_as(pending, trace, "pending");
        (void)pending;
        defer_cancel(cancelled);
        defer_run(early);
        panic("p");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("early pending oldest p");
}
END_TEST

static void panics(const char *message)
{
    trace(message);
    panic("%s", message);
}
RIPCORD_DEFERRABLE(panics, const char *)

START_TEST(a_call_that_panics_when_it_is_run_early_counts_as_run)
{
    attempt () {
        defer(trace, "rest");
        defer_as(call, panics, "early");
        defer_run(call);
        trace("not reached");
    } rescue (p) {
        trace("rescued");
    }
    ck_traced("early rest rescued");
}
END_TEST

START_TEST(a_panic_on_the_normal_way_out_runs_the_rest_once)
{
    attempt () {
        {
            defer(trace, "outer");
            {
                defer(trace, "older");
                defer(panics, "leaving");
                defer(trace, "newer");
            }
            trace("not reached");
        }
    } rescue (p) {
        trace("rescued");
    }
    ck_traced("newer leaving older outer rescued");
}
END_TEST

/* Deep enough to show a runner that recurses. Where each defer looks at all
   that is pending, that takes the square of it. */
#ifdef RIPCORD_CHECKED
#define MANY 1000
#else
#define MANY 10000
#endif

static void nest(int depth, int *counter)
{
    defer(count, counter);
    if (depth > 0)
        nest(depth - 1, counter);
    if (depth == 0)
        panic("bottom");
    trace("not reached");
}

START_TEST(thousands_of_frames_are_unwound)
{
    int counter = 0;
    attempt () {
        nest(MANY, &counter);
    } rescue (p) {
        trace(p->message);
    }
    ck_assert_int_eq(counter, MANY + 1);
    ck_traced("bottom");
}
END_TEST

RUN_SUITE("defer",
          deferred_calls_run_last_in_first_out,
          every_way_out_of_a_block_runs_its_calls_once,
          a_panic_runs_the_calls_of_every_frame_once,
          arguments_are_evaluated_once_and_captured_at_the_statement,
          what_a_pointer_argument_points_to_is_seen_as_it_is_at_the_call,
          functions_of_no_to_six_arguments_of_any_type_can_be_deferred,
          a_panic_calls_them_with_the_same_arguments,
          results_are_discarded_and_inline_functions_can_be_deferred,
          a_defer_in_a_loop_runs_in_each_round,
          only_defers_that_were_reached_run,
          a_call_whose_argument_panics_is_not_deferred,
          a_deferred_call_may_defer,
          on_failure_and_on_success_tell_how_the_block_was_left,
          a_block_whose_panic_was_recovered_counts_as_completed,
          a_named_call_can_be_cancelled_once,
          a_named_call_can_be_run_early_and_only_once,
          a_named_call_that_is_left_alone_runs_as_any_other,
          a_panic_runs_named_calls_unless_they_are_done,
          a_call_that_panics_when_it_is_run_early_counts_as_run,
          a_panic_on_the_normal_way_out_runs_the_rest_once,
          thousands_of_frames_are_unwound)
