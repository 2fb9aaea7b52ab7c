/* SPDX-License-Identifier: MIT */
/*
 * Coroutines: each has pending calls, landings and panics of its own, as long
 * as the library is told of every switch; and it notices when it is not.
 */
#include "coroutine.h"

#include <pthread.h>
#include <setjmp.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct coroutine first, second;

static void resume_both(int times)
{
    for (int i = 0; i < times; i++) {
        (void)coroutine_resume(&first);
        (void)coroutine_resume(&second);
    }
}

static void free_both(void)
{
    coroutine_free(&first);
    coroutine_free(&second);
}

/* ---- With the hook ---- */

static void defers(const char *name)
{
    defer(trace, name);
    coroutine_yield();
    {
        defer(trace, "inner");
        coroutine_yield();
    }
    coroutine_yield();
}

START_TEST(the_calls_of_a_coroutine_run_in_it_whatever_runs_between)
{
    coroutine_init(&first, defers, "first", NULL);
    coroutine_init(&second, defers, "second", NULL);
    {
        defer(trace, "outside");
        resume_both(2);
        trace("|");
        resume_both(1);
    }
    trace("|");
    resume_both(1);
    ck_traced("| inner inner outside | first second");
    free_both();
}
END_TEST

static void resumes_another(const char *name)
{
    defer(trace, name);
    (void)coroutine_resume(&second);
    defer(trace, "between");
    (void)coroutine_resume(&second);
    coroutine_yield();
    (void)coroutine_resume(&second);
    (void)coroutine_resume(&second);
}

START_TEST(a_coroutine_may_resume_another_one)
{
    coroutine_init(&second, defers, "second", NULL);
    coroutine_init(&first, resumes_another, "first", NULL);
    (void)coroutine_resume(&first);
    trace("outside");
    (void)coroutine_resume(&first);
    ck_traced("outside inner second between first");
    free_both();
}
END_TEST

static void panics(const char *name)
{
    attempt () {
        defer(trace, name);
        coroutine_yield();
        panic("%s", name);
    } rescue (p) {
        coroutine_yield();
        trace(p->message);
    }
}

START_TEST(a_panic_runs_the_calls_of_its_coroutine_only_and_lands_there)
{
    coroutine_init(&first, panics, "one", NULL);
    coroutine_init(&second, panics, "two", NULL);
    attempt () {
        defer(trace, "outside");
        resume_both(1);
        trace("|");
        resume_both(2);
        trace("|");
    } rescue (p) {
        trace("not reached");
    }
    ck_traced("| one two one two | outside");
    free_both();
}
END_TEST

/* Also with its frames far from, or among, what is not a stack. */
static char memory_of_a_program[COROUTINE_SIZE]
    __attribute__((aligned(4096)));

START_TEST(it_does_not_matter_where_its_stack_lies)
{
    char *memory = malloc(COROUTINE_SIZE);
    coroutine_init(&first, panics, "low", memory_of_a_program);
    coroutine_init(&second, panics, "heap", memory);
    resume_both(3);
    ck_traced("low heap low heap");
    free(memory);
}
END_TEST

static void recovers(ripcord_panic *p, volatile int *result)
{
    coroutine_yield();
    if (recover(p)) {
        coroutine_yield();
        trace(p->message);
        *result += 1;
    }
}
RIPCORD_RECOVERER(recovers, volatile int *)

/* Yields while its panic runs, and after it was recovered. */
static void recovers_slowly(const char *name)
{
    volatile int result = 0;
    recoverable (result) {
        defer(trace, "rest");
        defer(recovers, &result);
        panic("%s", name);
    }
    trace_number(result);
}

static int cancel_state(void)
{
    int state, ignored;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    (void)pthread_setcancelstate(state, &ignored);
    return state;
}

START_TEST(panics_of_several_coroutines_run_side_by_side)
{
    coroutine_init(&first, recovers_slowly, "one", NULL);
    coroutine_init(&second, recovers_slowly, "two", NULL);
    for (int i = 0; i < 3; i++) {
        (void)coroutine_resume(&first);
        ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
        (void)coroutine_resume(&second);
        ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
        ck_assert_ptr_null(ripcord__thread.running);
    }
    ck_traced("one rest 1 two rest 1");
    free_both();
}
END_TEST

