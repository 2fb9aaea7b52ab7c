/* SPDX-License-Identifier: MIT */
/*
 * Signals that ask the process to end: cleanup at once, and panics at safe
 * points.
 */
#include "faults.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Cleanup at once ---- */

static void enable_cleanup(unsigned cleanup, unsigned seconds)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.cleanup = cleanup;
    options.watchdog_seconds = seconds;
    enable(&options);
}

static int which;

static void recovers(ripcord_panic *p)
{
    say(!p ? "normal end" : recover(p) ? "recovered" : "not recovered");
}
RIPCORD_RECOVERER(recovers)

static void is_told_to_end(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ALL, 10);
    recoverable () {
        defer(recovers);
        defer_on_failure(say, "cleanup");
        attempt () {
            (void)raise(which);
        } rescue (p) {
            say(p->message);
        }
        say("goes on");
    }
}

START_TEST(each_signal_runs_the_calls_and_ends_the_process)
{
    static const int signals[] = {
        SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT, SIGSYS
    };
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        which = signals[i];
        ck_ends(is_told_to_end, which, "cleanup\nnot recovered\n");
    }
}
END_TEST

/* As servers wait for signals that they block otherwise. */
static void waits_for_it(void)
{
    sigset_t set;

    enable_cleanup(RIPCORD_CLEANUP_TERM, 10);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)raise(SIGTERM);
    defer(say, "cleanup");
    (void)sigemptyset(&set);
    (void)sigsuspend(&set);
    say("goes on");
}

START_TEST(so_does_one_that_is_let_through_for_one_call)
{
    /* ThreadSanitizer calls handlers later, with a copy of the mask. */
    if (IS_THREAD_SANITIZED)
        return;
    ck_ends(waits_for_it, SIGTERM, "cleanup\n");
}
END_TEST

static void aborts(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ABRT, 10);
    defer(say, "cleanup");
    abort();
}

static void asserts(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ABRT, 10);
    defer(say, "cleanup");
    assert(which == -1);
}

static void is_called_before(int signal)
{
    say(signal == SIGTERM ? "the handler that was there" : "another signal");
}

static void with_a_handler_that_returns(void)
{
    (void)signal(SIGTERM, is_called_before);
    enable_cleanup(RIPCORD_CLEANUP_TERM, 10);
    defer(say, "cleanup");
    (void)raise(SIGTERM);
    say("goes on");
}

static void with_nothing_to_clean_up(void)
{
    (void)signal(SIGTERM, is_called_before);
    enable_cleanup(RIPCORD_CLEANUP_TERM, 10);
    (void)raise(SIGTERM);
    say("goes on");
}

START_TEST(so_does_one_that_had_a_handler_which_returns)
{
    ck_ends(with_a_handler_that_returns, SIGTERM,
            "cleanup\nthe handler that was there\n");
    ck_ends(with_nothing_to_clean_up, SIGTERM,
            "the handler that was there\n");
}
END_TEST

START_TEST(so_do_abort_and_a_failed_assertion)
{
    ck_ends(aborts, SIGABRT, "cleanup\n");
    ck_ends_saying(asserts, SIGABRT, "which == -1");
    ck_ends_saying(asserts, SIGABRT, "\ncleanup\n");
}
END_TEST

static void panics_uncaught(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ABRT, 10);
    defer(say, "cleanup");
    panic("hello");
}

START_TEST(an_uncaught_panic_is_reported_once)
{
    ck_ends(panics_uncaught, SIGABRT, "cleanup\npanic: hello\n");
}
END_TEST

static void misuses(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ABRT, 10);
    defer(say, "not reached");
    panic_again(NULL);
}

START_TEST(misuse_runs_no_calls)
{
    ck_ends_saying(misuses, SIGABRT, "was given NULL\n");
}
END_TEST

static void raise_again(void) { (void)raise(SIGTERM); (void)raise(SIGINT); }
RIPCORD_DEFERRABLE(raise_again)

