/* SPDX-License-Identifier: MIT */
/*
 * What `recover` does in Go, each behaviour under its number in doc/go.md.
 *
 * In Go it is the place of the call to recover that counts, in C it is who
 * has the handle: who has none, or one of no panic that runs him, gets NULL.
 * That a recoverer deferred elsewhere does not compile is shown by the
 * programs recoverer-*.c in tests/wrong.
 */
#include "../support.h"

/* Go's recover() in a function that was not given a handle. */
static void without_handle(void)
{
    trace(recover(NULL) ? "recovered" : "nothing");
}
RIPCORD_DEFERRABLE(without_handle)

static void recovers(ripcord_panic *p) { (void)recover(p); }
RIPCORD_RECOVERER(recovers)

static void helped(ripcord_panic *p)
{
    without_handle();
    trace(recover(p)->message);
}
RIPCORD_RECOVERER(helped)

START_TEST(r1_recover_answers_the_function_that_the_panic_called)
{
    recoverable () {
        defer(helped);
        panic("p");
    }
    ck_traced("nothing p");
}
END_TEST

static ripcord_panic *smuggled;

/* Has the handle of the panic that runs, which did not run this call. */
static void by_a_plain_call(void)
{
    trace(recover(smuggled) ? "recovered" : "nothing");
}
RIPCORD_DEFERRABLE(by_a_plain_call)

static void smuggles(ripcord_panic *p) { smuggled = p; }
RIPCORD_RECOVERER(smuggles)

