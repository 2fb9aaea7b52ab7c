/* SPDX-License-Identifier: MIT */
/*
 * The report of an uncaught panic, compared with what Go prints: the lists
 * of panics here are those of Go programs of the same shape.
 */
#include "support.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Expects the list of panics, which ends with an empty line. */
static void ck_lists(void (*function)(void), const char *list)
{
    struct ending ending = run_apart(function);
    char *end = strstr(ending.output, "\n\nthread ");
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_msg(end != NULL, "no list in:\n%s", ending.output);
    end[1] = '\0';
    ck_assert_str_eq(ending.output, list);
}

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

static void recovers(ripcord_panic *p) { (void)recover(p); }
RIPCORD_RECOVERER(recovers)

static void recovers_then_panics(ripcord_panic *p, const char *message)
{
    if (recover(p))
        panic("%s", message);
}
RIPCORD_RECOVERER(recovers_then_panics, const char *)

static void raises_again(ripcord_panic *p)
{
    if (recover(p))
        panic_again(p);
}
RIPCORD_RECOVERER(raises_again)

static void one(void) { panic("hello"); }

START_TEST(one_panic)
{
    ck_lists(one, "panic: hello\n");
}
END_TEST

static void in_a_deferred_call(void)
{
    defer(panics, "second");
    panic("first");
}

START_TEST(a_panic_in_a_deferred_call)
{
    ck_lists(in_a_deferred_call, "panic: first\n\tpanic: second\n");
}
END_TEST

static void after_recovering(void)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        panic("first");
    }
}

START_TEST(recovered_and_another_one_in_the_same_call)
{
    ck_lists(after_recovering,
             "panic: first [recovered]\n\tpanic: second\n");
}
END_TEST

static void again(void)
{
    recoverable () {
        defer(raises_again);
        panic("first");
    }
}

static void again_twice(void)
{
    recoverable () {
        defer(raises_again);
        again();
    }
}

START_TEST(recovered_and_raised_again)
{
    ck_lists(again, "panic: first [recovered, repanicked]\n");
    ck_lists(again_twice, "panic: first [recovered, repanicked]\n");
}
END_TEST

static void again_from_a_rescue(void)
{
    attempt () {
        panic("first");
    } rescue (p) {
        panic_again(p);
    }
}

START_TEST(raised_again_from_a_rescue_block)
{
    ck_lists(again_from_a_rescue, "panic: first [recovered, repanicked]\n");
}
END_TEST

static void again_in_the_middle(void)
{
    recoverable () {
        defer(recovers_then_panics, "outer");
        recoverable () {
            defer(raises_again);
            recoverable () {
                defer(recovers_then_panics, "middle");
                panic("inner");
            }
        }
    }
}

START_TEST(raised_again_between_two_others)
{
    ck_lists(again_in_the_middle,
             "panic: inner [recovered]\n"
             "\tpanic: middle [recovered, repanicked]\n"
             "\tpanic: outer\n");
}
END_TEST

static void raises(const ripcord_panic *p) { panic_again(p); }
RIPCORD_DEFERRABLE(raises, const ripcord_panic *)

static void inner_then_outer_again(ripcord_panic *outer)
{
    if (!recover(outer))
        return;
    defer(raises, outer);
    panic("inner");
}
RIPCORD_RECOVERER(inner_then_outer_again)

static void sandwich(void)
{
    recoverable () {
        defer(inner_then_outer_again);
        panic("outer");
    }
}

START_TEST(raised_again_behind_another_one)
{
    ck_lists(sandwich, "panic: outer [recovered]\n"
                       "\tpanic: inner\n"
                       "\tpanic: outer\n");
}
END_TEST

static void nested_recovered(void)
{
    attempt () {
        panic("second");
    } rescue (p) {
        (void)p;
    }
}
RIPCORD_DEFERRABLE(nested_recovered)

static void nested(void)
{
    defer(nested_recovered);
    panic("first");
}

