/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

static void set(ripcord_panic *panic, volatile int *result, int value)
{
    if (recover(panic))
        *result = value;
}
RIPCORD_RECOVERER(set, volatile int *, int)

static void raise_result(volatile int *result) { ++*result; }
RIPCORD_DEFERRABLE(raise_result, volatile int *)

static void panics(const char *message)
{
    trace(message);
    panic("%s", message);
}
RIPCORD_DEFERRABLE(panics, const char *)

/* ---- recoverable ---- */

static int recovers(int way)
{
    volatile int result = 1;
    recoverable (result) {
        defer(trace, "older");
        defer(set, &result, 2);
        defer(trace, "newer");
        if (way == 0)
            panic("p");
        if (way == 1)
            return 10;
        if (way == 2)
            break;
        if (way == 3)
            continue;
        trace("end");
    }
    trace("behind");
    return result;
}

START_TEST(a_recovered_panic_goes_on_behind_the_block_with_its_result)
{
    ck_assert_int_eq(recovers(0), 2);
    ck_traced("newer older behind");
}
END_TEST

START_TEST(without_a_panic_the_block_is_left_as_any_other)
{
    ck_assert_int_eq(recovers(1), 10);
    ck_traced("newer older");
    trace_reset();
    ck_assert_int_eq(recovers(4), 1);
    ck_traced("end newer older behind");
}
END_TEST

START_TEST(break_and_continue_leave_the_recoverable_block_only)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(recovers(2 + i), 1);
        ck_traced("newer older behind");
        trace_reset();
    }
    for (int i = 0; i < 2; i++) {
        recoverable () {
            if (i == 0)
                continue;
            break;
        }
        trace_number(i);
    }
    ck_traced("0 1");
}
END_TEST

static void in_the_middle(ripcord_panic *panic)
{
    defer(trace, "its own call");
    if (recover(panic))
        trace("recovered");
    trace("goes on");
}
RIPCORD_RECOVERER(in_the_middle)

START_TEST(recover_does_not_jump)
{
    recoverable () {
        defer(trace, "older");
        defer(in_the_middle);
        panic("p");
    }
    trace("behind");
    ck_traced("recovered goes on its own call older behind");
}
END_TEST

static void twice(ripcord_panic *panic)
{
    ck_assert_ptr_eq(recover(panic), panic);
    ck_assert_ptr_null(recover(panic));
}
RIPCORD_RECOVERER(twice)

static void expects_none(ripcord_panic *panic)
{
    ck_assert_ptr_null(panic);
    ck_assert_ptr_null(recover(panic));
    trace("none");
}
RIPCORD_RECOVERER(expects_none)

START_TEST(recover_answers_once_and_later_calls_see_nothing)
{
    recoverable () {
        defer(expects_none);
        defer(twice);
        panic("p");
    }
    recoverable () {
        defer(expects_none);
    }
    ck_traced("none none");
}
END_TEST

static void deeper_and_back(ripcord_panic *panic)
{
    attempt () {
        ripcord_panic *outer = panic;
        recoverable () {
            defer(expects_none);
        }
        ck_assert_ptr_eq(outer, panic);
    } rescue (p) {
        trace("not reached");
    }
    if (recover(panic))
        trace(panic->message);
}
RIPCORD_RECOVERER(deeper_and_back)

START_TEST(a_recoverer_on_a_normal_way_out_within_a_panic_sees_nothing)
{
    recoverable () {
        defer(deeper_and_back);
        panic("p");
    }
    ck_traced("none p");
}
END_TEST

static ripcord_panic *kept;

static void keeps(ripcord_panic *panic)
{
    kept = panic;
    (void)recover(panic);
}
RIPCORD_RECOVERER(keeps)

static void panics_below(ripcord_panic *panic)
{
    recoverable () {
        defer(keeps);
        ripcord_panic *older = panic;
        attempt () {
            ck_assert_ptr_eq(older, panic);
            panic("inner");
        } rescue (p) {
            /* The older one is the newest again. */
            trace(p->message);
        }
    }
    if (recover(panic))
        trace(panic->message);
}
RIPCORD_RECOVERER(panics_below)

START_TEST(after_an_inner_recovery_the_outer_panic_can_be_recovered)
{
    recoverable () {
        defer(panics_below);
        panic("outer");
    }
    ck_traced("inner outer");
}
END_TEST

static void recovers_the_older(ripcord_panic *newer, ripcord_panic **older)
{
    ck_assert_ptr_null(recover(*older));
    trace(recover(newer)->message);
}
RIPCORD_RECOVERER(recovers_the_older, ripcord_panic **)

static void keeps_and_panics(ripcord_panic *panic, ripcord_panic **to)
{
    *to = panic;
    recoverable () {
        defer(recovers_the_older, to);
        panic("newer");
    }
    trace(recover(panic)->message);
}
RIPCORD_RECOVERER(keeps_and_panics, ripcord_panic **)

