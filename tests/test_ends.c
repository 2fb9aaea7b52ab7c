/* SPDX-License-Identifier: MIT */
/*
 * Deferred calls that end the process: at the end of a block, during a panic,
 * and while their thread or the process exits.
 */
#include "faults.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the call in the middle does. */
static void (*way)(void);
static void ends(void) { way(); }
RIPCORD_DEFERRABLE(ends)

static void by_exit(void) { exit(7); }
static void by__exit(void) { _exit(7); }
static void by_quick_exit(void) { quick_exit(7); }

static void cleans_up(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.cleanup = RIPCORD_CLEANUP_ABRT;
    enable(&options);
}

/* ---- When it is called ---- */

static void at_the_end(void)
{
    defer(say, "older");
    defer(ends);
    defer(say, "newer");
}

static void at_the_end_of_a_scope(void)
{
    defer_scope(calls);
    defer_to(calls, say, "older");
    defer_to(calls, ends);
    defer_to(calls, say, "newer");
}

static void during_a_panic(void)
{
    defer(say, "older");
    defer(ends);
    defer(say, "newer");
    panic("dropped");
}

static void recovers(ripcord_panic *p) { (void)recover(p); }
RIPCORD_RECOVERER(recovers)

static void after_a_recovery(void)
{
    recoverable () {
        defer(say, "older");
        defer(ends);
        defer(say, "newer");
        defer(recovers);
        panic("recovered");
    }
}

static void *exits(void *unused)
{
    defer(say, "older");
    defer(ends);
    defer(say, "newer");
    thread_exit(unused);
}

static void while_a_thread_exits(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, exits, NULL));
    must_zero(pthread_join(thread, NULL));
}

static void while_the_process_exits(void)
{
    defer(say, "older");
    defer(ends);
    defer(say, "newer");
    ripcord_exit(8);
}

static void (*const occasions[])(void) = {
    at_the_end, at_the_end_of_a_scope, during_a_panic, after_a_recovery,
    while_a_thread_exits, while_the_process_exits
};
enum { OCCASIONS = sizeof occasions / sizeof occasions[0] };

static int occasion;

static void says_bye(void) { say("bye"); }

static void with_handlers(void)
{
    (void)atexit(says_bye);
    (void)at_quick_exit(says_bye);
    occasions[occasion]();
}

static void with_cleanup(void)
{
    cleans_up();
    occasions[occasion]();
}

/* ---- How it ends ---- */

static void ck_ended(void (*how)(void), int signal, int status,
                     const char *output)
{
    way = how;
    for (occasion = 0; occasion < OCCASIONS; occasion++) {
        struct ending ending = run_apart(with_handlers);
        ck_assert_msg(ending.signal == signal && ending.status == status &&
                      strcmp(ending.output, output) == 0,
                      "%d: ended by signal %d, status %d, saying:\n%s",
                      occasion, ending.signal, ending.status, ending.output);
    }
}

START_TEST(the_exits_of_the_c_library_run_no_more_calls)
{
    ck_ended(by_exit, 0, 7, "newer\nbye\n");
    ck_ended(by_quick_exit, 0, 7, "newer\nbye\n");
    ck_ended(by__exit, 0, 7, "newer\n");
}
END_TEST

START_TEST(abort_runs_no_more_calls_and_reports_nothing)
{
    ck_ended(abort, SIGABRT, 0, "newer\n");
}
END_TEST

START_TEST(with_cleanup_of_its_signal_abort_runs_the_others)
{
    way = abort;
    for (occasion = 0; occasion < OCCASIONS; occasion++)
        ck_ends(with_cleanup, SIGABRT, "newer\nolder\n");
}
END_TEST

RUN_SUITE("ends", the_exits_of_the_c_library_run_no_more_calls,
          abort_runs_no_more_calls_and_reports_nothing,
          with_cleanup_of_its_signal_abort_runs_the_others)