START_TEST(a_nested_one_that_was_recovered_is_not_listed)
{
    ck_lists(nested, "panic: first\n");
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

START_TEST(those_recovered_by_an_earlier_call_are_not_listed)
{
    ck_lists(recovered_before, "panic: third\n");
}
END_TEST

static void of_several_lines(void) { panic("one\ntwo\n\nfour"); }

START_TEST(further_lines_of_a_message_are_indented)
{
    ck_lists(of_several_lines, "panic: one\n\ttwo\n\t\n\tfour\n");
}
END_TEST

static void says(const char *word)
{
    ck_assert_int_gt(write(STDERR_FILENO, word, strlen(word)), 0);
}
RIPCORD_DEFERRABLE(says, const char *)

static void with_deferred_output(void)
{
    defer(says, "older\n");
    defer(says, "newer\n");
    panic("p");
}

START_TEST(the_report_comes_after_all_deferred_calls)
{
    ck_lists(with_deferred_output, "newer\nolder\npanic: p\n");
}
END_TEST

static int second_line, first_line;

static void second_panic(void)
{
    second_line = __LINE__ + 1;
    panic("second");
}
RIPCORD_DEFERRABLE(second_panic)

static void first_panic(void)
{
    defer(second_panic);
    first_line = __LINE__ + 1;
    panic("first");
}

static void show_lines(void)
{
    attempt () {
        first_panic();
    } rescue (p) {
        (void)p;
    }
}

START_TEST(the_places_of_all_panics_are_in_the_trace)
{
    char first[100], second[100];
    struct ending ending = run_apart(first_panic);
    show_lines();
    (void)snprintf(second, sizeof second, "test_report.c:%d", second_line);
    (void)snprintf(first, sizeof first, "test_report.c:%d", first_line);
    char *at = strstr(ending.output, "[running]:\nsecond_panic(...)\n\t");
    ck_assert_ptr_nonnull(at);
    at = strstr(at, second);
    ck_assert_ptr_nonnull(at);
    at = strstr(at, "\nfirst_panic(...)\n\t");
    ck_assert_ptr_nonnull(at);
    ck_assert_ptr_nonnull(strstr(at, first));
}
END_TEST

/* ---- how the process ends ---- */

static void with_environment(void)
{
    setenv("RIPCORD_UNCAUGHT", "exit", 1);
    one();
}

static void with_policy(void)
{
    ck_assert_int_eq(ripcord_set_uncaught(RIPCORD_UNCAUGHT_EXIT),
                     RIPCORD_UNCAUGHT_ABORT);
    ck_assert_int_eq(ripcord_set_uncaught(RIPCORD_UNCAUGHT_EXIT),
                     RIPCORD_UNCAUGHT_EXIT);
    one();
}

static void policy_over_environment(void)
{
    setenv("RIPCORD_UNCAUGHT", "exit", 1);
    ck_assert_int_eq(ripcord_set_uncaught(RIPCORD_UNCAUGHT_ABORT),
                     RIPCORD_UNCAUGHT_EXIT);
    one();
}

START_TEST(the_process_aborts_or_exits_with_two)
{
    struct ending ending = run_apart(one);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ending = run_apart(with_environment);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_int_eq(ending.status, 2);
    ck_assert_ptr_nonnull(strstr(ending.output, "panic: hello\n"));
    ending = run_apart(with_policy);
    ck_assert_int_eq(ending.status, 2);
    ending = run_apart(policy_over_environment);
    ck_assert_int_eq(ending.signal, SIGABRT);
}
END_TEST

static void at_exit(void) { says("a handler of atexit ran\n"); }

static void with_handler(void)
{
    ck_assert_int_eq(atexit(at_exit), 0);
    (void)ripcord_set_uncaught(RIPCORD_UNCAUGHT_EXIT);
    one();
}

START_TEST(an_exit_runs_no_handlers)
{
    struct ending ending = run_apart(with_handler);
    ck_assert_int_eq(ending.status, 2);
    ck_assert_ptr_null(strstr(ending.output, "a handler of atexit ran"));
}
END_TEST

static void *panics_in_thread(void *barrier)
{
    (void)pthread_barrier_wait(barrier);
    panic("in a thread");
}

static void in_many_threads(void)
{
    pthread_barrier_t barrier;
    pthread_t thread;
    must_zero(pthread_barrier_init(&barrier, NULL, 8));
    for (int i = 0; i < 8; i++)
        must_zero(pthread_create(&thread, NULL, panics_in_thread, &barrier));
    pthread_join(thread, NULL);
}

START_TEST(threads_that_panic_together_make_one_report)
{
    struct ending ending = run_apart(in_many_threads);
    char *first = strstr(ending.output, "panic: in a thread\n");
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "panic: "));
}
END_TEST

