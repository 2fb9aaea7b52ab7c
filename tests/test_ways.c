/* SPDX-License-Identifier: MIT */
/*
 * The ways out of a thread and a process, and the child of a fork: what
 * runs, and what does not.
 */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *word)
{
    if (write(STDERR_FILENO, word, strlen(word)) != (ssize_t)strlen(word) ||
        write(STDERR_FILENO, " ", 1) != 1)
        abort();
}
RIPCORD_DEFERRABLE(say, const char *)

static void panics(void) { panic("on the way"); }
RIPCORD_DEFERRABLE(panics)

/* A way out ends with a status and has said something. */
#define ck_ends(function, expected, said)                       \
    do {                                                        \
        struct ending ending = run_apart(function);             \
        ck_assert_str_eq(ending.output, said);                  \
        ck_assert_int_eq(ending.signal, 0);                     \
        ck_assert_int_eq(ending.status, expected);              \
    } while (0)

/* ---- Ends of the process ---- */

static void says_bye(void)
{
    say("bye");
}

static void quick(int status) { quick_exit(status); }
static void at_once(int status) { _exit(status); }

static void leave_by(void (*way)(int))
{
    defer(say, "older");
    {
        defer(say, "newer");
        way(7);
    }
}

static void by_exit(void)
{
    (void)atexit(says_bye);
    leave_by(exit);
}

static void by_quick_exit(void)
{
    (void)at_quick_exit(says_bye);
    leave_by(quick);
}

static void by__exit(void) { leave_by(at_once); }

static void exits_by_deferred_call(int status) { exit(status); }
RIPCORD_DEFERRABLE(exits_by_deferred_call, int)

static void by_exit_in_a_deferred_call(void)
{
    defer(say, "older");
    defer(exits_by_deferred_call, 7);
    panic("dropped");
}

START_TEST(the_exits_of_the_c_library_run_no_deferred_call)
{
    ck_ends(by_exit, 7, "bye ");
    ck_ends(by_quick_exit, 7, "bye ");
    ck_ends(by__exit, 7, "");
    ck_ends(by_exit_in_a_deferred_call, 7, "");
}
END_TEST

static void by_ripcord_exit(void)
{
    (void)atexit(says_bye);
    defer_on_success(say, "success");
    defer_on_failure(say, "failure");
    attempt () {
        leave_by(ripcord_exit);
    } rescue (p) {
        say("not reached");
    }
}

static void recovers(ripcord_panic *p)
{
    say(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(recovers)

static void with_a_recovered_panic(void)
{
    defer(say, "last");
    recoverable () {
        defer(recovers);
        defer(panics);
        ripcord_exit(7);
    }
    say("not reached");
}

static void with_a_rescued_panic(void)
{
    defer(say, "last");
    attempt () {
        defer(panics);
        RIPCORD_EXIT(7);
    } rescue (p) {
        say(p->message);
    }
    say("not reached");
}

static void with_an_uncaught_panic(void)
{
    defer(say, "last");
    defer(panics);
    ripcord_exit(7);
}

static void exits_deferred(void) { ripcord_exit(7); }
RIPCORD_DEFERRABLE(exits_deferred)

static void during_a_panic(void)
{
    defer(say, "last");
    defer(exits_deferred);
    panic("dropped");
}

static void *exits_the_process(void *argument)
{
    defer(say, "of the thread");
    RIPCORD_EXIT(7);
    return argument;
}

static void in_a_thread(void)
{
    ripcord_thread thread;
    defer(say, "of main");
    must_zero(thread_start(&thread, NULL, exits_the_process, NULL));
    for (;;)
        (void)pause();
}

START_TEST(ripcord_exit_runs_the_calls_of_the_thread_first)
{
    ck_ends(by_ripcord_exit, 7, "newer older failure bye ");
    ck_ends(in_a_thread, 7, "of the thread ");
    ck_ends(during_a_panic, 7, "last ");
}
END_TEST

START_TEST(ripcord_exit_goes_on_when_a_panic_on_its_way_is_recovered)
{
    ck_ends(with_a_recovered_panic, 7, "recovered last ");
    ck_ends(with_a_rescued_panic, 7, "on the way last ");
}
END_TEST

START_TEST(an_uncaught_panic_on_the_way_of_ripcord_exit_is_reported)
{
    ck_dies(with_an_uncaught_panic, "last panic: on the way\n");
}
END_TEST

/* ---- Panics where nothing of the program is left ---- */

static void in_an_exit_handler(void)
{
    (void)atexit(panics);
    exit(0);
}

static void in_an_exit_handler_of_a_deep_exit(void)
{
    (void)atexit(panics);
    leave_by(exit);
}

static void panics_for_good(void *unused)
{
    (void)unused;
    defer(say, "in the destructor");
    panic("of a destructor");
}

static pthread_key_t key;

static void *has_a_destructor(void *argument)
{
    ck_assert_int_eq(pthread_key_create(&key, panics_for_good), 0);
    ck_assert_int_eq(pthread_setspecific(key, &key), 0);
    return argument;
}

static void in_a_destructor(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, has_a_destructor, NULL));
    must_zero(pthread_join(thread, NULL));
}

