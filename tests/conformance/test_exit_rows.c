/* SPDX-License-Identifier: MIT */
/*
 * What the exit of a thread does in Go, where it is Goexit of a goroutine,
 * each behaviour under its number in doc/go.md.
 */
#include "../support.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *run(void *function)
{
    (*(void (**)(void))function)();
    trace("returned");
    return NULL;
}

/* Runs a function in a thread, and returns the result of the thread. */
static void *in_thread(void (*function)(void))
{
    pthread_t thread;
    void *result;
    must_zero(pthread_create(&thread, NULL, run, &function));
    must_zero(pthread_join(thread, &result));
    return result;
}

static int answer;

static void exits(void) { thread_exit(&answer); }
RIPCORD_DEFERRABLE(exits)

static void panics(const char *message)
{
    trace(message);
    panic("%s", message);
}
RIPCORD_DEFERRABLE(panics, const char *)

static void sees(ripcord_panic *p)
{
    trace(recover(p) ? p->message : "nothing");
}
RIPCORD_RECOVERER(sees)

static void says(const char *word)
{
    if (write(STDERR_FILENO, word, strlen(word)) < 0)
        trace("stderr is gone");
}
RIPCORD_DEFERRABLE(says, const char *)

/* ---- the exit ---- */

static void exits_deeply(int depth)
{
    defer(trace_number, depth);
    if (depth > 0)
        exits_deeply(depth - 1);
    else
        exits();
    trace("not reached");
}

static void exits_from_frames(void)
{
    recoverable () {
        defer(trace, "oldest");
        exits_deeply(2);
    }
    trace("not reached");
}

START_TEST(g1_an_exit_runs_all_calls_and_no_caller_goes_on)
{
    ck_assert_ptr_eq(in_thread(exits_from_frames), &answer);
    ck_traced("0 1 2 oldest");
}
END_TEST

static void exits_under_recoverers(void)
{
    recoverable () {
        defer(sees);
        recoverable () {
            defer(sees);
            exits();
        }
        trace("not reached");
    }
    trace("not reached");
}

START_TEST(g2_recover_gets_nothing_in_an_exit)
{
    ck_assert_ptr_eq(in_thread(exits_under_recoverers), &answer);
    ck_traced("nothing nothing");
}
END_TEST

/* ---- panics on its way ---- */

static void recovers_its_own(void)
{
    recoverable () {
        defer(sees);
        panic("nested");
    }
    trace("goes on");
}
RIPCORD_DEFERRABLE(recovers_its_own)

static void recovered_in_the_call(void)
{
    defer(trace, "older");
    defer(recovers_its_own);
    exits();
}

static void recovered_in_the_block(void)
{
    recoverable () {
        defer(trace, "older");
        defer(sees);
        defer(panics, "p");
        exits();
    }
    trace("not reached");
}

static void recovered_further_out(void)
{
    recoverable () {
        defer(trace, "oldest");
        defer(sees);
        recoverable () {
            defer(panics, "p");
            exits();
        }
        trace("not reached");
    }
    trace("not reached");
}

START_TEST(g3_a_panic_recovered_on_its_way_does_not_stop_an_exit)
{
    ck_assert_ptr_eq(in_thread(recovered_in_the_call), &answer);
    ck_traced("nested goes on older");
    trace_reset();
    ck_assert_ptr_eq(in_thread(recovered_in_the_block), &answer);
    ck_traced("p p older");
    trace_reset();
    ck_assert_ptr_eq(in_thread(recovered_further_out), &answer);
    ck_traced("p p oldest");
}
END_TEST

static void panics_on_its_way(void)
{
    defer(says, "older\n");
    defer(panics, "p");
    exits();
}

static void waits_for_a_panic(void) { in_thread(panics_on_its_way); }

START_TEST(g4_a_panic_on_its_way_that_is_not_recovered_ends_the_process)
{
    struct ending ending = run_apart(waits_for_a_panic);
    const char start[] = "older\npanic: p\n\nthread ";
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_int_eq(strncmp(ending.output, start, strlen(start)), 0);
}
END_TEST

