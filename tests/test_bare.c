/* SPDX-License-Identifier: MIT */
/*
 * Code that is compiled without -fexceptions, which pthread_exit and
 * cancellation pass in silence: its calls do not run, and that is said.
 */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#ifdef __EXCEPTIONS
#error "this is to be compiled with -fno-exceptions"
#endif

static sem_t ready;

static void *exits(void *argument)
{
    defer(trace, "oldest");
    {
        defer(trace, "newest");
        pthread_exit(argument);
    }
}

static void *is_cancelled(void *argument)
{
    defer(trace, "oldest");
    (void)sem_post(&ready);
    for (;;)
        (void)pause();
    return argument;
}

static void *exits_from_a_landing(void *argument)
{
    recoverable () {
        pthread_exit(argument);
    }
    return argument;
}

static void *leaves_a_scope(void *argument)
{
    defer_scope(calls);
    defer_to(calls, trace, "in a scope");
    pthread_exit(argument);
}

static void plain(void *(*function)(void *))
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, function, NULL));
    must_zero(pthread_join(thread, NULL));
}

static void by_exit(void) { plain(exits); }
static void from_a_landing(void) { plain(exits_from_a_landing); }
static void from_a_scope(void) { plain(leaves_a_scope); }

static void by_cancellation(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, is_cancelled, NULL));
    while (sem_wait(&ready) != 0)
        continue;
    must_zero(pthread_cancel(thread));
    must_zero(pthread_join(thread, NULL));
}

#ifndef SANITIZED
/* Its entry is the first thing in the first frame of the thread. */
static void *exits_at_once(void *argument)
{
    defer(trace, "only");
    pthread_exit(argument);
}

static void ours(void *(*function)(void *))
{
    ripcord_thread thread;
    must_zero(thread_start(&thread, NULL, function, NULL));
    (void)thread_join(thread, NULL, NULL);
}

/* So far down that the end of the thread does not overwrite the entry. */
static void *exits_far_down(void *argument)
{
    volatile char room[16384];
    KEEP(room);
    argument = exits(argument);
    room[0] = 1;
    return argument;
}

static void by_exit_of_ours(void) { ours(exits_far_down); }
static void at_once_of_ours(void) { ours(exits_at_once); }
#endif

static void of_main(void)
{
    (void)exits(NULL);
}

#define LEFT "a thread was ended, by pthread_exit or a cancellation, and " \
             "left calls pending"

START_TEST(pthread_exit_that_skips_calls_is_diagnosed)
{
    ck_dies(by_exit, LEFT ": trace, deferred at ");
    ck_dies(by_exit, " in exits, and any newer ones: compile with "
                     "-fexceptions what defers, or use thread_exit\n");
    ck_dies(of_main, LEFT ": trace, deferred at ");
    ck_dies(from_a_landing, LEFT ": recoverable, deferred at ");
    ck_dies(from_a_scope, LEFT ": calls, deferred at ");
}
END_TEST

START_TEST(cancellation_that_skips_calls_is_diagnosed)
{
    ck_dies(by_cancellation, LEFT ": trace, deferred at ");
    ck_dies(by_cancellation, " in is_cancelled, and any newer ones: ");
}
END_TEST

/* The frame that is gone may be overwritten by what a sanitizer does. */
#ifndef SANITIZED
START_TEST(in_a_thread_of_ours_the_newest_call_is_named)
{
    ck_dies(by_exit_of_ours, LEFT);
    ck_dies(by_exit_of_ours, " (trace, deferred at ");
    ck_dies(by_exit_of_ours, " in exits): compile with -fexceptions");
    ck_dies(at_once_of_ours, LEFT);
#ifndef __clang__ /* which lays that frame where the end of a thread writes */
    ck_dies(at_once_of_ours, " in exits_at_once): compile with -fexceptions");
#endif
}
END_TEST
#endif

static void *walks(void *argument)
{
    defer(trace, "oldest");
    defer(trace, "newest");
    thread_exit(argument);
}

static void *defers_and_returns(void *argument)
{
    for (int i = 0; i < 3; i++) {
        defer(trace_number, i);
    }
    return argument;
}

START_TEST(the_exit_of_a_thread_runs_them_all)
{
    plain(walks);
    ck_traced("newest oldest");
}
END_TEST

START_TEST(a_thread_that_returns_is_not_suspected)
{
    plain(defers_and_returns);
    ck_traced("0 1 2");
}
END_TEST

RUN_SUITE("bare",
          pthread_exit_that_skips_calls_is_diagnosed,
          cancellation_that_skips_calls_is_diagnosed,
          UNSANITIZED(in_a_thread_of_ours_the_newest_call_is_named)
          the_exit_of_a_thread_runs_them_all,
          a_thread_that_returns_is_not_suspected)