static void in_a_destructor_of_ours(void)
{
    ripcord_thread thread;
    must_zero(thread_start(&thread, NULL, has_a_destructor, NULL));
    must_zero(thread_join(thread, NULL, NULL));
}

static void recovers_inside(void *unused)
{
    (void)unused;
    attempt () {
        panic("inside");
    } rescue (p) {
        trace(p->message);
    }
}

static void *has_a_tidy_destructor(void *argument)
{
    ck_assert_int_eq(pthread_key_create(&key, recovers_inside), 0);
    ck_assert_int_eq(pthread_setspecific(key, &key), 0);
    return argument;
}

START_TEST(a_panic_in_an_exit_handler_is_uncaught)
{
    ck_dies(in_an_exit_handler, "panic: on the way\n");
    ck_dies(in_an_exit_handler_of_a_deep_exit,
            "newer older panic: on the way\n");
}
END_TEST

START_TEST(a_panic_in_a_thread_specific_destructor_is_uncaught)
{
    ck_dies(in_a_destructor, "in the destructor panic: of a destructor\n");
    ck_dies(in_a_destructor_of_ours,
            "in the destructor panic: of a destructor\n");
}
END_TEST

START_TEST(a_thread_specific_destructor_may_recover)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, has_a_tidy_destructor, NULL));
    must_zero(pthread_join(thread, NULL));
    ck_traced("inside");
}
END_TEST

/* ---- Cancellation ---- */

static sem_t ready, cancelled;

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        continue;
}

/* A cancellation point, and a place for an asynchronous one, while the other
   thread cancels. */
static void waits_until_cancelled(void)
{
    (void)sem_post(&ready);
    wait_for(&cancelled);
    trace("held");
    pthread_testcancel();
    for (volatile int i = 0; i < 100000; i++)
        continue;
    trace("still");
}
RIPCORD_DEFERRABLE(waits_until_cancelled)

static void recovers_and_traces(ripcord_panic *p)
{
    if (recover(p))
        trace("recovered");
}
RIPCORD_RECOVERER(recovers_and_traces)

static void *panics_and_lands(void *type)
{
    ck_assert_int_eq(pthread_setcanceltype(*(int *)type, NULL), 0);
    defer(trace, "last");
    recoverable () {
        defer(trace, "first of the block");
        defer(recovers_and_traces);
        defer(waits_until_cancelled);
        panic("p");
    }
    pthread_testcancel();
    trace("not reached");
    return NULL;
}

static void *exits_and_waits(void *type)
{
    ck_assert_int_eq(pthread_setcanceltype(*(int *)type, NULL), 0);
    defer(trace, "last");
    defer(waits_until_cancelled);
    thread_exit(type);
}

static void spins(void)
{
    (void)sem_post(&ready);
    for (volatile bool forever = true; forever;)
        continue;
}

/* The frames with calls are left at a call of a function that might throw as
   far as the compiler sees: only there does it provide for that. */
static void (*volatile spin)(void) = spins;