static void looks_at_cancellation(void)
{
    coroutine_yield();
    trace(cancel_state() == PTHREAD_CANCEL_DISABLE ? "held" : "not held");
}
RIPCORD_DEFERRABLE(looks_at_cancellation)

static void panics_twice(const char *unused)
{
    (void)unused;
    attempt () {
        defer(looks_at_cancellation);
        panic("p");
    } rescue (p) {
        trace(cancel_state() == PTHREAD_CANCEL_DISABLE ? "held" : "not held");
    }
}

START_TEST(a_panic_holds_cancellation_again_when_its_coroutine_goes_on)
{
    coroutine_init(&first, panics_twice, NULL, NULL);
    (void)coroutine_resume(&first);
    ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
    (void)coroutine_resume(&first);
    ck_traced("held not held");
    coroutine_free(&first);
}
END_TEST

/* The way of a panic from a coroutine to the one that resumed it. */
static bool panicked;
static ripcord_panic handed_over;

static void fails(const char *name)
{
    (void)name;
    defer(trace, "inside");
    coroutine_yield();
    panic("from inside");
}

static void fails_in_body(void *unused)
{
    (void)unused;
    fails("");
}

static void protects(const char *name)
{
    (void)name;
    panicked = !ripcord_protect(fails_in_body, NULL, &handed_over);
}

