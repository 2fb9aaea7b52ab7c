/* SPDX-License-Identifier: MIT */
/*
 * Threads that are started and joined, and what becomes of their panics.
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Tests leave threads behind on purpose. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "report_thread_leaks=0";
}

static int result;
static sem_t arrived, leave;

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        continue;
}

static ripcord_thread start_with(const ripcord_thread_attributes *attributes,
                                 void *(*function)(void *))
{
    ripcord_thread thread;
    must_zero(thread_start(&thread, attributes, function, &result));
    return thread;
}

static ripcord_thread start(void *(*function)(void *))
{
    return start_with(NULL, function);
}

/* ---- Joining ---- */

static void *returns(void *argument)
{
    return argument;
}

static void *exits(void *argument)
{
    defer(trace, "deferred");
    thread_exit(argument);
    return NULL;
}

static void *panics(void *argument)
{
    defer(trace, "deferred");
    panic("in the thread");
    return argument;
}

static void panics_too(void) { panic("while it ended"); }
RIPCORD_DEFERRABLE(panics_too)

static void *exits_and_panics(void *argument)
{
    defer(trace, "older");
    defer(panics_too);
    thread_exit(argument);
}

static void *panics_twice(void *argument)
{
    defer(panics_too);
    panic("at first");
    return argument;
}

START_TEST(what_the_function_returns_is_joined)
{
    void *got;
    ripcord_panic p;
    ck_assert_int_eq(thread_join(start(panics), NULL, &p), 0);
    ck_assert_ptr_nonnull(p.kind);
    ck_assert_int_eq(thread_join(start(returns), &got, &p), 0);
    ck_assert_ptr_eq(got, &result);
    ck_assert_ptr_null(p.kind);
    ck_assert(!panic_is(&p, &RIPCORD_PLAIN));
    ck_assert_int_eq(thread_join(start(returns), NULL, NULL), 0);
}
END_TEST

START_TEST(what_an_exit_was_given_is_joined)
{
    void *got;
    ck_assert_int_eq(thread_join(start(exits), &got, NULL), 0);
    ck_assert_ptr_eq(got, &result);
    ck_traced("deferred");
}
END_TEST

START_TEST(a_panic_is_kept_for_who_joins)
{
    void *got;
    ripcord_panic p;
    ck_assert_int_eq(thread_join(start(panics), &got, &p), 0);
    ck_traced("deferred");
    ck_assert_ptr_null(got);
    ck_assert_ptr_eq(p.kind, &RIPCORD_PLAIN);
    ck_assert_str_eq(p.message, "in the thread");
    ck_assert_str_eq(p.function, "panics");
}
END_TEST

START_TEST(a_panic_of_an_exit_is_kept_too)
{
    void *got;
    ripcord_panic p;
    ck_assert_int_eq(thread_join(start(exits_and_panics), &got, &p), 0);
    ck_traced("older");
    ck_assert_ptr_eq(got, &result);
    ck_assert_str_eq(p.message, "while it ended");
}
END_TEST

START_TEST(who_joins_can_raise_it_again_as_his_own)
{
    ripcord_panic p;
    ck_assert_int_eq(thread_join(start(panics_twice), NULL, &p), 0);
    attempt () {
        defer(trace, "of the joiner");
        panic_again(&p);
    } rescue (again) {
        trace(again->message);
        ck_assert_str_eq(again->function, "panics_too");
        ck_assert_str_eq(again->replaced.message, "at first");
        ck_assert_str_eq(again->replaced.function, "panics_twice");
    }
    ck_traced("of the joiner while it ended");
}
END_TEST

