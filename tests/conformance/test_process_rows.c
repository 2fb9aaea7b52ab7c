/* SPDX-License-Identifier: MIT */
/*
 * Deferred calls and panics where a process or a thread ends: Go's
 * behaviours, each under its number in doc/go.md.
 */
#include "../support.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Expects a report that begins with these lines, and SIGABRT. */
static void ck_reports(void (*function)(void), const char *lines)
{
    struct ending ending = run_apart(function);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_msg(strncmp(ending.output, lines, strlen(lines)) == 0,
                  "says:\n%s\nnot:\n%s", ending.output, lines);
}

static void says(const char *word)
{
    ck_assert_int_gt(write(STDERR_FILENO, word, strlen(word)), 0);
}
RIPCORD_DEFERRABLE(says, const char *)

static void ends_by_exit(void) { exit(3); }
RIPCORD_DEFERRABLE(ends_by_exit)

static void exits_at_once(void)
{
    defer(says, "not reached\n");
    exit(3);
}

static void exits_in_a_deferred_call(void)
{
    recoverable () {
        defer(says, "not reached\n");
        defer(ends_by_exit);
        panic("p");
    }
}

START_TEST(d16_exit_runs_no_deferred_calls)
{
    struct ending ending = run_apart(exits_at_once);
    ck_assert_int_eq(ending.status, 3);
    ck_assert_str_eq(ending.output, "");
    ending = run_apart(exits_in_a_deferred_call);
    ck_assert_int_eq(ending.status, 3);
    ck_assert_str_eq(ending.output, "");
}
END_TEST

static sem_t ready, never;

static void waits_for_ever(void)
{
    sem_post(&ready);
    sem_wait(&never);
}
RIPCORD_DEFERRABLE(waits_for_ever)

static void *with_pending_calls(void *panics)
{
    defer(says, "not reached\n");
    defer(waits_for_ever);
    if (panics)
        panic("p");
    waits_for_ever();
    return NULL;
}

static void main_returns(void)
{
    pthread_t threads[2];
    sem_init(&ready, 0, 0);
    sem_init(&never, 0, 0);
    {
        defer(says, "main's own\n");
        for (int i = 0; i < 2; i++) {
            must_zero(pthread_create(&threads[i], NULL, with_pending_calls,
                                     i ? &ready : NULL));
            sem_wait(&ready);
        }
    }
    exit(0);
}

START_TEST(d17_the_end_of_main_does_not_run_calls_of_other_threads)
{
    struct ending ending = run_apart(main_returns);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_int_eq(ending.status, 0);
    ck_assert_str_eq(ending.output, "main's own\n");
}
END_TEST

static void *panics_alone(void *nothing)
{
    (void)nothing;
    defer(says, "the thread's own\n");
    panic("alone");
}

static void says_recovered(ripcord_panic *p)
{
    if (recover(p))
        says("not reached\n");
}
RIPCORD_RECOVERER(says_recovered)

static void waits_for_a_panicking_thread(void)
{
    pthread_t thread;
    recoverable () {
        defer(says_recovered);
        defer(says, "not reached\n");
        must_zero(pthread_create(&thread, NULL, panics_alone, NULL));
        pthread_join(thread, NULL);
    }
}

START_TEST(d18_deferred_calls_belong_to_their_thread)
{
    struct ending ending = run_apart(waits_for_a_panicking_thread);
    const char start[] = "the thread's own\npanic: alone\n";
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_int_eq(strncmp(ending.output, start, strlen(start)), 0);
    ck_assert_ptr_null(strstr(ending.output, "not reached"));
}
END_TEST

