/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <pthread.h>
#include <stdlib.h>

struct wide {
    long values[20];
};

static long sum;
static int expected_next;

static void add(struct wide wide) { sum += wide.values[0] + wide.values[19]; }
static void three(char a, long double b, short c)
{
    trace_number(a + (int)b + c);
}
static void in_order(int number)
{
    ck_assert_int_eq(number, expected_next);
    expected_next--;
}
static void panics(const char *message)
{
    trace(message);
    panic("%s", message);
}
RIPCORD_DEFERRABLE(add, struct wide)
RIPCORD_DEFERRABLE(three, char, long double, short)
RIPCORD_DEFERRABLE(in_order, int)
RIPCORD_DEFERRABLE(panics, const char *)

START_TEST(calls_of_a_loop_run_when_the_scope_ends_newest_first)
{
    {
        defer_scope(calls);
        for (int i = 0; i < 3; i++)
            defer_to(calls, trace_number, i);
        trace("body");
    }
    trace("after");
    ck_traced("body 2 1 0 after");
}
END_TEST

START_TEST(an_empty_scope_does_nothing)
{
    {
        defer_scope(calls);
        (void)calls;
        trace("body");
    }
    ck_traced("body");
}
END_TEST

START_TEST(calls_of_different_sizes_share_a_scope)
{
    struct wide wide = { { 1 } };
    wide.values[19] = 2;
    {
        defer_scope(calls);
        for (int i = 0; i < 100; i++) {
            defer_to(calls, add, wide);
            if (i % 25 == 0)
                defer_to(calls, three, 1, (long double)i, 2);
        }
        wide.values[0] = 1000;
    }
    ck_assert_int_eq(sum, 300);
    ck_traced("78 53 28 3");
}
END_TEST

START_TEST(a_scope_is_one_entry_at_the_place_of_its_declaration)
{
    {
        defer(trace, "older");
        defer_scope(calls);
        defer(trace, "newer");
        defer_to(calls, trace, "scoped");
    }
    ck_traced("newer scoped older");
}
END_TEST

static int returns_from_a_loop(void)
{
    defer_scope(calls);
    for (int i = 0;; i++) {
        defer_to(calls, trace_number, i);
        if (i == 2)
            return i;
    }
}

START_TEST(a_return_runs_the_calls_of_the_scope)
{
    ck_assert_int_eq(returns_from_a_loop(), 2);
    ck_traced("2 1 0");
}
END_TEST

static void defers_for_its_caller(ripcord_scope *scope)
{
    defer_to(*scope, trace, "callee's");
}

START_TEST(a_function_can_defer_to_the_scope_of_its_caller)
{
    {
        defer_scope(calls);
        defer_to(calls, trace, "caller's");
        defers_for_its_caller(&calls);
        trace("body");
    }
    ck_traced("body callee's caller's");
    trace_reset();
    recoverable () {
        defer_scope(calls);
        defer_to(calls, trace_recovery);
        defers_for_its_caller(scope_of(calls));
        panic("p");
    }
    ck_traced("callee's recovered:p");
}
END_TEST

START_TEST(the_scope_is_evaluated_once)
{
    defer_scope(first);
    defer_scope(second);
    ripcord_scope *scopes[] = { &first, &second };
    ripcord_scope **next = scopes;
    for (int i = 0; i < 2; i++)
        defer_to(**next++, trace_number, i);
    ck_assert_ptr_eq(next, scopes + 2);
}
END_TEST

static void defers_more(ripcord_scope *scope, int more)
{
    trace_number(more);
    if (more > 0)
        defer_to(*scope, trace_number, 100 + more);
}
RIPCORD_DEFERRABLE(defers_more, ripcord_scope *, int)

START_TEST(a_call_may_defer_to_the_scope_that_runs_it)
{
    {
        defer_scope(calls);
        defer_to(calls, trace, "last");
        defer_to(calls, defers_more, &calls, 2);
    }
    ck_traced("2 102 last");
}
END_TEST