START_TEST(a_panic_that_nobody_asks_for_is_raised_by_the_join)
{
    attempt () {
        (void)thread_join(start(panics), NULL, NULL);
        trace("not reached");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("deferred in the thread");
}
END_TEST

static void raises_what_there_is_not(void)
{
    ripcord_panic p;
    (void)thread_join(start(panics), NULL, &p);
    (void)thread_join(start(returns), NULL, &p);
    panic_again(&p);
}

START_TEST(raising_a_panic_that_there_is_not_is_diagnosed)
{
    ck_dies(raises_what_there_is_not, "raises_what_there_is_not was given a "
                                      "panic that is over");
}
END_TEST

START_TEST(a_thread_runs_and_joins_through_pointers_to_functions)
{
    int (*starts)(ripcord_thread *, const ripcord_thread_attributes *,
                  void *(*)(void *), void *) = ripcord_thread_start;
    int (*joins)(ripcord_thread, void **, ripcord_panic *) =
        ripcord_thread_join;
    ripcord_thread thread;
    void *got;
    ck_assert_int_eq(starts(&thread, NULL, returns, &result), 0);
    ck_assert_int_eq(joins(thread, &got, NULL), 0);
    ck_assert_ptr_eq(got, &result);
}
END_TEST

/* ---- Names and attributes ---- */

static void *name_of_thread(void *argument)
{
    static char name[17];
    (void)argument;
    ck_assert_int_eq(prctl(PR_GET_NAME, name), 0);
    return name;
}

static const char *name_with(const char *name)
{
    const ripcord_thread_attributes attributes = { .name = name };
    void *got;
    must_zero(thread_join(start_with(&attributes, name_of_thread), &got,
                          NULL));
    return got;
}

START_TEST(a_thread_has_the_name_that_it_is_given)
{
    ck_assert_str_eq(name_with("worker 1"), "worker 1");
    ck_assert_str_eq(name_with("a name that is too long"), "a name that is ");
}
END_TEST

START_TEST(a_name_is_not_passed_on_to_the_next_thread)
{
    char own[17];
    ck_assert_int_eq(prctl(PR_GET_NAME, own), 0);
    ck_assert_str_eq(name_with("worker"), "worker");
    ck_assert_str_eq(name_with(NULL), own);
}
END_TEST

START_TEST(what_pthread_create_refuses_is_returned)
{
    pthread_attr_t huge;
    ripcord_thread thread;
    ck_assert_int_eq(pthread_attr_init(&huge), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&huge, SIZE_MAX / 2 + 1), 0);
    const ripcord_thread_attributes attributes = { .pthread = &huge };
    ck_assert_int_gt(thread_start(&thread, &attributes, returns, NULL), 0);
    ck_assert_int_eq(pthread_attr_destroy(&huge), 0);
    ck_assert_int_eq(thread_join(start(returns), NULL, NULL), 0);
}
END_TEST

/* ---- Panics that nobody joins for ---- */

static void in_plain_thread(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, panics, NULL));
    must_zero(pthread_join(thread, NULL));
}

static void *says_that_it_runs(void *argument)
{
    if (write(STDERR_FILENO, "deferred\n", 9) != 9)
        abort();
    return argument;
}
RIPCORD_DEFERRABLE(says_that_it_runs, void *)

static void *panics_aloud(void *argument)
{
    defer(says_that_it_runs, NULL);
    panic("aloud");
    return argument;
}

static void waits_forever(void)
{
    for (;;)
        (void)pause();
}

static const ripcord_thread_attributes ends_process = {
    .name = "eager", .panic = RIPCORD_THREAD_PANIC_UNCAUGHT
};
static const ripcord_thread_attributes only_reports = {
    .name = "careless", .panic = RIPCORD_THREAD_PANIC_REPORTED
};

static void at_once(void)
{
    (void)start_with(&ends_process, panics_aloud);
    waits_forever();
}

static void *panics_with_nothing_deferred(void *argument)
{
    panic("aloud");
    return argument;
}

static void at_once_with_nothing_deferred(void)
{
    (void)start_with(&ends_process, panics_with_nothing_deferred);
    waits_forever();
}

static void started_detached(void)
{
    pthread_attr_t detached;
    ck_assert_int_eq(pthread_attr_init(&detached), 0);
    ck_assert_int_eq(pthread_attr_setdetachstate(&detached,
                                                 PTHREAD_CREATE_DETACHED), 0);
    const ripcord_thread_attributes attributes = {
        .name = "stray", .pthread = &detached
    };
    (void)start_with(&attributes, panics_aloud);
    waits_forever();
}

static void *waits_and_panics(void *argument)
{
    wait_for(&leave);
    return panics_aloud(argument);
}

static void detached_before(void)
{
    ripcord_thread thread = start(waits_and_panics);
    (void)thread_detach(thread);
    (void)sem_post(&leave);
    waits_forever();
}

/* Says when the function of a thread is over, however it ended. */
static pthread_key_t end_key;

static void is_over(void *unused)
{
    (void)unused;
    (void)sem_post(&arrived);
}

static void *panics_in_time(void *argument)
{
    ck_assert_int_eq(pthread_setspecific(end_key, argument), 0);
    return panics_aloud(argument);
}