START_TEST(a_panic_can_be_handed_to_the_one_that_resumes)
{
    coroutine_init(&first, protects, NULL, NULL);
    attempt () {
        defer(trace, "outside");
        while (coroutine_resume(&first))
            trace("again");
        if (panicked)
            panic_again(&handed_over);
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("again inside outside from inside");
    coroutine_free(&first);
}
END_TEST

static void says(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}
RIPCORD_DEFERRABLE(says, const char *)

static void fails_loudly(const char *unused)
{
    (void)unused;
    defer(says, "inside\n");
    panic("from inside");
}

static void leaves_a_coroutine(void)
{
    defer(says, "OUTSIDE\n");
    coroutine_init(&first, fails_loudly, NULL, NULL);
    (void)coroutine_resume(&first);
}

START_TEST(a_panic_that_leaves_its_coroutine_is_uncaught)
{
    ck_dies(leaves_a_coroutine, "inside\npanic: from inside\n");
    ck_assert_ptr_null(strstr(run_apart(leaves_a_coroutine).output,
                              "OUTSIDE"));
}
END_TEST

static void scopes(const char *name)
{
    defer_scope(calls);
    for (int i = 0; i < 20; i++) {
        defer_to(calls, trace_number, i);
        coroutine_yield();
    }
    trace(name);
}

START_TEST(a_scope_lives_across_switches)
{
    coroutine_init(&first, scopes, "1st", NULL);
    coroutine_init(&second, scopes, "2nd", NULL);
    resume_both(21);
    ck_traced("1st 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 "
              "2nd 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0");
    free_both();
}
END_TEST

/* ---- Given up before the end ---- */

static bool given_up;

static void yields_until_given_up(void)
{
    defer(trace, "inner");
    while (!given_up)
        coroutine_yield();
}

static void may_be_given_up(const char *unused)
{
    const ripcord_mark mark = RIPCORD_MARK();
    (void)unused;
    defer(trace, "outer");
    defer(trace, "middle");
    coroutine_yield();
    if (given_up) {
        ripcord_unwind(&mark);
        coroutine_yield();
    }
    yields_until_given_up();
}

START_TEST(one_that_is_given_up_can_unwind_what_it_holds)
{
    coroutine_init(&first, may_be_given_up, NULL, NULL);
    (void)coroutine_resume(&first);
    given_up = true;
    (void)coroutine_resume(&first);
    ck_traced("middle outer");
    ripcord_stack_drop(&first.calls);
    coroutine_free(&first);
}
END_TEST

static void drops_one(void)
{
    coroutine_init(&first, fails, NULL, NULL);
    (void)coroutine_resume(&first);
    ripcord_stack_drop(&first.calls);
    ck_assert_ptr_null(first.calls.top);
}

START_TEST(what_it_holds_is_named_if_it_is_dropped)
{
    struct ending ending = run_apart(drops_one);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_ptr_nonnull(strstr(
        ending.output, "ripcord: a stack was given up on which calls were "
        "pending; dropped without being called:\n\ttrace, deferred at "));
    ck_assert_ptr_nonnull(strstr(ending.output, " in fails\n"));
}
END_TEST

static void yields(void) { coroutine_yield(); }
RIPCORD_DEFERRABLE(yields)

static void panics_again_and_yields(void)
{
    defer(yields);
    panic("second");
}
RIPCORD_DEFERRABLE(panics_again_and_yields)

static void yields_in_panics(const char *unused)
{
    (void)unused;
    defer(panics_again_and_yields);
    panic("first");
}

static void yields_in_an_exit(const char *unused)
{
    (void)unused;
    defer(trace, "call");
    defer(yields);
    thread_exit(NULL);
}

static void yields_recovered(const char *unused)
{
    (void)unused;
    recoverable () {
        defer(recovers, NULL);
        panic("first");
    }
}

static void drop_after(int resumptions, void (*body)(const char *))
{
    coroutine_init(&first, body, NULL, NULL);
    while (resumptions-- > 0)
        (void)coroutine_resume(&first);
    ripcord_stack_drop(&first.calls);
    ck_assert_ptr_null(first.calls.running);
    says("goes on\n");
}

static void drops_two_panics(void) { drop_after(1, yields_in_panics); }
static void drops_an_exit(void) { drop_after(1, yields_in_an_exit); }
static void drops_a_recovered_one(void) { drop_after(2, yields_recovered); }

static void drops_a_panic_in_silence(void)
{
    (void)ripcord_set_stale(RIPCORD_STALE_SILENT);
    drops_two_panics();
}

static void drops_a_panic_and_dies(void)
{
    (void)ripcord_set_stale(RIPCORD_STALE_FATAL);
    drops_two_panics();
}

START_TEST(a_panic_or_an_exit_that_runs_on_it_is_named_too)
{
    ck_says(drops_two_panics, "ripcord: a stack was given up on which a panic "
                              "or an exit ran; dropped:\n"
                              "\tthe panic raised at ");
    ck_says(drops_two_panics, " in panics_again_and_yields: second\n"
                              "\tthe panic raised at ");
    ck_says(drops_two_panics, " in yields_in_panics: first\ngoes on\n");
    ck_says(drops_an_exit, " on which calls were pending; dropped without "
                           "being called:\n\ttrace, deferred at ");
    ck_says(drops_an_exit, " in yields_in_an_exit\n"
                           "\tthe exit of the thread at ");
    ck_says(drops_a_recovered_one, " in yields_recovered: first [recovered]\n"
                                   "goes on\n");
    ck_says(drops_a_panic_in_silence, "goes on\n");
    ck_assert_ptr_null(strstr(run_apart(drops_a_panic_in_silence).output,
                              "ripcord: "));
    ck_dies(drops_a_panic_and_dies, " in yields_in_panics: first\n");
}
END_TEST

#ifndef SANITIZED
static int *volatile nowhere;

static void faults(const char *unused)
{
    (void)unused;
    defer(yields);
    *nowhere = 1;
}

/* The numbers that the kernel gives to timers are small. */
static bool a_timer_is_set(void)
{
    for (int timer = 0; timer < 100; timer++) {
        struct itimerspec left;
        if (syscall(SYS_timer_gettime, timer, &left) == 0 &&
            (left.it_value.tv_sec || left.it_value.tv_nsec))
            return true;
    }
    return false;
}

static void drops_a_crash(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.watchdog_seconds = 100;
    ck_assert_int_eq(ripcord_faults_enable(&options), 0);
    coroutine_init(&first, faults, NULL, NULL);
    (void)coroutine_resume(&first);
    says(a_timer_is_set() ? "watched\n" : "not watched\n");
    ripcord_stack_drop(&first.calls);
    says(a_timer_is_set() ? "still watched\n" : "not watched\n");
}

START_TEST(a_crash_that_is_dropped_is_not_watched_any_more)
{
    /* Valgrind counts the fault as an error of the test. */
    if (getenv("RIPCORD_TEST_QUICK"))
        return;
    ck_says(drops_a_crash, "watched\nripcord: a stack was given up on which ");
    ck_says(drops_a_crash, "invalid memory address or nil pointer dereference"
                           "\nnot watched\n");
}
END_TEST
#endif

static void *drops_when_cancelled(void *unused)
{
    defer(trace, "outside");
    coroutine_init(&first, fails, NULL, NULL);
    (void)coroutine_resume(&first);
    (void)pthread_cancel(pthread_self());
    ripcord_stack_drop(&first.calls);
    trace(first.calls.top ? "not dropped" : "dropped");
    pthread_testcancel();
    trace("not reached");
    return unused;
}

static void drops_in_a_thread(void)
{
    pthread_t thread;
    void *result;
    (void)pthread_create(&thread, NULL, drops_when_cancelled, NULL);
    (void)pthread_join(thread, &result);
    says(traced());
    says(result == PTHREAD_CANCELED ? " cancelled\n" : " not cancelled\n");
}

START_TEST(a_thread_is_not_cancelled_while_it_drops_one)
{
    struct ending ending = run_apart(drops_in_a_thread);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_ptr_nonnull(strstr(ending.output, " in fails\n"
                                                "dropped outside cancelled"));
}
END_TEST

/* ---- On several threads ---- */

static void *resumes_there(void *coroutine)
{
    (void)coroutine_resume(coroutine);
    return NULL;
}

static void resume_elsewhere(struct coroutine *coroutine)
{
    pthread_t thread;
    ck_assert_int_eq(
        pthread_create(&thread, NULL, resumes_there, coroutine), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

static void holds_nothing_at_first(const char *unused)
{
    (void)unused;
    coroutine_yield();
    {
        defer(trace, "call");
        trace("body");
    }
}

START_TEST(one_that_holds_nothing_may_move_to_another_thread)
{
    coroutine_init(&first, holds_nothing_at_first, NULL, NULL);
    (void)coroutine_resume(&first);
    resume_elsewhere(&first);
    ck_traced("body call");
    coroutine_free(&first);
}
END_TEST

static void continues_elsewhere(void)
{
    coroutine_init(&first, fails, NULL, NULL);
    (void)coroutine_resume(&first);
    resume_elsewhere(&first);
}

static void continues_a_landing_elsewhere(void)
{
    coroutine_init(&first, panics, NULL, NULL);
    (void)coroutine_resume(&first);
    resume_elsewhere(&first);
}

START_TEST(one_that_holds_a_call_or_a_landing_may_not)
{
    ck_dies(continues_elsewhere, "the stack switched to at ");
    ck_dies(continues_elsewhere, " in switch_stack belongs to another "
                                 "thread, where it holds trace, deferred at ");
    ck_dies(continues_a_landing_elsewhere, "belongs to another thread");
}
END_TEST

static void count(int *number) { ++*number; }
RIPCORD_DEFERRABLE(count, int *)

static __thread int counted;

static void panics_and_counts(const char *unused)
{
    (void)unused;
    attempt () {
        defer(count, &counted);
        coroutine_yield();
        panic("p");
    } rescue (p) {
        coroutine_yield();
        counted++;
    }
}

static void *runs_many(void *unused)
{
    enum { MANY = 20 };
    static __thread struct coroutine many[MANY];

    for (int i = 0; i < MANY; i++)
        coroutine_init(&many[i], panics_and_counts, NULL, NULL);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < MANY; i++)
            (void)coroutine_resume(&many[i]);
    for (int i = 0; i < MANY; i++)
        coroutine_free(&many[i]);
    ck_assert_int_eq(counted, 2 * MANY);
    return unused;
}

START_TEST(threads_do_not_see_the_coroutines_of_each_other)
{
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, runs_many, NULL),
                         0);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}
