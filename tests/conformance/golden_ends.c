/* SPDX-License-Identifier: MIT */
/*
 * Go programs of golden/ in C, in the form that doc/go.md gives to each
 * construct, to be read side by side: runtime errors, and the ends of
 * processes and threads.
 */
#include "golden_cases.h"

#include <pthread.h>
#include <semaphore.h>

/* ---- runtime errors ---- */

/* What no compiler knows. */
static volatile int five = 5, zero = 0, minus_one = -1;
static const int *volatile none;

static void index_beyond(void)
{
    const int numbers[] = { 1, 2, 3 };
    (void)at(numbers, five);
}

static void index_negative(void)
{
    const int numbers[] = { 1, 2, 3 };
    (void)at(numbers, -five);
}

static void divide(void) { (void)checked_div(1, zero); }
static void shift(void) { (void)checked_shl(1, minus_one); }
static void nil_pointer(void) { (void)*not_null(none); }

static void nil_pointer_recovered(void)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        nil_pointer();
    }
}

/* defer function() */
static void call(void (*function)(void)) { not_null(function)(); }
RIPCORD_DEFERRABLE(call, void (*)(void))

static void nil_function(void)
{
    defer(call, NULL);
    println("reached");
}

static void runtime_error_recovered(void)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        divide();
    }
}

static void runtime_error_again(void)
{
    recoverable () {
        defer(again);
        divide();
    }
}

/* ---- the order of all that is printed ---- */

static void has_its_own(void)
{
    defer(println, "its own");
    panic("second");
}
RIPCORD_DEFERRABLE(has_its_own)

static void order(void)
{
    defer(println, "older");
    defer(has_its_own);
    defer(println, "newer");
    panic("first");
}

/* ---- ends of the process ---- */

/* Go's `go function()`. */
static void go(void *(*function)(void *))
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, function, NULL));
}

static sem_t ready;

/* Go's `select {}`. */
static void waits(void)
{
    for (;;)
        (void)pause();
}

static void *panics_in_thread(void *nothing)
{
    (void)nothing;
    defer(println, "the thread's own");
    panic("in a thread");
}

static void in_a_thread(void)
{
    defer(println, "not reached");
    go(panics_in_thread);
    waits();
}

RIPCORD_DEFERRABLE(exit, int)

static void exits(void)
{
    defer(println, "not reached");
    defer(exit, 3);
    panic("first");
}

static void is_ready(void)
{
    (void)sem_post(&ready);
    waits();
}
RIPCORD_DEFERRABLE(is_ready)

static void *never_ends(void *nothing)
{
    (void)nothing;
    defer(println, "not reached");
    defer(is_ready);
    panic("in a thread");
}

static void main_returns(void)
{
    {
        defer(println, "main's own");
        (void)sem_init(&ready, 0, 0);
        go(never_ends);
        (void)sem_wait(&ready);
    }
    exit(0);
}

/* ---- the exit of a thread: Go's Goexit ---- */

/* defer runtime.Goexit() */
RIPCORD_DEFERRABLE(ripcord_thread_exit, void *)

static void *panicked(void *nothing)
{
    defer(panics, "first");
    thread_exit(nothing);
}

static void prints(ripcord_panic *p) { println(recover(p)->message); }
RIPCORD_RECOVERER(prints)

static void recovers_its_own(void)
{
    recoverable () {
        defer(prints);
        panic("first");
    }
}
RIPCORD_DEFERRABLE(recovers_its_own)

static void *recovered_then_panicked(void *nothing)
{
    defer(panics, "second");
    defer(recovers_its_own);
    thread_exit(nothing);
}

static void *between(void *nothing)
{
    defer(panics, "second");
    defer(ripcord_thread_exit, nothing);
    panic("first");
}

static void *between_three(void *nothing)
{
    defer(panics, "third");
    defer(panics, "second");
    defer(ripcord_thread_exit, nothing);
    panic("first");
}

static void *recovered_and_panicked(void *nothing)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        defer(panics, "first");
        thread_exit(nothing);
    }
    return nothing;
}

static void recovers_then_exits(ripcord_panic *p)
{
    (void)recover(p);
    thread_exit(NULL);
}
RIPCORD_RECOVERER(recovers_then_exits)

static void *behind_recovered(void *nothing)
{
    recoverable () {
        defer(panics, "second");
        defer(recovers_then_exits);
        panic("first");
    }
    return nothing;
}

#define IN_THREAD(name) \
    static void exit_##name(void) { go(name); waits(); }
IN_THREAD(panicked)
IN_THREAD(recovered_then_panicked)
IN_THREAD(between)
IN_THREAD(between_three)
IN_THREAD(recovered_and_panicked)
IN_THREAD(behind_recovered)

static void exit_of_main(void)
{
    defer(println, "deferred");
    thread_exit(NULL);
}

const struct golden_case golden_ends[] = {
    { "index", index_beyond },
    { "index_negative", index_negative },
    { "divide", divide },
    { "shift", shift },
    { "nil_pointer", nil_pointer },
    { "nil_pointer_recovered", nil_pointer_recovered },
    { "nil_function", nil_function },
    { "runtime_error_recovered", runtime_error_recovered },
    { "runtime_error_again", runtime_error_again },
    { "order", order },
    { "thread", in_a_thread },
    { "exit", exits },
    { "main_returns", main_returns },
    { "exit_panicked", exit_panicked },
    { "exit_recovered_then_panicked", exit_recovered_then_panicked },
    { "exit_between", exit_between },
    { "exit_between_three", exit_between_three },
    { "exit_recovered_and_panicked", exit_recovered_and_panicked },
    { "exit_behind_recovered", exit_behind_recovered },
    { "exit_of_main", exit_of_main },
    { NULL, NULL }
};
