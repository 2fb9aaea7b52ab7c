/* SPDX-License-Identifier: MIT */
/*
 * A frame that is unwound by the system, because its thread exits or is
 * cancelled, runs its deferred calls too, each once.
 */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t ready;

static void exits(void)
{
    trace("exit");
    pthread_exit(NULL);
}
RIPCORD_DEFERRABLE(exits)

static void in_frames(int depth, void (*then)(void))
{
    defer(trace_number, depth);
    if (depth > 0)
        in_frames(depth - 1, then);
    else
        then();
    trace("not reached");
}

static void waits(void)
{
    trace("wait");
    sem_post(&ready);
    for (;;)
        pause();
}

static void panics(void) { panic("p"); }
RIPCORD_DEFERRABLE(panics)

static void exits_in_a_deferred_call(void)
{
    defer(trace, "older");
    defer(exits);
    defer(trace, "newer");
    panic("p");
}

static void exits_from_landings(void)
{
    recoverable () {
        defer(trace_recovery);
        attempt () {
            defer_scope(calls);
            for (int i = 0; i < 20; i++)
                defer_to(calls, trace_number, i);
            defer_as(early, trace, "early");
            defer_run(early);
            defer_as(dropped, trace, "dropped");
            defer_cancel(dropped);
            exits();
        } rescue (p) {
            trace("not reached");
        }
    }
    trace("not reached");
}

static void exits_with(void *argument)
{
    (void)argument;
    exits();
}

static void exits_under_protect(void)
{
    defer(trace, "older");
    (void)ripcord_protect(exits_with, NULL, NULL);
    trace("not reached");
}

static void recovers_on_the_way(void)
{
    recoverable () {
        defer(trace_recovery);
        defer(panics);
    }
    trace("landed");
}
RIPCORD_DEFERRABLE(recovers_on_the_way)

static void exits_and_recovers(void)
{
    defer(trace, "older");
    defer(recovers_on_the_way);
    exits();
}

struct work {
    void (*function)(void);
    bool in_frames;
};

static void *run(void *argument)
{
    const struct work *work = argument;
    if (work->in_frames)
        in_frames(2, work->function);
    else
        work->function();
    return argument;
}

static void *run_thread(void (*function)(void), bool frames, bool cancel)
{
    struct work work = { function, frames };
    pthread_t thread;
    void *result;
    must_zero(pthread_create(&thread, NULL, run, &work));
    if (cancel) {
        while (sem_wait(&ready) != 0)
            continue;
        must_zero(pthread_cancel(thread));
    }
    must_zero(pthread_join(thread, &result));
    return result;
}

START_TEST(pthread_exit_runs_the_calls_of_every_frame)
{
    ck_assert_ptr_null(run_thread(exits, true, false));
    ck_traced("exit 0 1 2");
}
END_TEST

START_TEST(cancellation_runs_the_calls_of_every_frame)
{
    must_zero(sem_init(&ready, 0, 0));
    ck_assert_ptr_eq(run_thread(waits, true, true), PTHREAD_CANCELED);
    ck_traced("wait 0 1 2");
}
END_TEST

START_TEST(pthread_exit_leaves_scopes_and_landings)
{
    run_thread(exits_from_landings, false, false);
    ck_traced("early exit 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0");
    trace_reset();
    run_thread(exits_under_protect, false, false);
    ck_traced("exit older");
}
END_TEST

START_TEST(pthread_exit_in_a_deferred_call_runs_the_rest_once)
{
    run_thread(exits_in_a_deferred_call, true, false);
    ck_traced("newer exit older 0 1 2");
}
END_TEST

START_TEST(a_panic_can_be_recovered_while_the_thread_exits)
{
    run_thread(exits_and_recovers, true, false);
    ck_traced("exit recovered:p landed older 0 1 2");
}
END_TEST

RUN_SUITE("unwind",
          pthread_exit_runs_the_calls_of_every_frame,
          cancellation_runs_the_calls_of_every_frame,
          pthread_exit_leaves_scopes_and_landings,
          pthread_exit_in_a_deferred_call_runs_the_rest_once,
          a_panic_can_be_recovered_while_the_thread_exits)