END_TEST

/* ---- Misuse ---- */

static void resumes_itself(const char *unused)
{
    (void)unused;
    RIPCORD_STACK_SWITCH(&second.calls, &first.calls);
}

static void runs_already(void)
{
    coroutine_init(&first, resumes_itself, NULL, NULL);
    (void)coroutine_resume(&first);
}

static void never_initialised(void)
{
    static ripcord_stack here, there;
    ripcord_stack_switch(&here, &there);
}

static void drops_the_running_one(const char *unused)
{
    (void)unused;
    ripcord_stack_drop(&first.calls);
}

static void dropped_while_it_runs(void)
{
    coroutine_init(&first, drops_the_running_one, NULL, NULL);
    (void)coroutine_resume(&first);
}

START_TEST(a_stack_that_runs_or_is_none_is_refused)
{
    ck_dies(runs_already, " in resumes_itself runs already");
    ck_dies(never_initialised, "the stack switched to at unknown:0 in "
                               "unknown was not initialised");
    ck_dies(dropped_while_it_runs, "was given a stack that runs");
}
END_TEST

static jmp_buf foreign;

static __attribute__((noinline)) void jumps(void)
{
    defer(says, "A STALE CALL RAN\n");
    longjmp(foreign, 1);
}

static void jumps_inside(const char *unused)
{
    (void)unused;
    defer(says, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        jumps();
}

static void jumps_in_a_coroutine(void)
{
    coroutine_init(&first, jumps_inside, NULL, NULL);
    (void)coroutine_resume(&first);
}

START_TEST(a_call_that_was_jumped_over_in_a_coroutine_is_dropped_there)
{
    struct ending ending = run_apart(jumps_in_a_coroutine);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_ptr_nonnull(strstr(ending.output, "was left while a newer"));
    ck_assert_ptr_nonnull(strstr(ending.output, "the outer call ran\n"));
    ck_assert_ptr_null(strstr(ending.output, "A STALE CALL RAN"));
}
END_TEST

/* ---- Without the hook ---- */

static void unhooked_to_another_stack(void)
{
    coroutine_init(&first, fails, NULL, NULL);
    first.hooked = false;
    {
        defer(says, "outside\n");
        (void)coroutine_resume(&first);
    }
}

/* The stacks are so near that they could be one. */
static void unhooked_between_neighbours(void)
{
    static char memory[2 * COROUTINE_SIZE];
    coroutine_init(&first, defers, "1", memory + COROUTINE_SIZE);
    coroutine_init(&second, defers, "2", memory);
    first.hooked = second.hooked = false;
    resume_both(4);
}

START_TEST(without_the_hook_a_switch_is_noticed_at_the_next_leave)
{
    ck_dies(unhooked_to_another_stack, "the block of says deferred at ");
    ck_dies(unhooked_to_another_stack,
            " in unhooked_to_another_stack was left while a newer call of "
            "another stack was pending: the stack was switched without "
            "ripcord_stack_switch (trace, deferred at ");
    ck_dies(unhooked_between_neighbours,
            " in defers was left while a newer call ");
}
END_TEST

RUN_SUITE("stack",
          the_calls_of_a_coroutine_run_in_it_whatever_runs_between,
          a_coroutine_may_resume_another_one,
          a_panic_runs_the_calls_of_its_coroutine_only_and_lands_there,
          it_does_not_matter_where_its_stack_lies,
          panics_of_several_coroutines_run_side_by_side,
          a_panic_holds_cancellation_again_when_its_coroutine_goes_on,
          a_panic_can_be_handed_to_the_one_that_resumes,
          a_panic_that_leaves_its_coroutine_is_uncaught,
          a_scope_lives_across_switches,
          one_that_is_given_up_can_unwind_what_it_holds,
          what_it_holds_is_named_if_it_is_dropped,
          a_panic_or_an_exit_that_runs_on_it_is_named_too,
          UNSANITIZED(a_crash_that_is_dropped_is_not_watched_any_more)
          a_thread_is_not_cancelled_while_it_drops_one,
          one_that_holds_nothing_may_move_to_another_thread,
          one_that_holds_a_call_or_a_landing_may_not,
          threads_do_not_see_the_coroutines_of_each_other,
          a_stack_that_runs_or_is_none_is_refused,
          a_call_that_was_jumped_over_in_a_coroutine_is_dropped_there,
          without_the_hook_a_switch_is_noticed_at_the_next_leave)
