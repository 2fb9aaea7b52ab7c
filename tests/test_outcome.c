/* SPDX-License-Identifier: MIT */
/*
 * Whether a block is completed that pthread_exit or a cancellation may leave,
 * as calls on failure and on success see it.
 */
#include "region.h"
#include "support.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A block that leaves a word of how it ends behind. */
static void within(void (*function)(void))
{
    defer_on_success(trace, "success");
    defer_on_failure(trace, "failure");
    function();
}

static void nothing(void) { }
static void exits(void) { pthread_exit(NULL); }
RIPCORD_DEFERRABLE(exits)
static void panics(void) { panic("p"); }

/* Runs a function in a block of a thread. */
static void (*body)(void);

static void *runs_body(void *argument)
{
    within(body);
    return argument;
}

static void in_thread(void (*function)(void))
{
    pthread_t thread;
    body = function;
    must_zero(pthread_create(&thread, NULL, runs_body, NULL));
    must_zero(pthread_join(thread, NULL));
}

/* ---- The ways a thread ends ---- */

static void deeper(void) { within(exits); }

START_TEST(a_block_that_pthread_exit_leaves_has_failed)
{
    in_thread(exits);
    ck_traced("failure");
    trace_reset();
    in_thread(deeper);
    ck_traced("failure failure");
}
END_TEST

START_TEST(one_of_a_thread_that_was_started_by_ripcord_too)
{
    ripcord_thread thread;
    body = deeper;
    must_zero(thread_start(&thread, NULL, runs_body, NULL));
    must_zero(thread_join(thread, NULL, NULL));
    ck_traced("failure failure");
}
END_TEST

static void say(const char *word)
{
    must_not_negative(write(STDERR_FILENO, word, strlen(word)));
}
RIPCORD_DEFERRABLE(say, const char *)

static void main_exits(void)
{
    defer_on_success(say, "success");
    defer_on_failure(say, "failure");
    exits();
}

START_TEST(one_of_the_main_thread_too)
{
    /* Valgrind and sanitizers take what Check has for lost when main has
       exited, or wait for it. */
    if (getenv("RIPCORD_TEST_QUICK"))
        return;
    struct ending ending = run_apart(main_exits);
    ck_assert_str_eq(ending.output, "failure");
    ck_assert_int_eq(ending.signal, 0);
}
END_TEST

static void is_cancelled(void)
{
    must_zero(pthread_cancel(pthread_self()));
    pthread_testcancel();
}

START_TEST(a_block_that_a_cancellation_leaves_has_failed)
{
    in_thread(is_cancelled);
    ck_traced("failure");
}
END_TEST

static sem_t ready;

static void spins(void)
{
    must_zero(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL));
    (void)sem_post(&ready);
    for (volatile bool forever = true; forever;)
        continue;
}
/* Not to be inlined: cleanups are run where there is a call. */
static void (*volatile spin)(void) = spins;

START_TEST(a_block_that_an_asynchronous_cancellation_leaves_has_failed)
{
    pthread_t thread;
    body = spin;
    must_zero(pthread_create(&thread, NULL, runs_body, NULL));
    while (sem_wait(&ready) != 0)
        continue;
    must_zero(pthread_cancel(thread));
    must_zero(pthread_join(thread, NULL));
    ck_traced("failure");
}
END_TEST

/* ---- What happened in the block before ---- */

static void lands_and_exits(void)
{
    attempt () {
        panic("p");
    } rescue (p) {
        trace(p->message);
    }
    exits();
}

static void jumps_and_exits(void)
{
    jmp_buf buffer;
    if (setjmp(buffer) == 0)
        longjmp(buffer, 1);
    exits();
}

START_TEST(a_landing_or_a_jump_in_the_block_changes_nothing)
{
    in_thread(lands_and_exits);
    ck_traced("p failure");
    trace_reset();
    in_thread(jumps_and_exits);
    ck_traced("failure");
}
END_TEST

static void traces_region(void *unused)
{
    (void)unused;
    trace("handler");
}

static void exits_in_a_region(void) { in_a_region(deeper, traces_region); }

static void exits_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, deeper);
}

START_TEST(regions_of_other_handlers_change_nothing)
{
    in_thread(exits_in_a_region);
    ck_traced("failure handler failure");
    trace_reset();
    in_thread(exits_once);
    ck_traced("failure failure");
}
END_TEST