static void *panics_when_cancelled(void *nothing)
{
    (void)nothing;
    must_zero(pthread_cancel(pthread_self()));
    panic("in a thread");
}

static void in_a_cancelled_thread(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, panics_when_cancelled, NULL));
    pthread_join(thread, NULL);
}

START_TEST(a_cancelled_thread_reports_its_panic_all_the_same)
{
    ck_dies(in_a_cancelled_thread, "panic: in a thread\n");
}
END_TEST

static void with_wrong_environment(void)
{
    setenv("RIPCORD_UNCAUGHT", "explode", 1);
    one();
}

START_TEST(an_unknown_choice_is_named_and_aborts)
{
    ck_dies(with_wrong_environment,
            "ripcord: RIPCORD_UNCAUGHT is \"explode\": neither \"abort\" nor "
            "\"exit\"");
}
END_TEST

static void hook(const ripcord_panic *panic)
{
    says("hook: ");
    says(panic->message);
    says("\n");
}

static void with_hook(void)
{
    ck_assert_ptr_null(ripcord_set_uncaught_hook(hook));
    ck_assert(ripcord_set_uncaught_hook(hook) == hook);
    one();
}

static void exits(const ripcord_panic *panic)
{
    _exit((int)strlen(panic->message));
}

static void with_exiting_hook(void)
{
    ripcord_set_uncaught_hook(exits);
    one();
}

static void panics_too(const ripcord_panic *panic)
{
    attempt () {
        panic("inside");
    } rescue (p) {
        says(p->message);
    }
    panic("outside %s", panic->message);
}

static void with_panicking_hook(void)
{
    ripcord_set_uncaught_hook(panics_too);
    one();
}

START_TEST(a_hook_runs_after_the_report)
{
    struct ending ending = run_apart(with_hook);
    char *report = strstr(ending.output, "panic: hello\n");
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_ptr_nonnull(report);
    ck_assert_ptr_nonnull(strstr(report, "\nhook: hello\n"));
    ck_assert_int_eq(run_apart(with_exiting_hook).status, 5);
}
END_TEST

START_TEST(a_panic_that_leaves_the_hook_ends_the_process)
{
    ck_dies(with_panicking_hook, "inside");
    ck_dies(with_panicking_hook, "the hook for uncaught panics panicked");
    ck_dies(with_panicking_hook, "outside hello");
}
END_TEST

/* ---- a stderr that takes nothing ---- */

static void with_closed_stderr(void)
{
    (void)close(STDERR_FILENO);
    one();
}

static void without_reader(void)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    (void)dup2(ends[1], STDERR_FILENO);
    (void)close(ends[0]);
    one();
}

static void with_full_pipe(void)
{
    char page[4096] = "";
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    (void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], page, sizeof page) > 0)
        continue;
    (void)fcntl(ends[1], F_SETFL, 0);
    (void)dup2(ends[1], STDERR_FILENO);
    one();
}

START_TEST(the_process_dies_whatever_stderr_is)
{
    ck_assert_int_eq(run_apart(with_closed_stderr).signal, SIGABRT);
    ck_assert_int_eq(run_apart(without_reader).signal, SIGABRT);
    ck_assert_int_eq(run_apart(with_full_pipe).signal, SIGABRT);
}
END_TEST

RUN_SUITE("report",
          one_panic,
          a_panic_in_a_deferred_call,
          recovered_and_another_one_in_the_same_call,
          recovered_and_raised_again,
          raised_again_from_a_rescue_block,
          raised_again_between_two_others,
          raised_again_behind_another_one,
          a_nested_one_that_was_recovered_is_not_listed,
          those_recovered_by_an_earlier_call_are_not_listed,
          further_lines_of_a_message_are_indented,
          the_report_comes_after_all_deferred_calls,
          the_places_of_all_panics_are_in_the_trace,
          the_process_aborts_or_exits_with_two,
          an_exit_runs_no_handlers,
          threads_that_panic_together_make_one_report,
          a_cancelled_thread_reports_its_panic_all_the_same,
          an_unknown_choice_is_named_and_aborts,
          a_hook_runs_after_the_report,
          a_panic_that_leaves_the_hook_ends_the_process,
          the_process_dies_whatever_stderr_is)