/* A thread that has panicked, and that nobody has joined. */
static ripcord_thread
ended_by_panic(const ripcord_thread_attributes *attributes)
{
    ck_assert_int_eq(pthread_key_create(&end_key, is_over), 0);
    ripcord_thread thread = start_with(attributes, panics_in_time);
    wait_for(&arrived);
    return thread;
}

static void detached_after(void)
{
    (void)thread_detach(ended_by_panic(NULL));
}

static void never_joined(void)
{
    (void)ended_by_panic(NULL);
    exit(0);
}

static void reported_at_exit(void)
{
    (void)ended_by_panic(&only_reports);
    exit(7);
}

static void reported_when_detached(void)
{
    (void)thread_detach(ended_by_panic(&only_reports));
    exit(7);
}

static void start_to_be_reported(void (*at_its_end)(void *))
{
    ck_assert_int_eq(pthread_key_create(&end_key, at_its_end), 0);
    pthread_attr_t detached;
    ck_assert_int_eq(pthread_attr_init(&detached), 0);
    ck_assert_int_eq(pthread_attr_setdetachstate(&detached,
                                                 PTHREAD_CREATE_DETACHED), 0);
    const ripcord_thread_attributes attributes = {
        .pthread = &detached, .panic = RIPCORD_THREAD_PANIC_REPORTED
    };
    (void)start_with(&attributes, panics_in_time);
}

static void reported_when_it_ends(void)
{
    start_to_be_reported(is_over);
    wait_for(&arrived);
    exit(7);
}

/* Before the library knows that the thread is over. */
static void exits_at_its_end(void *unused)
{
    (void)unused;
    exit(7);
}

static void reported_when_it_exits(void)
{
    start_to_be_reported(exits_at_its_end);
    wait_for(&arrived);
}

static void *replaces_in_time(void *argument)
{
    ck_assert_int_eq(pthread_setspecific(end_key, argument), 0);
    return panics_twice(argument);
}

static void replaced_and_never_joined(void)
{
    ck_assert_int_eq(pthread_key_create(&end_key, is_over), 0);
    (void)start(replaces_in_time);
    wait_for(&arrived);
    exit(0);
}

static void *exits_in_time(void *argument)
{
    ck_assert_int_eq(pthread_setspecific(end_key, argument), 0);
    return exits_and_panics(argument);
}

static void exited_and_never_joined(void)
{
    ck_assert_int_eq(pthread_key_create(&end_key, is_over), 0);
    (void)start(exits_in_time);
    wait_for(&arrived);
    exit(0);
}

static void exits_with_7(const ripcord_panic *unused)
{
    (void)unused;
    exit(7);
}

static void hook_exits(void)
{
    (void)ended_by_panic(NULL);
    (void)ripcord_set_uncaught_hook(exits_with_7);
    panic("of main");
}

static void joined_in_time(void)
{
    ripcord_panic p;
    (void)thread_join(ended_by_panic(NULL), NULL, &p);
    exit(7);
}

#define NOBODY_JOINED "ripcord: nobody joined the thread "
#define NOBODY "deferred\n" NOBODY_JOINED

START_TEST(in_a_plain_thread_it_ends_the_process)
{
    ck_dies(in_plain_thread, "panic: in the thread\n\nthread ");
}
END_TEST

START_TEST(it_ends_the_process_at_once_if_asked_to)
{
    ck_dies(at_once, "deferred\npanic: aloud\n\nthread ");
    ck_assert_int_eq(strncmp(run_apart(at_once_with_nothing_deferred).output,
                             "panic: aloud\n\n", 14), 0);
    ck_dies(at_once, " \"eager\" [running]:\npanics_aloud(...)\n");
}
END_TEST

START_TEST(in_a_detached_thread_it_ends_the_process)
{
    ck_dies(started_detached, "deferred\npanic: aloud\n\nthread ");
    ck_dies(started_detached, "\"stray\" [running]:\n");
    ck_dies(detached_before, "deferred\npanic: aloud\n\nthread ");
}
END_TEST

START_TEST(when_its_thread_is_detached_later_it_ends_the_process_then)
{
    ck_dies(detached_after, NOBODY "that was started at ");
    ck_dies(detached_after, " in start_with and ended by a panic at ");
    ck_dies(detached_after, " in panics_aloud\npanic: aloud\n");
}
END_TEST

START_TEST(when_nobody_joins_before_the_exit_it_ends_the_process_then)
{
    ck_dies(never_joined, NOBODY "that was started at ");
    ck_dies(never_joined, "\npanic: aloud\n");
}
END_TEST