/* A sanitizer reports faults itself. */
#ifndef SANITIZED
static void reads_protected_memory(void)
{
    const volatile char *page = mmap(NULL, 4096, PROT_NONE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    defer(says, "not reached\n");
    attempt () {
        trace_number(page[100]);
    } rescue (p) {
        says("not reached\n");
    }
}

START_TEST(p14_a_fault_is_fatal_unless_faults_are_enabled)
{
    struct ending ending = run_apart(reads_protected_memory);
    ck_assert_int_eq(ending.signal, SIGSEGV);
    ck_assert_ptr_null(strstr(ending.output, "not reached"));
}
END_TEST
#endif

static void raises_a_dead_panic(void)
{
    static ripcord_panic *dead;
    defer(says, "not reached\n");
    attempt () {
        panic_again(dead);
    } rescue (p) {
        says("not reached\n");
    }
}

START_TEST(p15_a_fatal_error_runs_nothing_and_is_not_recovered)
{
    ck_reports(raises_a_dead_panic, "fatal error: ripcord: panic_again at ");
    ck_assert_ptr_null(strstr(run_apart(raises_a_dead_panic).output,
                              "not reached"));
}
END_TEST

/* ---- threads ---- */

static void *panics_in_thread(void *nothing)
{
    (void)nothing;
    defer(says, "the thread's own\n");
    panic("in a thread");
}

static void waits_for_thread(void)
{
    pthread_t thread;
    defer(says, "not reached\n");
    must_zero(pthread_create(&thread, NULL, panics_in_thread, NULL));
    pthread_join(thread, NULL);
}

START_TEST(p16_an_uncaught_panic_of_any_thread_ends_the_process)
{
    ck_reports(waits_for_thread, "the thread's own\npanic: in a thread\n\n");
    ck_assert_ptr_null(strstr(run_apart(waits_for_thread).output,
                              "not reached"));
}
END_TEST

/* What poll is to the kernel. */
#ifdef SYS_poll
#define SYS_POLL SYS_poll
#else
#define SYS_POLL SYS_ppoll
#endif

static sem_t reporting, exiting;

static void is_exiting(void) { sem_post(&exiting); }

/* Waits until the main thread waits in its turn: its system call is poll. If
   it does not, the process ends and the test fails. */
static void await_waiting(void)
{
    char path[64], call[8] = "";
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/syscall",
                   (int)getpid());
    for (FILE *file; atoi(call) != SYS_POLL && (file = fopen(path, "r"));
         fclose(file)) {
        if (!fgets(call, sizeof call, file))
            call[0] = '\0';
        sched_yield();
    }
}

/* Runs while the main thread is on its way out. */
static void lasts(const ripcord_panic *p)
{
    sem_post(&reporting);
    sem_wait(&exiting);
    await_waiting();
    says(p->message);
}

static void exits_during_a_report(void)
{
    pthread_t thread;
    sem_init(&reporting, 0, 0);
    sem_init(&exiting, 0, 0);
    ck_assert_int_eq(atexit(is_exiting), 0);
    ripcord_set_uncaught_hook(lasts);
    must_zero(pthread_create(&thread, NULL, panics_in_thread, NULL));
    sem_wait(&reporting);
    exit(0);
}

START_TEST(p17_an_exit_waits_for_the_report_of_another_thread)
{
    struct ending ending = run_apart(exits_during_a_report);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_ptr_nonnull(strstr(ending.output, "[running]:"));
    ck_assert_ptr_nonnull(strstr(ending.output, "\nin a thread"));
}
END_TEST

static void deferred_output(void)
{
    defer(says, "older\n");
    defer(says, "newer\n");
    panic("p");
}

START_TEST(p18_the_report_comes_behind_all_deferred_output)
{
    ck_reports(deferred_output, "newer\nolder\npanic: p\n\n");
}
END_TEST

RUN_SUITE("rows of processes",
          d16_exit_runs_no_deferred_calls,
          d17_the_end_of_main_does_not_run_calls_of_other_threads,
          d18_deferred_calls_belong_to_their_thread,
          UNSANITIZED(p14_a_fault_is_fatal_unless_faults_are_enabled)
          p15_a_fatal_error_runs_nothing_and_is_not_recovered,
          p16_an_uncaught_panic_of_any_thread_ends_the_process,
          p17_an_exit_waits_for_the_report_of_another_thread,
          p18_the_report_comes_behind_all_deferred_output)