static void exits_in_a_panic(void)
{
    recoverable () {
        defer(sees);
        defer(trace, "older");
        defer(exits);
        panic("p");
    }
    trace("not reached");
}

START_TEST(g5_an_exit_drops_the_panic_that_runs_it)
{
    ck_assert_ptr_eq(in_thread(exits_in_a_panic), &answer);
    ck_traced("older nothing");
    trace("goes on");
}
END_TEST

static void recovers_and_exits(ripcord_panic *p)
{
    trace(recover(p)->message);
    exits();
}
RIPCORD_RECOVERER(recovers_and_exits)

static void exits_after_recovering(void)
{
    recoverable () {
        defer(sees);
        defer(recovers_and_exits);
        panic("p");
    }
    trace("not reached");
}

START_TEST(g6_an_exit_behind_a_recover_is_not_stopped_by_it)
{
    ck_assert_ptr_eq(in_thread(exits_after_recovering), &answer);
    ck_traced("p nothing");
}
END_TEST

static void panics_behind_an_exit(void)
{
    defer(panics, "second");
    defer(exits);
    panic("first");
}

static void waits_for_two_panics(void) { in_thread(panics_behind_an_exit); }

START_TEST(g7_a_dropped_panic_is_listed_when_a_later_one_is_uncaught)
{
    struct ending ending = run_apart(waits_for_two_panics);
    const char start[] = "panic: first\n\tpanic: second\n\nthread ";
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_int_eq(strncmp(ending.output, start, strlen(start)), 0);
}
END_TEST

static void two_panics_on_its_way(void)
{
    recoverable () {
        defer(trace, "older");
        defer(sees);
        defer(panics, "second");
        defer(panics, "first");
        exits();
    }
    trace("not reached");
}

START_TEST(g8_recovering_the_second_panic_does_not_stop_an_exit)
{
    ck_assert_ptr_eq(in_thread(two_panics_on_its_way), &answer);
    ck_traced("first second second older");
}
END_TEST

/* ---- the main thread ---- */

static sem_t main_exits;

static void lets_go_on(void) { sem_post(&main_exits); }
RIPCORD_DEFERRABLE(lets_go_on)

static void *outlives_main(void *nothing)
{
    (void)nothing;
    sem_wait(&main_exits);
    says("still here\n");
    _exit(0);
}

static void exits_main(void)
{
    pthread_t thread;
    sem_init(&main_exits, 0, 0);
    defer(lets_go_on);
    must_zero(pthread_create(&thread, NULL, outlives_main, NULL));
    exits();
}

START_TEST(g9_when_main_exits_the_other_threads_go_on)
{
    /* Valgrind takes what Check has for lost when main has exited. */
    if (getenv("RIPCORD_TEST_QUICK"))
        return;
    struct ending ending = run_apart(exits_main);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_int_eq(ending.status, 0);
    ck_assert_str_eq(ending.output, "still here\n");
}
END_TEST

/* ---- attempts, which Go has as functions that recover ---- */

static void exits_around_an_attempt(void)
{
    attempt () {
        defer(panics, "p");
        exits();
    } rescue (p) {
        trace("rescue");
    }
    trace("not reached");
}

START_TEST(g3_a_rescue_block_runs_and_then_the_exit_goes_on)
{
    ck_assert_ptr_eq(in_thread(exits_around_an_attempt), &answer);
    ck_traced("p rescue");
}
END_TEST

RUN_SUITE("rows of exits",
          g1_an_exit_runs_all_calls_and_no_caller_goes_on,
          g2_recover_gets_nothing_in_an_exit,
          g3_a_panic_recovered_on_its_way_does_not_stop_an_exit,
          g3_a_rescue_block_runs_and_then_the_exit_goes_on,
          g4_a_panic_on_its_way_that_is_not_recovered_ends_the_process,
          g5_an_exit_drops_the_panic_that_runs_it,
          g6_an_exit_behind_a_recover_is_not_stopped_by_it,
          g7_a_dropped_panic_is_listed_when_a_later_one_is_uncaught,
          g8_recovering_the_second_panic_does_not_stop_an_exit,
          g9_when_main_exits_the_other_threads_go_on)
