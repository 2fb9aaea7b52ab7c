/* SPDX-License-Identifier: MIT */
/*
 * The exit of a thread.
 */
#include "support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int result;

static void trace_null(ripcord_panic *p)
{
    trace(p ? "panic" : "null");
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(trace_null)

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

static void exits(void *with) { thread_exit(with); }
RIPCORD_DEFERRABLE(exits, void *)

/* Runs `body` in a thread and returns what it ended with. */
static void *ended_with(void *(*body)(void *))
{
    pthread_t thread;
    void *with;
    ck_assert_int_eq(pthread_create(&thread, NULL, body, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, &with), 0);
    return with;
}

#define ck_exits(body) ck_assert_ptr_eq(ended_with(body), &result)

static void exits_deep(void)
{
    defer(trace, "inner");
    exits(&result);
    trace("after");
}

static void *plain(void *unused)
{
    defer(trace, "first");
    {
        defer(trace, "second");
        exits_deep();
    }
    trace("after");
    return unused;
}

START_TEST(all_calls_of_the_thread_run_and_it_ends_with_the_result)
{
    ck_exits(plain);
    ck_traced("inner second first");
}
END_TEST

static void *without_calls(void *unused)
{
    ripcord_thread_exit(&result);
    return unused;
}

START_TEST(a_thread_without_calls_just_ends)
{
    ck_exits(without_calls);
}
END_TEST

static void *of_all_kinds(void *unused)
{
    defer_scope(calls);
    for (int i = 0; i < 12; i++)
        defer_to(calls, trace_number, i);
    defer_as(cancelled, trace, "cancelled");
    defer_as(run, trace, "run");
    ck_assert(defer_cancel(cancelled) && defer_run(run));
    defer_on_success(trace, "success");
    defer_on_failure(trace, "failure");
    thread_exit(&result);
    return unused;
}

START_TEST(it_is_a_failure_to_the_blocks_that_it_leaves)
{
    ck_exits(of_all_kinds);
    ck_traced("run failure 11 10 9 8 7 6 5 4 3 2 1 0");
}
END_TEST

static void *with_recoverer(void *unused)
{
    recoverable () {
        defer(trace, "first");
        defer(trace_null);
        thread_exit(&result);
    }
    trace("after");
    return unused;
}

START_TEST(a_recoverer_is_given_null)
{
    ck_exits(with_recoverer);
    ck_traced("null nothing first");
}
END_TEST

static void *past_attempts(void *unused)
{
    defer(trace, "first");
    attempt () {
        thread_exit(&result);
    } rescue (p) {
        trace(p->message);
    }
    trace("after");
    return unused;
}

START_TEST(an_attempt_does_not_stop_it)
{
    ck_exits(past_attempts);
    ck_traced("first");
}
END_TEST

static void *recovers_further_out(void *unused)
{
    recoverable () {
        defer(trace_null);
        defer(trace_recovery);
        defer(panics, "p");
        thread_exit(&result);
    }
    trace("after");
    return unused;
}

START_TEST(it_goes_on_when_a_panic_on_its_way_is_recovered)
{
    ck_exits(recovers_further_out);
    ck_traced("recovered:p null nothing");
}
END_TEST

static void recovers_inside(void)
{
    recoverable () {
        defer(trace_recovery);
        panic("inside");
    }
    trace("behind");
}
RIPCORD_DEFERRABLE(recovers_inside)

static void *recovered_in_a_call(void *unused)
{
    defer(trace, "first");
    defer(recovers_inside);
    thread_exit(&result);
    return unused;
}

START_TEST(a_panic_inside_of_one_of_its_calls_lands_there)
{
    ck_exits(recovered_in_a_call);
    ck_traced("recovered:inside behind first");
}
END_TEST

static void *chained(void *unused)
{
    recoverable () {
        defer(trace_null);
        defer(trace_recovery);
        defer(panics, "two");
        defer(panics, "one");
        thread_exit(&result);
    }
    trace("after");
    return unused;
}

START_TEST(it_goes_on_when_the_second_of_two_panics_is_recovered)
{
    ck_exits(chained);
    ck_traced("recovered:two null nothing");
}
END_TEST

static void *while_panicking(void *unused)
{
    recoverable () {
        defer(trace_null);
        defer(exits, &result);
        panic("dropped");
    }
    trace("after");
    return unused;
}

START_TEST(it_drops_the_panic_that_runs)
{
    ck_exits(while_panicking);
    ck_traced("null nothing");
}
END_TEST

static void recovers_and_exits(ripcord_panic *p)
{
    trace(recover(p)->message);
    thread_exit(&result);
}
RIPCORD_RECOVERER(recovers_and_exits)

static void *recovered_before(void *unused)
{
    recoverable () {
        defer(trace_null);
        defer(recovers_and_exits);
        panic("p");
    }
    trace("after");
    return unused;
}

START_TEST(a_recoverer_may_exit)
{
    ck_exits(recovered_before);
    ck_traced("p null nothing");
}
END_TEST

static void *twice(void *unused)
{
    static int other;
    defer(trace, "first");
    defer(exits, &result);
    defer(trace, "third");
    thread_exit(&other);
    return unused;
}

START_TEST(the_newest_of_two_exits_ends_the_thread)
{
    ck_exits(twice);
    ck_traced("third first");
}
END_TEST

static void *attempts_on_the_way(void *unused)
{
    defer(trace, "first");
    attempt () {
        defer(trace, "second");
        defer(panics, "p");
        thread_exit(&result);
    } rescue (p) {
        defer(trace, "rescued");
        trace(p->message);
    }
    trace("after");
    return unused;
}

START_TEST(an_attempt_lands_and_the_exit_goes_on_behind_its_rescue_block)
{
    ck_exits(attempts_on_the_way);
    ck_traced("second p rescued first");
}
END_TEST

static void *leaves_the_rescue(void *unused)
{
    defer(trace, "first");
    attempt () {
        defer(panics, "p");
        thread_exit(&result);
    } rescue (p) {
        trace(p->message);
        return unused;
    }
    return unused;
}

START_TEST(a_return_from_the_rescue_block_does_not_stop_it)
{
    ck_exits(leaves_the_rescue);
    ck_traced("p first");
}
END_TEST

static int returns_a_result(void)
{
    volatile int status = 1;
    recoverable (status) {
        defer_on_success(trace, "completed");
        defer_on_failure(trace_number, status);
        attempt () {
            defer(panics, "p");
            thread_exit(&result);
        } rescue (p) {
            defer_on_success(trace, "rescued");
            recoverable_return(2);
        }
    }
    trace("after");
    return status;
}

static void *returns_from_the_rescue(void *unused)
{
    (void)returns_a_result();
    return unused;
}

START_TEST(a_recoverable_return_from_the_rescue_block_does_not_stop_it)
{
    ck_exits(returns_from_the_rescue);
    ck_traced("rescued 1");
}
END_TEST

static void *rescue_panics(void *unused)
{
    recoverable () {
        defer(trace_null);
        defer(trace_recovery);
        attempt () {
            defer(panics, "one");
            thread_exit(&result);
        } rescue (p) {
            trace(p->message);
            panic("two");
        }
        trace("after");
    }
    trace("after");
    return unused;
}

START_TEST(it_goes_on_when_a_panic_of_a_rescue_block_is_recovered)
{
    ck_exits(rescue_panics);
    ck_traced("one recovered:two null nothing");
}
END_TEST

static void *nested_attempts(void *unused)
{
    attempt () {
        defer(trace, "first");
        attempt () {
            defer(panics, "one");
            thread_exit(&result);
        } rescue (p) {
            trace(p->message);
            panic("two");
        }
        trace("after");
    } rescue (p) {
        trace(p->message);
        attempt () {
            panic("three");
        } rescue (q) {
            trace(q->message);
        }
        trace("still");
    }
    trace("after");
    return unused;
}

START_TEST(it_goes_on_through_nested_attempts)
{
    ck_exits(nested_attempts);
    ck_traced("one first two three still");
}
END_TEST

static void *rescue_less(void *unused)
{
    attempt () {
        attempt () {
            defer(panics, "p");
            thread_exit(&result);
        }
        trace("after");
    } rescue (p) {
        trace(p->message);
    }
    trace("after");
    return unused;
}

START_TEST(an_attempt_without_rescue_passes_the_panic_on)
{
    ck_exits(rescue_less);
    ck_traced("p");
}
END_TEST

static void body(void *unused)
{
    (void)unused;
    defer(panics, "p");
    thread_exit(&result);
}

static ripcord_panic filled;

static void *protected(void *unused)
{
    defer(trace, "first");
    trace(ripcord_protect(body, NULL, &filled) ? "true" : "false");
    return unused;
}

START_TEST(protect_keeps_the_panic_and_does_not_return)
{
    ck_exits(protected);
    ck_traced("first");
    ck_assert_str_eq(filled.message, "p");
}
END_TEST

static void *exits_in_the_rescue(void *unused)
{
    static int other;
    defer(trace, "first");
    attempt () {
        defer(panics, "p");
        thread_exit(&other);
    } rescue (p) {
        trace(p->message);
        thread_exit(&result);
    }
    return unused;
}

/* clang ends a process whose cleanup unwinds while it is unwound. */
#ifndef __clang__
static void *pthread_exits_in_the_rescue(void *unused)
{
    defer(trace, "first");
    attempt () {
        defer(panics, "p");
        thread_exit(&result);
    } rescue (p) {
        trace(p->message);
        pthread_exit(NULL);
    }
    return unused;
}

#endif

START_TEST(a_rescue_block_may_exit_itself)
{
    ck_exits(exits_in_the_rescue);
    ck_traced("p first");
#ifndef __clang__
    trace_reset();
    (void)ended_with(pthread_exits_in_the_rescue);
    ck_traced("p first");
#endif
}
END_TEST

/* Cancelled while it exits, at a point where it could be. */
static void wants_to_be_cancelled(void)
{
    (void)pthread_cancel(pthread_self());
    pthread_testcancel();
    trace("not");
}
RIPCORD_DEFERRABLE(wants_to_be_cancelled)

static void *cancelled(void *unused)
{
    defer(trace, "first");
    defer(wants_to_be_cancelled);
    thread_exit(&result);
    return unused;
}

START_TEST(it_cannot_be_cancelled)
{
    ck_exits(cancelled);
    ck_traced("not first");
}
END_TEST

/* A sanitizer looks for leaks, or waits for a thread of its own, when the
   main thread has gone. */
#ifndef SANITIZED
static void exit_of_main(void)
{
    static char word[] = "deferred\n";
    defer(close, STDERR_FILENO);
    ck_assert_int_eq(write(STDERR_FILENO, word, strlen(word)),
                     (ssize_t)strlen(word));
    thread_exit(NULL);
}

START_TEST(the_main_thread_exits_as_with_pthread_exit)
{
    /* Valgrind takes what Check has for lost when main has exited. */
    if (getenv("RIPCORD_TEST_QUICK"))
        return;
    struct ending ending = run_apart(exit_of_main);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_int_eq(ending.status, 0);
    ck_assert_str_eq(ending.output, "deferred\n");
}
END_TEST
#endif

static void uncaught(void)
{
    defer(panics, "of the exit");
    thread_exit(NULL);
}

static void dropped_and_uncaught(void)
{
    defer(panics, "second");
    defer(exits, NULL);
    panic("first");
}

static void attempts_and_exits(void)
{
    attempt () {
        defer(panics, "rescued");
        thread_exit(NULL);
    } rescue (p) {
        trace(p->message);
    }
}
RIPCORD_DEFERRABLE(attempts_and_exits)

static void suspended_and_uncaught(void)
{
    defer(panics, "second");
    defer(attempts_and_exits);
    panic("first");
}

START_TEST(an_uncaught_panic_on_its_way_ends_the_process)
{
    ck_dies(suspended_and_uncaught, "panic: first\n\tpanic: second\n\nthread");
    ck_dies(uncaught, "panic: of the exit\n\nthread");
    ck_dies(dropped_and_uncaught, "panic: first\n\tpanic: second\n\nthread");
}
END_TEST

RUN_SUITE("exit",
    all_calls_of_the_thread_run_and_it_ends_with_the_result,
    a_thread_without_calls_just_ends,
    it_is_a_failure_to_the_blocks_that_it_leaves,
    a_recoverer_is_given_null,
    an_attempt_does_not_stop_it,
    it_goes_on_when_a_panic_on_its_way_is_recovered,
    a_panic_inside_of_one_of_its_calls_lands_there,
    it_goes_on_when_the_second_of_two_panics_is_recovered,
    it_drops_the_panic_that_runs,
    a_recoverer_may_exit,
    the_newest_of_two_exits_ends_the_thread,
    an_attempt_lands_and_the_exit_goes_on_behind_its_rescue_block,
    a_return_from_the_rescue_block_does_not_stop_it,
    a_recoverable_return_from_the_rescue_block_does_not_stop_it,
    it_goes_on_when_a_panic_of_a_rescue_block_is_recovered,
    it_goes_on_through_nested_attempts,
    an_attempt_without_rescue_passes_the_panic_on,
    protect_keeps_the_panic_and_does_not_return,
    a_rescue_block_may_exit_itself,
    it_cannot_be_cancelled,
    UNSANITIZED(the_main_thread_exits_as_with_pthread_exit)
    an_uncaught_panic_on_its_way_ends_the_process)