static void *defers_and_spins(void *type)
{
    defer(trace, "last");
    {
        defer(trace, "first");
        ck_assert_int_eq(pthread_setcanceltype(*(int *)type, NULL), 0);
        spin();
    }
    return NULL;
}

static void *cancel(void *(*function)(void *), int type)
{
    pthread_t thread;
    void *got;
    ck_assert_int_eq(pthread_create(&thread, NULL, function, &type), 0);
    wait_for(&ready);
    ck_assert_int_eq(pthread_cancel(thread), 0);
    (void)sem_post(&cancelled);
    ck_assert_int_eq(pthread_join(thread, &got), 0);
    return got;
}

START_TEST(a_deferred_cancellation_waits_until_the_panic_has_landed)
{
    ck_assert_ptr_eq(cancel(panics_and_lands, PTHREAD_CANCEL_DEFERRED),
                     PTHREAD_CANCELED);
    ck_traced("held still recovered first of the block last");
}
END_TEST

/* glibc forgets the result where one acts when it is allowed again. */
START_TEST(an_asynchronous_cancellation_waits_until_the_panic_has_landed)
{
    (void)cancel(panics_and_lands, PTHREAD_CANCEL_ASYNCHRONOUS);
    ck_traced("held still recovered first of the block last");
}
END_TEST

START_TEST(an_exit_is_not_cancelled)
{
    int type = PTHREAD_CANCEL_ASYNCHRONOUS;
    ck_assert_ptr_ne(cancel(exits_and_waits, type), PTHREAD_CANCELED);
    ck_traced("held still last");
}
END_TEST

START_TEST(an_asynchronous_cancellation_runs_the_calls_of_callers)
{
    ck_assert_ptr_eq(cancel(defers_and_spins, PTHREAD_CANCEL_ASYNCHRONOUS),
                     PTHREAD_CANCELED);
    ck_traced("first last");
}
END_TEST

/* The compiler thinks that nothing can end the loop: where an asynchronous
   cancellation does, it may have no code to run the call. */
static void *defers_and_loops(void *argument)
{
    defer(trace, "called");
    ck_assert_int_eq(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL),
                     0);
    (void)sem_post(&ready);
    for (volatile bool forever = true; forever;)
        continue;
    return argument;
}

static void cancelled_in_a_loop(void)
{
    ripcord_thread thread;
    must_zero(thread_start(&thread, NULL, defers_and_loops, NULL));
    wait_for(&ready);
    must_zero(pthread_cancel(ripcord_thread_native(thread)));
    must_zero(thread_join(thread, NULL, NULL));
    if (strcmp(traced(), "called") != 0)
        _exit(1);
}

START_TEST(what_an_asynchronous_cancellation_skips_is_diagnosed)
{
    struct ending ending = run_apart(cancelled_in_a_loop);
    bool diagnosed = ending.signal == SIGABRT &&
        strstr(ending.output, "a thread was ended, by pthread_exit or a "
                              "cancellation, and left calls pending");
    ck_assert_msg(diagnosed || (!ending.signal && !ending.status),
                  "ended by signal %d, status %d, saying:\n%s",
                  ending.signal, ending.status, ending.output);
}
END_TEST

/* ---- Calls that do not return ---- */

static void ends_the_thread(void)
{
    pthread_exit(NULL);
}
RIPCORD_DEFERRABLE(ends_the_thread)

static void *in_a_call_of_a_scope(void *unused)
{
    defer(say, "outer");
    defer_scope(calls);
    for (int i = 0; i < 100; i++)
        defer_to(calls, say, ".");
    defer_to(calls, ends_the_thread);
    defer_to(calls, say, "newest");
    return unused;
}

static void *in_a_call_after_a_recovery(void *unused)
{
    defer(say, "outer");
    recoverable () {
        defer(say, "rest");
        defer(say, "older");
        defer(ends_the_thread);
        defer(recovers);
        panic("recovered");
    }
    return unused;
}

static void *returns_by_such_a_call(void *unused)
{
    void *volatile result = NULL;
    defer(say, "outer");
    recoverable (result) {
        defer(say, "rest");
        defer(ends_the_thread);
        recoverable_return(unused);
    }
    return result;
}