START_TEST(the_report_lists_what_it_replaced)
{
    ck_dies(replaced_and_never_joined,
            "panic: at first\n\tpanic: while it ended\n\nthread ");
    ck_dies(exited_and_never_joined,
            " in panics_too\npanic: while it ended\n\nthread ");
}
END_TEST

static void ck_goes_on(void (*function)(void))
{
    struct ending ending = run_apart(function);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_int_eq(ending.status, 7);
    ck_assert_ptr_nonnull(strstr(ending.output, NOBODY));
    ck_assert_ptr_nonnull(strstr(ending.output, "\npanic: aloud\n"));
    ck_assert_ptr_null(strstr(strstr(ending.output, NOBODY) + sizeof NOBODY,
                              NOBODY_JOINED));
}

START_TEST(it_is_only_reported_if_asked_to)
{
    ck_goes_on(reported_at_exit);
    ck_goes_on(reported_when_detached);
    ck_goes_on(reported_when_it_ends);
    ck_goes_on(reported_when_it_exits);
}
END_TEST

START_TEST(one_that_was_joined_is_not_reported)
{
    struct ending ending = run_apart(joined_in_time);
    ck_assert_int_eq(ending.status, 7);
    ck_assert_str_eq(ending.output, "deferred\n");
}
END_TEST

START_TEST(a_hook_that_exits_has_the_last_word)
{
    struct ending ending = run_apart(hook_exits);
    ck_assert_int_eq(ending.status, 7);
    ck_assert_ptr_null(strstr(ending.output, "nobody joined"));
}
END_TEST

/* ---- Misuse ---- */

static void *waits_to_leave(void *argument)
{
    wait_for(&leave);
    return argument;
}

static void joins_twice(void)
{
    ripcord_thread thread = start(returns);
    must_zero(thread_join(thread, NULL, NULL));
    /* Its task may be in use again. */
    (void)start(returns);
    (void)thread_join(thread, NULL, NULL);
}

static void joins_detached(void)
{
    ripcord_thread thread = start(waits_to_leave);
    must_zero(thread_detach(thread));
    (void)thread_join(thread, NULL, NULL);
}

static void detaches_joined(void)
{
    ripcord_thread thread = start(returns);
    must_zero(thread_join(thread, NULL, NULL));
    (void)thread_detach(thread);
}

static void joins_none(void)
{
    const ripcord_thread none = { NULL, 0 };
    (void)thread_join(none, NULL, NULL);
}

static ripcord_thread shared;

static void *joins_shared(void *argument)
{
    (void)sem_post(&arrived);
    (void)thread_join(shared, NULL, NULL);
    return argument;
}

static void joined_by_two(void)
{
    pthread_t others[2];
    shared = start(waits_to_leave);
    for (int i = 0; i < 2; i++)
        must_zero(pthread_create(&others[i], NULL, joins_shared, NULL));
    waits_forever();
}

START_TEST(a_thread_that_is_over_is_not_joined_or_detached)
{
    ck_dies(joins_twice, "ripcord: thread_join at ");
    ck_dies(joins_twice, " in joins_twice was given a thread that has been "
                         "joined or detached before");
    ck_dies(joins_detached, " in joins_detached was given a thread that ");
    ck_dies(detaches_joined, "ripcord: thread_detach at ");
    ck_dies(joins_none, " or was never started");
    ck_dies(joined_by_two, " in joins_shared was given a thread that ");
}
END_TEST

static void *joins_itself(void *argument)
{
    (void)argument;
    wait_for(&leave);
    result = thread_join(shared, NULL, NULL);
    return NULL;
}

START_TEST(a_thread_cannot_join_itself)
{
    shared = start(joins_itself);
    (void)sem_post(&leave);
    ck_assert_int_eq(thread_join(shared, NULL, NULL), 0);
    ck_assert_int_eq(result, EDEADLK);
}
END_TEST

#ifndef SANITIZED
START_TEST(who_is_cancelled_while_he_joins_leaves_it_to_others)
{
    pthread_t joiner;
    void *got;
    shared = start(waits_to_leave);
    ck_assert_int_eq(pthread_create(&joiner, NULL, joins_shared, NULL), 0);
    wait_for(&arrived);
    ck_assert_int_eq(pthread_cancel(joiner), 0);
    ck_assert_int_eq(pthread_join(joiner, &got), 0);
    ck_assert_ptr_eq(got, PTHREAD_CANCELED);
    (void)sem_post(&leave);
    ck_assert_int_eq(thread_join(shared, &got, NULL), 0);
    ck_assert_ptr_eq(got, &result);
}
END_TEST
#endif