static void told_twice(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ALL, 10);
    defer(say, "cleanup");
    defer(raise_again);
    (void)raise(SIGHUP);
}

START_TEST(a_second_signal_does_not_cut_the_cleanup_short)
{
    ck_ends(told_twice, SIGHUP, "cleanup\n");
}
END_TEST

static void abort_in_cleanup(void) { abort(); }
RIPCORD_DEFERRABLE(abort_in_cleanup)

static void aborts_in_cleanup(void)
{
    enable_cleanup(RIPCORD_CLEANUP_ALL, 10);
    defer(abort_in_cleanup);
    (void)raise(SIGHUP);
}

START_TEST(abort_in_the_cleanup_ends_it_by_the_first_signal)
{
    ck_ends(aborts_in_cleanup, SIGHUP, "");
}
END_TEST

static void waits(void)
{
    for (;;)
        (void)pause();
}
RIPCORD_DEFERRABLE(waits)

static void hangs(void)
{
    enable_cleanup(RIPCORD_CLEANUP_TERM, 1);
    defer(waits);
    (void)raise(SIGTERM);
}

START_TEST(cleanup_that_hangs_ends)
{
    ck_ends_saying(hangs, SIGTERM, "did not end in time");
}
END_TEST

static void panics(void) { panic("hello"); }
RIPCORD_DEFERRABLE(panics)

static void panics_in_cleanup(void)
{
    enable_cleanup(RIPCORD_CLEANUP_TERM, 10);
    attempt () {
        defer(panics);
        (void)raise(SIGTERM);
    } rescue (p) {
        say(p->message);
    }
}

START_TEST(a_panic_in_the_cleanup_is_reported)
{
    ck_ends(panics_in_cleanup, SIGTERM,
            "fatal error: SIGTERM: termination\n\tpanic: hello\n");
}
END_TEST

START_TEST(what_is_ignored_stays_so)
{
    (void)signal(SIGHUP, SIG_IGN);
    enable_cleanup(RIPCORD_CLEANUP_HUP, 10);
    (void)raise(SIGHUP);
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    (void)raise(SIGHUP);
    check_interrupt();
}
END_TEST

static void faults_then_told(void)
{
    enable_cleanup(RIPCORD_CLEANUP_TERM, 10);
    recoverable () {
        defer(recovers);
        defer(say, "cleanup");
        defer(raise_again);
        store_null();
    }
    say("goes on");
}

START_TEST(a_signal_while_a_fault_runs_the_calls_is_not_lost)
{
    ck_ends(faults_then_told, SIGTERM, "cleanup\nnot recovered\n");
}
END_TEST

/* ---- Panics at safe points ---- */

START_TEST(an_interrupt_is_a_panic_at_the_next_safe_point)
{
    volatile int line = 0;
    check_interrupt();
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    attempt (line) {
        check_interrupt();
        (void)raise(SIGTERM);
        trace("goes on");
        line = __LINE__ + 1;
        check_interrupt();
        trace("not reached");
    } rescue (p) {
        ck_assert_ptr_eq(p->kind, &RIPCORD_INTERRUPT);
        ck_assert_int_eq(p->code, SIGTERM);
        ck_assert_int_eq(p->line, line);
        ck_assert_str_eq(p->function, __func__);
        trace(p->message);
    }
    check_interrupt();
    ck_traced("goes on SIGTERM: termination");
}
END_TEST

START_TEST(operations_that_are_interrupted_are_safe_points)
{
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    attempt () {
        (void)raise(SIGINT);
        (void)must_not_negative((errno = EINTR, -1));
    } rescue (p) {
        trace(p->message);
    }
    attempt () {
        (void)must_not_negative((errno = EINTR, -1));
    } rescue (p) {
        trace(p->kind->name);
    }
    ck_traced("SIGINT: interrupt system error");
}
END_TEST

static pid_t opener;