START_TEST(recover_answers_only_for_the_newest_panic)
{
    ripcord_panic *older = NULL;
    recoverable () {
        defer(keeps_and_panics, &older);
        panic("older");
    }
    ck_assert_ptr_null(recover(older));
    ck_traced("newer older");
}
END_TEST

START_TEST(a_stale_handle_gives_nothing)
{
    recoverable () {
        defer(keeps);
        panic("p");
    }
    ck_assert_ptr_nonnull(kept);
    ck_assert_ptr_null(recover(kept));
}
END_TEST

START_TEST(a_panic_on_the_way_out_after_a_recovery_can_be_recovered_again)
{
    recoverable () {
        defer(trace, "oldest");
        defer(trace_recovery);
        defer(panics, "second");
        defer(trace_recovery);
        defer(trace, "newest");
        panic("first");
    }
    trace("behind");
    ck_traced("newest recovered:first second recovered:second oldest behind");
}
END_TEST

static int leaves_and_panics(void)
{
    volatile int result = 0;
    recoverable (result) {
        defer(set, &result, 5);
        defer(panics, "leaving");
        return 1;
    }
    return result;
}

START_TEST(a_return_that_was_on_its_way_is_dropped_by_a_recovery)
{
    ck_assert_int_eq(leaves_and_panics(), 5);
}
END_TEST

static void through_a_block(void)
{
    recoverable () {
        defer(trace, "passed");
        panic("p");
    }
    trace("not reached");
}

START_TEST(a_panic_passes_a_recoverable_block_that_does_not_recover)
{
    recoverable () {
        defer(trace_recovery);
        through_a_block();
    }
    ck_traced("passed recovered:p");
}
END_TEST

/* ---- results ---- */

static int returns_by_value(int value)
{
    volatile int result = 0;
    recoverable (result) {
        defer(raise_result, &result);
        recoverable_return(value);
    }
    return -1;
}

static int returns_plainly(int value)
{
    volatile int result = value;
    recoverable (result) {
        defer(raise_result, &result);
        return result;
    }
    return -1;
}

START_TEST(recoverable_return_gives_what_deferred_calls_made_of_the_result)
{
    ck_assert_int_eq(returns_by_value(41), 42);
    ck_assert_int_eq(returns_plainly(41), 41);
}
END_TEST

static int returns_and_recovers(void)
{
    volatile int result = 0;
    recoverable (result) {
        defer(trace, "older");
        defer_scope(calls);
        defer_to(calls, trace, "scoped");
        defer(set, &result, 9);
        defer(panics, "leaving");
        defer_as(named, trace, "named");
        (void)named;
        recoverable_return(1);
    }
    trace("behind");
    return result;
}

START_TEST(recoverable_return_runs_every_call_once_even_if_one_panics)
{
    ck_assert_int_eq(returns_and_recovers(), 9);
    ck_traced("named leaving scoped older behind");
}
END_TEST

static int returns_from_within(void)
{
    volatile int result = 0;
    recoverable (result) {
        defer(trace, "older");
        {
            defer(trace, "inner");
            for (int i = 0; i < 2; i++) {
                defer_on_success(trace, "success");
                defer_on_failure(trace, "failure");
                recoverable_return(3);
            }
        }
    }
    return -1;
}

START_TEST(recoverable_return_leaves_inner_blocks_too)
{
    ck_assert_int_eq(returns_from_within(), 3);
    ck_traced("success inner older");
}
END_TEST

struct pair {
    int a, b;
};

static void set_pair(ripcord_panic *panic, volatile struct pair *pair)
{
    if (recover(panic))
        pair->b = 7;
}
RIPCORD_RECOVERER(set_pair, volatile struct pair *)

START_TEST(results_may_be_several_and_of_any_type)
{
    volatile struct pair pair = { 1, 2 };
    volatile char letter = 'a';
    const char *volatile word = "before";
    volatile double real = 1.5;
    recoverable (pair, letter, word, real) {
        defer(set_pair, &pair);
        pair.a = 3;
        letter = 'b';
        word = "after";
        real = 2.5;
        panic("p");
    }
    ck_assert_int_eq(pair.a, 3);
    ck_assert_int_eq(pair.b, 7);
    ck_assert_int_eq(letter, 'b');
    ck_assert_str_eq(word, "after");
    ck_assert_double_eq(real, 2.5);
}
END_TEST

/* ---- attempt ---- */

START_TEST(a_rescue_block_runs_only_for_a_panic)
{
    attempt () {
        trace("body");
    } rescue (p) {
        trace("not reached");
    }
    attempt () {
        defer(trace, "deferred");
        panic("p");
    } rescue (p) {
        trace(p->message);
    }
    trace("behind");
    ck_traced("body deferred p behind");
}
END_TEST