START_TEST(a_panic_runs_the_calls_of_the_scope)
{
    attempt () {
        defer(trace, "oldest");
        defer_scope(calls);
        for (int i = 0; i < 20; i++)
            defer_to(calls, trace_number, i);
        panic("p");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 oldest p");
}
END_TEST

START_TEST(the_rest_runs_when_a_call_of_the_scope_panics)
{
    attempt () {
        defer_scope(calls);
        defer_to(calls, trace, "first");
        defer_to(calls, panics, "second");
        defer_to(calls, trace, "third");
        defer_to(calls, panics, "fourth");
        trace("body");
    } rescue (p) {
        ck_assert_str_eq(p->message, "second");
        ck_assert_str_eq(p->replaced.message, "fourth");
    }
    ck_traced("body fourth third second first");
}
END_TEST

START_TEST(a_recoverer_in_a_scope_recovers_and_the_rest_runs_normally)
{
    recoverable () {
        defer(trace, "block");
        defer_scope(calls);
        defer_to(calls, trace, "older");
        defer_to(calls, trace_recovery);
        defer_to(calls, trace, "newer");
        panic("p");
    }
    trace("after");
    ck_traced("newer recovered:p older block after");
}
END_TEST

START_TEST(a_call_deferred_from_an_inner_landing_belongs_to_the_scope)
{
    recoverable () {
        defer_scope(calls);
        recoverable () {
            defer_to(calls, trace_recovery);
        }
        attempt () {
            defer_to(calls, trace, "from an attempt");
        } rescue (p) {
            trace("not reached");
        }
        panic("p");
    }
    trace("after");
    ck_traced("from an attempt recovered:p after");
}
END_TEST

static int million;

/* Valgrind takes a minute for as many. */
static void count_to_a_million(void)
{
    million = getenv("RIPCORD_TEST_QUICK") ? 20000 : 1000000;
    expected_next = million - 1;
}

START_TEST(a_million_calls_run_in_order)
{
    count_to_a_million();
    {
        defer_scope(calls);
        for (int i = 0; i < million; i++)
            defer_to(calls, in_order, i);
    }
    ck_assert_int_eq(expected_next, -1);
}
END_TEST

START_TEST(a_panic_runs_a_million_calls_in_order)
{
    count_to_a_million();
    attempt () {
        defer_scope(calls);
        for (int i = 0; i < million; i++)
            defer_to(calls, in_order, i);
        panic("p");
    } rescue (p) {
        trace(p->message);
    }
    ck_assert_int_eq(expected_next, -1);
    ck_traced("p");
}
END_TEST

static void *use_foreign_scope(void *scope)
{
    defer_to(*(ripcord_scope *)scope, trace, "never");
    return NULL;
}

static void share_a_scope(void)
{
    pthread_t thread;
    defer_scope(shared);
    pthread_create(&thread, NULL, use_foreign_scope, &shared);
    pthread_join(thread, NULL);
}

START_TEST(a_scope_of_another_thread_is_refused)
{
    ck_dies(share_a_scope, "trace was deferred at ");
    ck_dies(share_a_scope, "in use_foreign_scope to the scope shared of "
                           "another thread, declared at ");
}
END_TEST

RUN_SUITE("scope",
          calls_of_a_loop_run_when_the_scope_ends_newest_first,
          an_empty_scope_does_nothing,
          calls_of_different_sizes_share_a_scope,
          a_scope_is_one_entry_at_the_place_of_its_declaration,
          a_return_runs_the_calls_of_the_scope,
          a_function_can_defer_to_the_scope_of_its_caller,
          the_scope_is_evaluated_once,
          a_call_may_defer_to_the_scope_that_runs_it,
          a_panic_runs_the_calls_of_the_scope,
          the_rest_runs_when_a_call_of_the_scope_panics,
          a_recoverer_in_a_scope_recovers_and_the_rest_runs_normally,
          a_call_deferred_from_an_inner_landing_belongs_to_the_scope,
          a_million_calls_run_in_order,
          a_panic_runs_a_million_calls_in_order,
          a_scope_of_another_thread_is_refused)