/* Interrupts a thread when it waits in open. */
static void *interrupts(void *thread)
{
    char path[64], text[64];
    int call = 0;
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/syscall",
                   (int)opener);
    while (call != SYS_openat && call != -1) {
        FILE *file = fopen(path, "r");
        call = file && fgets(text, sizeof text, file) ? atoi(text) : -1;
        if (file)
            (void)fclose(file);
    }
    (void)pthread_kill(*(pthread_t *)thread, SIGTERM);
    return NULL;
}

START_TEST(so_is_open)
{
    char path[] = "/tmp/ripcord-XXXXXX", fifo[64];
    pthread_t self = pthread_self(), thread;

    ck_assert_ptr_nonnull(mkdtemp(path));
    defer(rmdir, path);
    (void)snprintf(fifo, sizeof fifo, "%s/fifo", path);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    defer(unlink, fifo);
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    opener = (pid_t)syscall(SYS_gettid);
    (void)pthread_create(&thread, NULL, interrupts, &self);
    attempt () {
        (void)must_open(fifo, O_RDONLY);
    } rescue (p) {
        trace(p->message);
    }
    (void)pthread_join(thread, NULL);
    ck_traced("SIGTERM: termination");
}
END_TEST

static void uncaught_interrupt(void)
{
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    defer(say, "cleanup");
    (void)raise(which);
    check_interrupt();
}

START_TEST(an_uncaught_one_ends_the_process_by_the_signal)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
    (void)ripcord_set_uncaught(RIPCORD_UNCAUGHT_EXIT);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        which = signals[i];
        ck_ends(uncaught_interrupt, which, "cleanup\n");
    }
}
END_TEST

static void impatient(void)
{
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    defer(say, "not reached");
    (void)raise(SIGINT);
    say("once");
    (void)raise(SIGINT);
    say("twice");
}

START_TEST(a_second_one_ends_it_at_once)
{
    ck_ends(impatient, SIGINT, "once\n");
}
END_TEST

START_TEST(they_can_be_disabled_and_are_not_shared)
{
    struct sigaction before, after;
    (void)sigaction(SIGTERM, NULL, &before);
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    ck_assert_int_eq(ripcord_interrupts_enable(), -1);
    ck_assert_int_eq(errno, EALREADY);
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.cleanup = RIPCORD_CLEANUP_TERM;
    ck_assert_int_eq(ripcord_faults_enable(&options), -1);
    ck_assert_str_eq(ripcord_faults_reason(), "SIGTERM: termination is taken "
                     "by ripcord_interrupts_enable");
    ck_assert_int_eq(ripcord_interrupts_disable(), 0);
    ck_assert_int_eq(ripcord_interrupts_disable(), -1);
    (void)sigaction(SIGTERM, NULL, &after);
    ck_assert(before.sa_handler == after.sa_handler);
    enable(&options);
    ck_assert_int_eq(ripcord_interrupts_enable(), -1);
    ck_assert_str_eq(ripcord_faults_reason(), "SIGTERM: termination is taken "
                     "by ripcord_faults_enable");
}
END_TEST

RUN_SUITE("interrupt",
    each_signal_runs_the_calls_and_ends_the_process,
    so_does_one_that_is_let_through_for_one_call,
    so_does_one_that_had_a_handler_which_returns,
    so_do_abort_and_a_failed_assertion,
    an_uncaught_panic_is_reported_once,
    misuse_runs_no_calls,
    a_second_signal_does_not_cut_the_cleanup_short,
    abort_in_the_cleanup_ends_it_by_the_first_signal,
    cleanup_that_hangs_ends,
    a_panic_in_the_cleanup_is_reported,
    what_is_ignored_stays_so,
    a_signal_while_a_fault_runs_the_calls_is_not_lost,
    an_interrupt_is_a_panic_at_the_next_safe_point,
    operations_that_are_interrupted_are_safe_points,
    so_is_open,
    an_uncaught_one_ends_the_process_by_the_signal,
    a_second_one_ends_it_at_once,
    they_can_be_disabled_and_are_not_shared)