static void leaves_an_attempt_by(int way)
{
    attempt () {
        if (way == 0)
            break;
        if (way == 1)
            continue;
        panic("p");
    } rescue (p) {
        if (way == 2)
            break;
        if (way == 3)
            continue;
        trace("not reached");
    }
    trace_number(way);
}

START_TEST(break_and_continue_leave_an_attempt_or_its_rescue_only)
{
    for (int way = 0; way < 4; way++)
        leaves_an_attempt_by(way);
    ck_traced("0 1 2 3");
}
END_TEST

static int returns_from_rescue(void)
{
    attempt () {
        defer(trace, "deferred");
        panic("p");
    } rescue (p) {
        defer(trace, "in rescue");
        return (int)strlen(p->message);
    }
    return -1;
}

START_TEST(a_rescue_block_may_return_and_defer)
{
    ck_assert_int_eq(returns_from_rescue(), 1);
    ck_traced("deferred in rescue");
}
END_TEST

START_TEST(results_of_an_attempt_keep_their_values)
{
    volatile int steps = 0;
    attempt (steps) {
        steps = 1;
        steps = 2;
        panic("p");
    } rescue (p) {
        steps = 10 * steps;
    }
    ck_assert_int_eq(steps, 20);
}
END_TEST

START_TEST(a_panic_in_a_rescue_block_goes_outwards)
{
    attempt () {
        attempt () {
            panic("inner");
        } rescue (p) {
            defer(trace, "rescue");
            panic("%s and more", p->message);
        }
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("rescue inner and more");
}
END_TEST

START_TEST(an_attempt_without_a_rescue_passes_the_panic_on)
{
    attempt () {
        attempt () {
            panic("p");
        }
        trace("not reached");
    } rescue (p) {
        trace(p->message);
    }
    attempt () {
        trace("no panic");
    }
    ck_traced("p no panic");
}
END_TEST

START_TEST(attempts_nest_in_bodies_and_rescues)
{
    attempt () {
        attempt () {
            panic("1");
        } rescue (p) {
            attempt () {
                panic("2");
            } rescue (q) {
                trace(p->message);
                trace(q->message);
            }
            trace(p->message);
        }
        panic("3");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("1 2 1 3");
}
END_TEST

static void unbraced(int number)
{
    if (number == 0)
        recoverable () {
            trace("zero");
        }
    else if (number == 1)
        attempt () {
            panic("one");
        } rescue (p)
            trace(p->message);
    else
        trace("else");
}

START_TEST(landings_are_single_statements)
{
    unbraced(0);
    unbraced(1);
    unbraced(2);
    ck_traced("zero one else");
}
END_TEST

static void body(void *argument)
{
    defer(trace, "deferred");
    if (argument)
        panic_code(&RIPCORD_PLAIN, 42, "%s", (const char *)argument);
}

START_TEST(protect_is_an_attempt_as_a_function)
{
    char message[] = "p";
    ripcord_panic out;
    ck_assert(ripcord_protect(body, NULL, &out));
    ck_assert(!ripcord_protect(body, message, &out));
    ck_assert_str_eq(out.message, "p");
    ck_assert_int_eq(out.code, 42);
    ck_assert(!ripcord_protect(body, message, NULL));
    ck_traced("deferred deferred deferred");
}
END_TEST

/* ---- what a recovery leaves as it was ---- */

static void disturbs(void)
{
    errno = EXDEV;
}
RIPCORD_DEFERRABLE(disturbs)

static void set_and_disturb(ripcord_panic *panic)
{
    (void)recover(panic);
    errno = EXDEV;
}
RIPCORD_RECOVERER(set_and_disturb)

START_TEST(errno_is_what_it_was_at_the_panic)
{
    errno = 0;
    recoverable () {
        defer(disturbs);
        defer(set_and_disturb);
        defer(disturbs);
        errno = ENOLCK;
        panic("p");
    }
    ck_assert_int_eq(errno, ENOLCK);
    attempt () {
        defer(disturbs);
        errno = EDOM;
        panic("%d", 1);
    } rescue (p) {
        ck_assert_int_eq(errno, EDOM);
    }
}
END_TEST

static void panics_anew(void)
{
    errno = EXDEV;
    panic("second");
}
RIPCORD_DEFERRABLE(panics_anew)

START_TEST(errno_is_that_of_the_first_panic_that_is_dropped)
{
    attempt () {
        defer(panics_anew);
        errno = EDOM;
        panic("first");
    } rescue (p) {
        ck_assert_str_eq(p->message, "second");
        ck_assert_int_eq(errno, EDOM);
    }
    recoverable () {
        defer(trace_recovery);
        defer(panics_anew);
        errno = EDOM;
        panic("first");
    }
    ck_assert_int_eq(errno, EDOM);
    ck_traced("recovered:second");
}
END_TEST

static int cancel_state(void)
{
    int state, ignored;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcancelstate(state, &ignored);
    return state;
}

static void sees_cancellation(int *state)
{
    *state = cancel_state();
}
RIPCORD_DEFERRABLE(sees_cancellation, int *)

START_TEST(cancellation_is_off_while_calls_run_and_then_as_before)
{
    int during = -1, rest = -1;
    recoverable () {
        defer(sees_cancellation, &rest);
        defer(trace_recovery);
        defer(sees_cancellation, &during);
        panic("p");
    }
    ck_assert_int_eq(during, PTHREAD_CANCEL_DISABLE);
    ck_assert_int_eq(rest, PTHREAD_CANCEL_ENABLE);
    ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    attempt () {
        defer(sees_cancellation, &during);
        defer(panics, "again");
        panic("p");
    } rescue (p) {
        ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_DISABLE);
    }
}
END_TEST

static void recovers_within(void)
{
    attempt () {
        defer(panics, "inner again");
        panic("inner");
    } rescue (p) {
        ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_DISABLE);
    }
}
RIPCORD_DEFERRABLE(recovers_within)