static void *is_over_in_time(void *argument)
{
    ck_assert_int_eq(pthread_setspecific(end_key, argument), 0);
    return argument;
}

/* A thread that has returned but was not joined. */
static ripcord_thread ended(void)
{
    ripcord_thread thread = start(is_over_in_time);
    wait_for(&arrived);
    return thread;
}

START_TEST(what_is_kept_of_a_thread_is_used_again)
{
    shared = start(returns);
    const void *task = shared.ripcord__task;
    ck_assert_int_eq(thread_join(shared, NULL, NULL), 0);
    ck_assert_int_eq(pthread_key_create(&end_key, is_over), 0);
    shared = ended();
    ck_assert_ptr_eq(shared.ripcord__task, task);
    ck_assert_int_eq(thread_detach(shared), 0);
    shared = start(returns);
    ck_assert_ptr_eq(shared.ripcord__task, task);
    ck_assert_int_eq(thread_join(shared, NULL, NULL), 0);
}
END_TEST

/* ---- Many ---- */

enum { MANY = 8, ROUNDS = 200 };

static void add(int *number) { ++*number; }
RIPCORD_DEFERRABLE(add, int *)

static void *counts_and_panics(void *argument)
{
    int *count = argument;
    for (volatile int i = 0; i < ROUNDS; i++) {
        attempt () {
            defer(add, count);
            panic("round %d", i);
        } rescue (p) {
            (*count)++;
        }
    }
    defer(add, count);
    panic("%d", *count);
    return NULL;
}

START_TEST(many_threads_panic_at_once_and_are_joined)
{
    for (int round = 0; round < 10; round++) {
        ripcord_thread threads[MANY];
        int counts[MANY] = { 0 };
        for (int i = 0; i < MANY; i++)
            must_zero(thread_start(&threads[i], NULL, counts_and_panics,
                                   &counts[i]));
        for (int i = 0; i < MANY; i++) {
            ripcord_panic p;
            ck_assert_int_eq(thread_join(threads[i], NULL, &p), 0);
            ck_assert_str_eq(p.message, "400");
            ck_assert_int_eq(counts[i], 2 * ROUNDS + 1);
        }
    }
}
END_TEST

static void *exits_quietly(void *argument)
{
    thread_exit(argument);
}

static void *detaches_many(void *argument)
{
    for (int i = 0; i < 50; i++) {
        ripcord_thread thread = start(i % 2 ? returns : exits_quietly);
        if (i % 3)
            must_zero(thread_detach(thread));
        else
            must_zero(thread_join(thread, NULL, NULL));
    }
    return argument;
}

START_TEST(many_threads_start_join_and_detach_others)
{
    ripcord_thread threads[MANY];
    for (int i = 0; i < MANY; i++)
        threads[i] = start(detaches_many);
    for (int i = 0; i < MANY; i++)
        must_zero(thread_join(threads[i], NULL, NULL));
}
END_TEST

RUN_SUITE("thread",
          what_the_function_returns_is_joined,
          what_an_exit_was_given_is_joined,
          a_panic_is_kept_for_who_joins,
          a_panic_of_an_exit_is_kept_too,
          who_joins_can_raise_it_again_as_his_own,
          a_panic_that_nobody_asks_for_is_raised_by_the_join,
          raising_a_panic_that_there_is_not_is_diagnosed,
          a_thread_runs_and_joins_through_pointers_to_functions,
          a_thread_has_the_name_that_it_is_given,
          a_name_is_not_passed_on_to_the_next_thread,
          what_pthread_create_refuses_is_returned,
          in_a_plain_thread_it_ends_the_process,
          it_ends_the_process_at_once_if_asked_to,
          in_a_detached_thread_it_ends_the_process,
          when_its_thread_is_detached_later_it_ends_the_process_then,
          when_nobody_joins_before_the_exit_it_ends_the_process_then,
          the_report_lists_what_it_replaced,
          it_is_only_reported_if_asked_to,
          one_that_was_joined_is_not_reported,
          a_hook_that_exits_has_the_last_word,
          a_thread_that_is_over_is_not_joined_or_detached,
          a_thread_cannot_join_itself,
          UNSANITIZED(who_is_cancelled_while_he_joins_leaves_it_to_others)
          what_is_kept_of_a_thread_is_used_again,
          many_threads_panic_at_once_and_are_joined,
          many_threads_start_join_and_detach_others)