static void joined_after(void *(*function)(void *))
{
    ripcord_thread thread;
    must_zero(thread_start(&thread, NULL, function, NULL));
    must_zero(thread_join(thread, NULL, NULL));
}

static void by_a_scope(void) { joined_after(in_a_call_of_a_scope); }
static void by_the_rest(void) { joined_after(in_a_call_after_a_recovery); }
static void by_a_return(void) { joined_after(returns_by_such_a_call); }

START_TEST(calls_behind_one_that_does_not_return_run)
{
    struct ending many = run_apart(by_a_scope);
    ck_assert_ptr_eq(strstr(many.output, "newest . . "),
                     many.output);
    ck_assert_uint_eq(strlen(many.output),
                      strlen("newest outer ") + 100 * strlen(". "));
    ck_ends(by_the_rest, 0, "recovered older rest outer ");
    ck_ends(by_a_return, 0, "rest outer ");
}
END_TEST

/* ---- fork ---- */

static void forks_and(void (*in_child)(void))
{
    defer_scope(calls);
    for (int i = 0; i < 20; i++)
        defer_to(calls, say, "scoped");
    defer_on_failure(say, "failure");
    defer_as(named, say, "named");
    recoverable () {
        defer(recovers);
        attempt () {
            defer(say, "inner");
            in_child();
        } rescue (p) {
            say("not reached");
        }
    }
    if (!defer_run(named))
        say("over");
}

static void drops(void)
{
    ripcord_fork_child();
    defer(say, "own");
    attempt () {
        defer(panics);
    } rescue (p) {
        say(p->message);
    }
}

static void drops_and_panics(void)
{
    ripcord_fork_child();
    defer(say, "own");
    panic("of the child");
}

static void drops_all_and_returns(void) { forks_and(drops); }
static void drops_all_and_panics(void) { forks_and(drops_and_panics); }

static void drops_and_uses_the_scope(void)
{
    defer_scope(calls);
    ripcord_fork_child();
    defer_to(calls, say, "scoped");
}

START_TEST(ripcord_fork_child_drops_what_is_pending)
{
    struct ending ending = run_apart(drops_all_and_returns);
    ck_assert_str_eq(ending.output, "on the way own over ");
    ck_assert_int_eq(ending.signal, 0);
    ck_dies(drops_all_and_panics, "own panic: of the child\n");
}
END_TEST

START_TEST(a_scope_that_was_dropped_takes_no_more_calls)
{
    ck_dies(drops_and_uses_the_scope, "drops_and_uses_the_scope to the scope "
                                      "calls of another thread");
}
END_TEST

static void becomes_child(void) { ripcord_fork_child(); }
RIPCORD_DEFERRABLE(becomes_child)

static void by_a_call_of_a_scope(void)
{
    defer(say, "outer");
    defer_scope(calls);
    defer_to(calls, say, "scoped");
    defer_to(calls, becomes_child);
    defer_to(calls, say, "newest");
}

static void by_a_call_after_a_recovery(void)
{
    defer(say, "outer");
    recoverable () {
        defer(say, "inner");
        defer(becomes_child);
        defer(recovers);
        panic("recovered");
    }
    say("behind");
}

static int returns_by_a_call(void)
{
    volatile int result = 0;
    defer(say, "outer");
    recoverable (result) {
        defer(say, "inner");
        defer(becomes_child);
        recoverable_return(3);
    }
    return result;
}

static void by_a_call_of_a_return(void)
{
    if (returns_by_a_call() == 3)
        say("returned");
}

static void by_a_call_before_a_jump(void)
{
    defer(say, "outer");
    ripcord_mark mark = RIPCORD_MARK();
    defer(say, "inner");
    defer(becomes_child);
    ripcord_unwind(&mark);
    say("behind");
}

START_TEST(what_is_pending_may_be_dropped_by_a_deferred_call)
{
    ck_ends(by_a_call_of_a_scope, 0, "newest ");
    ck_ends(by_a_call_after_a_recovery, 0, "recovered behind ");
    ck_ends(by_a_call_of_a_return, 0, "returned ");
    ck_ends(by_a_call_before_a_jump, 0, "behind ");
}
END_TEST