START_TEST(cancellation_stays_off_after_a_recovery_within_a_panic)
{
    attempt () {
        defer(recovers_within);
        panic("p");
    } rescue (p) {
        ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
    }
}
END_TEST

START_TEST(the_signal_mask_and_the_rounding_mode_are_left_alone)
{
    sigset_t set, now;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    attempt () {
        pthread_sigmask(SIG_BLOCK, &set, NULL);
        fesetround(FE_UPWARD);
        panic("p");
    } rescue (p) {
        pthread_sigmask(SIG_BLOCK, NULL, &now);
        ck_assert_int_eq(sigismember(&now, SIGUSR1), 1);
        ck_assert_int_eq(fegetround(), FE_UPWARD);
    }
}
END_TEST

/* Registers that a function must preserve, and their callers' values. */
static int __attribute__((noinline)) with_many_locals(int seed)
{
    int a = seed, b = a + 1, c = b + 1, d = c + 1, e = d + 1, f = e + 1;
    int g = f + 1, h = g + 1, i = h + 1, j = i + 1, k = j + 1, l = k + 1;
    double x = seed / 2.0, y = x + 1;
    volatile int zero = 0;
    recoverable (zero) {
        defer(set, &zero, 0);
        through_a_block();
    }
    return a + b + c + d + e + f + g + h + i + j + k + l + (int)(x + y) +
           zero;
}

START_TEST(locals_that_do_not_change_survive_a_recovery)
{
    ck_assert_int_eq(with_many_locals(10), 12 * 10 + 66 + 11);
}
END_TEST

RUN_SUITE("recover",
          a_recovered_panic_goes_on_behind_the_block_with_its_result,
          without_a_panic_the_block_is_left_as_any_other,
          break_and_continue_leave_the_recoverable_block_only,
          recover_does_not_jump,
          recover_answers_once_and_later_calls_see_nothing,
          a_recoverer_on_a_normal_way_out_within_a_panic_sees_nothing,
          after_an_inner_recovery_the_outer_panic_can_be_recovered,
          recover_answers_only_for_the_newest_panic,
          a_stale_handle_gives_nothing,
          a_panic_on_the_way_out_after_a_recovery_can_be_recovered_again,
          a_return_that_was_on_its_way_is_dropped_by_a_recovery,
          a_panic_passes_a_recoverable_block_that_does_not_recover,
          recoverable_return_gives_what_deferred_calls_made_of_the_result,
          recoverable_return_runs_every_call_once_even_if_one_panics,
          recoverable_return_leaves_inner_blocks_too,
          results_may_be_several_and_of_any_type,
          a_rescue_block_runs_only_for_a_panic,
          break_and_continue_leave_an_attempt_or_its_rescue_only,
          a_rescue_block_may_return_and_defer,
          results_of_an_attempt_keep_their_values,
          a_panic_in_a_rescue_block_goes_outwards,
          an_attempt_without_a_rescue_passes_the_panic_on,
          attempts_nest_in_bodies_and_rescues,
          landings_are_single_statements,
          protect_is_an_attempt_as_a_function,
          errno_is_what_it_was_at_the_panic,
          errno_is_that_of_the_first_panic_that_is_dropped,
          cancellation_is_off_while_calls_run_and_then_as_before,
          cancellation_stays_off_after_a_recovery_within_a_panic,
          the_signal_mask_and_the_rounding_mode_are_left_alone,
          locals_that_do_not_change_survive_a_recovery)
