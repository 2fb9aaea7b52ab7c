/* SPDX-License-Identifier: MIT */
/*
 * What deferred calls and recoveries do to results in Go, each behaviour
 * under its number in doc/go.md.
 */
#include "../support.h"

static void increment(volatile int *result) { ++*result; }
RIPCORD_DEFERRABLE(increment, volatile int *)

static void add(ripcord_panic *p, volatile int *result, int more)
{
    if (recover(p))
        *result += more;
}
RIPCORD_RECOVERER(add, volatile int *, int)

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

/* func f() (result int) { defer func() { result++ }(); return 41 } */
static int named(void)
{
    volatile int result = 0;
    recoverable (result) {
        defer(increment, &result);
        recoverable_return(41);
    }
    return result;
}

START_TEST(n1_a_named_result_is_stored_and_then_changed)
{
    ck_assert_int_eq(named(), 42);
}
END_TEST

/* func f() int { local := 1; defer func() { local++ }(); return local } */
static int unnamed(void)
{
    volatile int local = 1;
    recoverable (local) {
        defer(increment, &local);
        return local;
    }
    return -1;
}

START_TEST(n2_an_unnamed_result_is_not_changed_through_a_local)
{
    ck_assert_int_eq(unnamed(), 1);
}
END_TEST

static int recovered(int start)
{
    volatile int result = start;
    recoverable (result) {
        defer(increment, &result);
        defer(add, &result, 100);
        result++;
        panic("p");
    }
    return result;
}

START_TEST(n3_a_recovered_function_returns_its_results_to_its_caller)
{
    trace_number(recovered(4));
    trace("caller");
    ck_traced("106 caller");
}
END_TEST

/* func f() int { defer func() { recover() }(); panic("p") } */
static int recovered_unnamed(void)
{
    recoverable () {
        defer(trace_recovery);
        panic("p");
    }
    return 0;
}

/* func f() int { defer func() { recover() }(); defer panic("p"); return 5 } */
static int recovered_after_return(void)
{
    volatile int result = 0;
    recoverable (result) {
        defer(trace_recovery);
        defer(panics, "leaving");
        recoverable_return(5);
    }
    return result;
}

START_TEST(n4_what_return_has_stored_is_kept_by_a_recovery)
{
    ck_assert_int_eq(recovered_unnamed(), 0);
    ck_assert_int_eq(recovered_after_return(), 5);
    ck_traced("recovered:p recovered:leaving");
}
END_TEST

static int value_that_panics(void) { panic("value"); }

static int returns_a_panic(void)
{
    volatile int result = 3;
    recoverable (result) {
        defer(trace_recovery);
        recoverable_return(value_that_panics());
    }
    return result;
}

struct pair {
    int a, b;
};

/* Go's `a, b = 9, g()`: C assigns two at once as members of one struct. */
static void assigns_a_panic(volatile struct pair *pair)
{
    recoverable (*pair) {
        defer(trace_recovery);
        *pair = (struct pair){ 9, value_that_panics() };
    }
}

START_TEST(n5_a_panic_in_the_value_of_a_return_leaves_the_result)
{
    volatile struct pair pair = { 1, 0 };
    ck_assert_int_eq(returns_a_panic(), 3);
    assigns_a_panic(&pair);
    ck_assert_int_eq(pair.a, 1);
    ck_assert_int_eq(pair.b, 0);
    ck_traced("recovered:value recovered:value");
}
END_TEST

static void see(ripcord_panic *p, volatile int *count)
{
    if (recover(p))
        trace_number(*count);
}
RIPCORD_RECOVERER(see, volatile int *)

static int counts_to(int end)
{
    volatile int count = 0;
    const int numbers[5] = { 1, 1, 1, 1, 1 };
    recoverable (count) {
        defer(see, &count);
        for (int i = 0; i < end; i++)
            count += at(numbers, i);
    }
    return count;
}

START_TEST(n6_what_was_stored_before_a_fault_is_seen)
{
    ck_assert_int_eq(counts_to(3), 3);
    ck_assert_int_eq(counts_to(9), 5);
    ck_traced("5");
}
END_TEST

static void stops(const char *word)
{
    trace(word);
    panic("%s", word);
}

static void goes_on(void)
{
    recoverable () {
        defer(trace_recovery);
        stops("before");
        trace("not reached");
    }
    trace("behind");
}

START_TEST(n7_nothing_behind_the_panic_runs_in_the_recovered_block)
{
    goes_on();
    ck_traced("before recovered:before behind");
}
END_TEST

RUN_SUITE("rows of results",
          n1_a_named_result_is_stored_and_then_changed,
          n2_an_unnamed_result_is_not_changed_through_a_local,
          n3_a_recovered_function_returns_its_results_to_its_caller,
          n4_what_return_has_stored_is_kept_by_a_recovery,
          n5_a_panic_in_the_value_of_a_return_leaves_the_result,
          n6_what_was_stored_before_a_fault_is_seen,
          n7_nothing_behind_the_panic_runs_in_the_recovered_block)