static pid_t child;

static int returns_from_fork(void)
{
    defer(trace, "once in each process");
    child = fork();
    return child == 0;
}

START_TEST(a_child_that_returns_runs_the_calls_in_its_own_process)
{
    bool is_child = returns_from_fork();
    bool right = strcmp(traced(), "once in each process") == 0;
    int status;
    if (is_child)
        _exit(right ? 7 : 8);
    ck_assert(right);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

enum { THREADS = 8, FORKS = 20 };

static void *returns(void *argument)
{
    return argument;
}

/* Not beside a fork under a sanitizer, which has locks and lists of threads of
   its own, and leaves them to the child as they are. */
static void starts_another(void)
{
#ifndef SANITIZED
    ripcord_thread thread;
    must_zero(thread_start(&thread, NULL, returns, NULL));
    must_zero(thread_join(thread, NULL, NULL));
#endif
}

static void starts_and_panics(void)
{
    attempt () {
        defer(panics);
        starts_another();
    } rescue (p) {
        (void)p;
    }
}

static void *is_busy(void *stop)
{
    while (!__atomic_load_n((bool *)stop, __ATOMIC_RELAXED))
        starts_and_panics();
    return NULL;
}

/* The child can start threads of its own, and those of the parent are over. */
static _Noreturn void use_child(void)
{
    ripcord_fork_child();
    starts_another();
#ifdef SANITIZED
    /* At an exit it looks for leaks, and stops threads that are not there. */
    _exit(7);
#else
    exit(7);
#endif
}

static void fork_one(void)
{
    int status;
    child = fork();
    if (child == 0)
        use_child();
    (void)must_not_negative(waitpid(child, &status, 0));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
        abort();
}

static void forks_many(void)
{
    ripcord_thread threads[THREADS];
    bool stop = false;
    for (int i = 0; i < THREADS; i++)
        must_zero(thread_start(&threads[i], NULL, is_busy, &stop));
    for (int i = 0; i < FORKS; i++)
        fork_one();
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        must_zero(thread_join(threads[i], NULL, NULL));
    exit(7);
}

START_TEST(a_process_of_many_threads_can_be_forked)
{
    struct ending ending = run_apart(forks_many);
    ck_assert_msg(ending.status == 7, "%s", ending.output);
}
END_TEST

static void joins_a_thread_of_the_parent(void)
{
    ripcord_thread thread;
    int status;
    must_zero(thread_start(&thread, NULL, returns, NULL));
    child = fork();
    if (child == 0) {
        (void)thread_join(thread, NULL, NULL);
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    must_zero(thread_join(thread, NULL, NULL));
    if (WIFSIGNALED(status))
        abort();
}

START_TEST(a_thread_of_the_parent_is_over_in_the_child)
{
    ck_dies(joins_a_thread_of_the_parent,
            "in joins_a_thread_of_the_parent was given a thread that ");
}
END_TEST

RUN_SUITE("ways",
          the_exits_of_the_c_library_run_no_deferred_call,
          ripcord_exit_runs_the_calls_of_the_thread_first,
          ripcord_exit_goes_on_when_a_panic_on_its_way_is_recovered,
          an_uncaught_panic_on_the_way_of_ripcord_exit_is_reported,
          a_panic_in_an_exit_handler_is_uncaught,
          a_panic_in_a_thread_specific_destructor_is_uncaught,
          a_thread_specific_destructor_may_recover,
          a_deferred_cancellation_waits_until_the_panic_has_landed,
          an_asynchronous_cancellation_waits_until_the_panic_has_landed,
          an_exit_is_not_cancelled,
          an_asynchronous_cancellation_runs_the_calls_of_callers,
          what_an_asynchronous_cancellation_skips_is_diagnosed,
          calls_behind_one_that_does_not_return_run,
          ripcord_fork_child_drops_what_is_pending,
          a_scope_that_was_dropped_takes_no_more_calls,
          what_is_pending_may_be_dropped_by_a_deferred_call,
          a_child_that_returns_runs_the_calls_in_its_own_process,
          a_process_of_many_threads_can_be_forked,
          a_thread_of_the_parent_is_over_in_the_child)