static void exits_after_a_recovery(void)
{
    recoverable () {
        defer_on_success(trace, "success");
        defer_on_failure(trace, "failure");
        defer(exits);
        defer_on_success(trace, "completed");
        defer_on_failure(trace, "not completed");
        defer(trace_recovery);
        panic("p");
    }
}

START_TEST(the_rest_of_a_recovered_block_may_fail)
{
    in_thread(exits_after_a_recovery);
    ck_traced("recovered:p completed failure failure");
}
END_TEST

/* ---- Blocks while the thread ends ---- */

static void completes(void *unused)
{
    (void)unused;
    within(nothing);
}

static void exits_past(void (*handler)(void *))
{
    pthread_cleanup_push(handler, NULL);
    within(exits);
    pthread_cleanup_pop(0);
}

static void exits_past_one_that_completes(void) { exits_past(completes); }

START_TEST(a_block_of_a_cleanup_handler_may_complete)
{
    in_thread(exits_past_one_that_completes);
    ck_traced("failure success failure");
}
END_TEST

static void contains_a_panic(void *unused)
{
    (void)unused;
    attempt () {
        within(panics);
    } rescue (p) {
        trace(p->message);
    }
    within(nothing);
}

static void exits_past_a_panic(void) { exits_past(contains_a_panic); }

START_TEST(a_block_of_a_cleanup_handler_may_fail)
{
    in_thread(exits_past_a_panic);
    ck_traced("failure failure p success failure");
}
END_TEST

static pthread_key_t key;

static void has_a_destructor(void)
{
    must_zero(pthread_key_create(&key, completes));
    must_zero(pthread_setspecific(key, &key));
    exits();
}

START_TEST(a_block_of_a_thread_specific_destructor_completes)
{
    in_thread(has_a_destructor);
    ck_traced("failure success");
}
END_TEST

/* ---- Blocks that complete ---- */

static void is_cancelled_in_vain(void)
{
    int state;
    must_zero(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state));
    must_zero(pthread_cancel(pthread_self()));
    pthread_testcancel();
}

START_TEST(a_cancellation_that_must_wait_leaves_no_block)
{
    in_thread(is_cancelled_in_vain);
    ck_traced("success");
}
END_TEST

static pid_t child;

static void forks(void) { child = must_not_negative(fork()); }

static void *completes_in_a_child(void *argument)
{
    int status;

    within(forks);
    if (child == 0)
        _exit(strcmp(traced(), "success") == 0 ? 7 : 8);
    must_not_negative(waitpid(child, &status, 0));
    trace_number(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return argument;
}

START_TEST(a_block_completes_in_the_child_of_a_fork_too)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, completes_in_a_child, NULL));
    must_zero(pthread_join(thread, NULL));
    ck_traced("success 7");
}
END_TEST

/* One that takes the place of a thread that was unwound. */
START_TEST(a_block_of_the_next_thread_completes)
{
    in_thread(exits);
    in_thread(nothing);
    ck_traced("failure success");
}
END_TEST

/* Where the C library does not tell, there is nothing to test. */
int main(void)
{
    const TTest *const tests[] = {
        a_block_that_pthread_exit_leaves_has_failed,
        one_of_a_thread_that_was_started_by_ripcord_too,
        one_of_the_main_thread_too,
        a_block_that_a_cancellation_leaves_has_failed,
        a_block_that_an_asynchronous_cancellation_leaves_has_failed,
        a_landing_or_a_jump_in_the_block_changes_nothing,
        regions_of_other_handlers_change_nothing,
        the_rest_of_a_recovered_block_may_fail,
        a_block_of_a_cleanup_handler_may_complete,
        a_block_of_a_cleanup_handler_may_fail,
        a_block_of_a_thread_specific_destructor_completes,
        a_cancellation_that_must_wait_leaves_no_block,
        a_block_completes_in_the_child_of_a_fork_too,
        a_block_of_the_next_thread_completes
    };

    if (!dlsym(RTLD_DEFAULT, "_thread_db_pthread_cancelhandling"))
        return 77;
    return run_suite("outcome", tests, sizeof tests / sizeof tests[0]);
}