static void calls_itself(ripcord_panic *p, int depth)
{
    if (depth > 0)
        calls_itself(NULL, depth - 1);
    else
        trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(calls_itself, int)

START_TEST(r2_helpers_and_recursive_calls_get_nothing)
{
    recoverable () {
        defer(trace_recovery);
        defer(by_a_plain_call);
        defer(smuggles);
        defer(without_handle);
        defer(calls_itself, 2);
        panic("p");
    }
    ck_traced("nothing nothing nothing recovered:p");
}
END_TEST

static void helper(ripcord_panic *p)
{
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(helper)

static void calls_helper(void) { helper(NULL); }
RIPCORD_DEFERRABLE(calls_helper)

START_TEST(r3_the_helper_recovers_when_it_is_the_deferred_function)
{
    recoverable () {
        defer(helper);
        defer(calls_helper);
        panic("p");
    }
    ck_traced("nothing recovered");
}
END_TEST

static void returns_normally(void)
{
    recoverable () {
        defer(helper);
    }
}

static void nests_a_return(ripcord_panic *p)
{
    returns_normally();
    trace(recover(p)->message);
}
RIPCORD_RECOVERER(nests_a_return)

START_TEST(r4_a_call_run_by_a_return_within_a_panic_gets_nothing)
{
    recoverable () {
        defer(nests_a_return);
        panic("p");
    }
    ck_traced("nothing p");
}
END_TEST

/* Go's `defer recover()`, where there is a handle to give. */
static void recover_it(ripcord_panic *p)
{
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_DEFERRABLE(recover_it, ripcord_panic *)

START_TEST(r5_recover_itself_deferred_beside_the_panic_does_nothing)
{
    recoverable () {
        defer(trace_recovery);
        defer(recover_it, NULL);
        panic("p");
    }
    ck_traced("nothing recovered:p");
}
END_TEST

static void defers_recover(ripcord_panic *p)
{
    defer(recover_it, p);
    trace("deferring");
}
RIPCORD_RECOVERER(defers_recover)

START_TEST(r6_recover_deferred_in_a_deferred_function_recovers)
{
    recoverable () {
        defer(trace_recovery);
        defer(defers_recover);
        panic("p");
    }
    trace("behind");
    ck_traced("deferring recovered behind");
}
END_TEST

static void defers_recover_and_panics(ripcord_panic *older)
{
    defer(recover_it, older);
    panic("newer");
}
RIPCORD_RECOVERER(defers_recover_and_panics)

START_TEST(r7_recover_run_by_a_newer_panic_does_nothing_to_the_older)
{
    recoverable () {
        defer(trace_recovery);
        defer(defers_recover_and_panics);
        panic("older");
    }
    ck_traced("nothing recovered:newer");
}
END_TEST

static void recovers_twice(ripcord_panic *p)
{
    trace(recover(p) ? "recovered" : "nothing");
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(recovers_twice)

START_TEST(r8_a_second_recover_gets_nothing)
{
    recoverable () {
        defer(recovers_twice);
        panic("p");
    }
    ck_traced("recovered nothing");
}
END_TEST

START_TEST(r9_later_calls_see_nothing_after_a_recovery)
{
    recoverable () {
        defer(helper);
        defer(helper);
        defer(helper);
        panic("p");
    }
    ck_traced("recovered nothing nothing");
}
END_TEST

static void goes_on(ripcord_panic *p)
{
    defer(trace, "its own");
    (void)recover(p);
    trace("goes on");
}
RIPCORD_RECOVERER(goes_on)

static void passes(void)
{
    defer(trace, "inner");
    panic("p");
}

START_TEST(r10_recover_does_not_jump)
{
    recoverable () {
        defer(goes_on);
        passes();
        trace("not reached");
    }
    trace("behind");
    ck_traced("inner goes on its own behind");
}
END_TEST

static int recovers_in_the_middle(void)
{
    recoverable () {
        defer(trace, "older");
        defer(helper);
        defer_on_success(trace, "success");
        defer_on_failure(trace, "failure");
        defer(recovers);
        defer(trace, "newer");
        panic("p");
    }
    return 7;
}

START_TEST(r11_the_rest_of_the_calls_run_as_at_a_return)
{
    trace_number(recovers_in_the_middle());
    ck_traced("newer success nothing older 7");
}
END_TEST

START_TEST(r12_recover_outside_a_panic_gets_nothing)
{
    without_handle();
    helper(NULL);
    recoverable () {
        defer(helper);
    }
    ck_traced("nothing nothing nothing");
}
END_TEST

static void tells_kind(ripcord_panic *p)
{
    if (!recover(p))
        return;
    trace(panic_is(p, &RIPCORD_RUNTIME_ERROR) ? "runtime" : "other");
    trace(p->kind->name);
}
RIPCORD_RECOVERER(tells_kind)

START_TEST(r13_runtime_errors_are_told_by_their_kind)
{
    static const ripcord_kind own = RIPCORD_KIND("own", NULL);
    volatile int zero = 0;
    recoverable () {
        defer(tells_kind);
        trace_number(checked_div(1, zero));
    }
    recoverable () {
        defer(tells_kind);
        trace(not_null((const char *)NULL));
    }
    recoverable () {
        defer(tells_kind);
        panic_as(&own, "p");
    }
    ck_traced("runtime divide error runtime null error other own");
}
END_TEST

static void again_unless(ripcord_panic *p, int level, int end)
{
    if (!recover(p))
        return;
    trace_number(level);
    if (level != end)
        panic_again(p);
}
RIPCORD_RECOVERER(again_unless, int, int)

static void in_levels(int level, int end)
{
    recoverable () {
        defer(trace, "-");
        defer(again_unless, level, end);
        if (level == 0)
            panic("p");
        in_levels(level - 1, end);
    }
    if (level > 0)
        trace("returned");
}

START_TEST(r17_panics_raised_again_through_many_levels_leave_nothing)
{
    in_levels(4, 2);
    ck_traced("0 - 1 - 2 - returned - returned - returned");
    trace_reset();
    for (int i = 0; i < 100; i++) {
        in_levels(8, 7);
        ck_assert_ptr_null(ripcord__thread.top);
        ck_assert_ptr_null(ripcord__thread.running);
    }
}
END_TEST

RUN_SUITE("rows of recover",
          r1_recover_answers_the_function_that_the_panic_called,
          r2_helpers_and_recursive_calls_get_nothing,
          r3_the_helper_recovers_when_it_is_the_deferred_function,
          r4_a_call_run_by_a_return_within_a_panic_gets_nothing,
          r5_recover_itself_deferred_beside_the_panic_does_nothing,
          r6_recover_deferred_in_a_deferred_function_recovers,
          r7_recover_run_by_a_newer_panic_does_nothing_to_the_older,
          r8_a_second_recover_gets_nothing,
          r9_later_calls_see_nothing_after_a_recovery,
          r10_recover_does_not_jump,
          r11_the_rest_of_the_calls_run_as_at_a_return,
          r12_recover_outside_a_panic_gets_nothing,
          r13_runtime_errors_are_told_by_their_kind,
          r17_panics_raised_again_through_many_levels_leave_nothing)
