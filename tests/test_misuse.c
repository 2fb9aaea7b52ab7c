/* SPDX-License-Identifier: MIT */
/*
 * Misuse ends in a message that names file, line and function, and in
 * abort(): never in a call through something that is gone.
 */
#include "support.h"

#include <pthread.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>

static jmp_buf foreign;

static void never(void)
{
    static const char text[] = "A STALE CALL RAN\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
}
RIPCORD_DEFERRABLE(never)

/* Expects a message and that no stale call ran. */
static void ck_diagnosed(void (*function)(void), const char *text)
{
    struct ending ending = run_apart(function);
    ck_assert_msg(!strstr(ending.output, "A STALE CALL RAN"), "%s",
                  ending.output);
    ck_dies(function, text);
}

static ripcord_panic *smuggled;

static void smuggles(ripcord_panic *p) { smuggled = p; }
RIPCORD_RECOVERER(smuggles)

static void recovers_smuggled(void) { (void)recover(smuggled); }
RIPCORD_DEFERRABLE(recovers_smuggled)

/* The handle is the recoverer's: in other hands it recovers nothing. */
static void smuggled_to_a_call(void)
{
    defer(recovers_smuggled);
    recoverable () {
        defer(smuggles);
        panic("the panic");
    }
}

static void smuggled_under_an_attempt(void)
{
    attempt () {
        smuggled_to_a_call();
    } rescue (p) {
        trace(p->message);
    }
}

START_TEST(a_handle_recovers_nothing_in_a_call_that_is_no_recoverer)
{
    ck_diagnosed(smuggled_to_a_call, "panic: the panic\n");
    smuggled_under_an_attempt();
    ck_traced("the panic");
}
END_TEST

/* What a coroutine that moved to another thread does. */
static void *takes_over(void *stack)
{
    ripcord__thread.top = (struct ripcord__entry *)stack;
    panic("elsewhere");
}

static void landing_of_another_thread(void)
{
    attempt () {
        pthread_t thread;
        pthread_create(&thread, NULL, takes_over, ripcord__thread.top);
        pthread_join(thread, NULL);
    } rescue (p) {
        never();
    }
}

START_TEST(a_landing_of_another_thread_is_refused)
{
    ck_diagnosed(landing_of_another_thread, "the attempt block at ");
    ck_diagnosed(landing_of_another_thread,
                 "in landing_of_another_thread belongs to another thread");
}
END_TEST

static void gone_landing(void)
{
    attempt () {
        /* The frame as it would be if it lay below those alive. */
        struct ripcord__landing *landing = (void *)ripcord__thread.top;
        landing->frame = NULL;
        panic("p");
    } rescue (p) {
        never();
    }
}

START_TEST(a_landing_in_a_frame_that_is_gone_is_refused)
{
    ck_diagnosed(gone_landing, "the frame of the attempt block at ");
    ck_diagnosed(gone_landing, "in gone_landing is gone");
}
END_TEST

/* ---- memory that was overwritten ---- */

static void overwritten_site(void)
{
    static const char text[64] = "not a site, although it can be read";
    defer(never);
    ripcord__thread.top->site = (const void *)text;
    panic("p");
}

static void odd_site(void)
{
    defer(never);
    ripcord__thread.top->site = (const void *)1;
    panic("p");
}

static void cyclic_list(void)
{
    defer(never);
    ripcord__thread.top->previous = ripcord__thread.top;
    panic("p");
}

static void overwritten_when_left(void)
{
    static const char text[64] = "not a site, although it can be read";
    struct ripcord__entry *older = ripcord__thread.top;
    defer(never);
    ripcord__thread.top->site = (const void *)text;
    ripcord__thread.top = older;
}

static void overwritten_scope(void)
{
    defer_scope(calls);
    defer_to(calls, never);
    memset(calls.newest, 'x', 8);
    panic("p");
}

START_TEST(a_damaged_entry_is_never_called_through)
{
    ck_diagnosed(overwritten_site, "the defer stack is damaged");
    ck_diagnosed(odd_site, "the defer stack is damaged");
    ck_diagnosed(cyclic_list, "the defer stack is damaged");
    ck_diagnosed(cyclic_list, "noticed by the panic at ");
    ck_diagnosed(cyclic_list, "in cyclic_list");
    ck_diagnosed(overwritten_when_left, "whose frame was overwritten");
    ck_diagnosed(overwritten_scope,
                 "a call deferred to the scope calls declared at ");
}
END_TEST

static void left_twice(void)
{
    struct ripcord__entry *older = ripcord__thread.top;
    defer(never);
    ripcord__thread.top = older;
}

START_TEST(a_block_that_is_left_twice_is_named)
{
    ck_diagnosed(left_twice, "the block of never deferred at ");
    ck_diagnosed(left_twice, "was left twice");
}
END_TEST

/* ---- panics ---- */

static void again_with_null(void) { panic_again(NULL); }

static void keeps(ripcord_panic *p)
{
    smuggled = p;
    (void)recover(p);
}
RIPCORD_RECOVERER(keeps)

/* So far down that nothing overwrites the panic when it is over. */
static void panics_far_down(void)
{
    volatile char room[16384];
    room[0] = 'p';
    KEEP(room);
    panic("%c", room[0]);
}

static void again_when_over(void)
{
    recoverable () {
        defer(keeps);
        panics_far_down();
    }
    panic_again(smuggled);
}

#ifndef SANITIZED
static void again_after_the_rescue(void)
{
    const ripcord_panic *volatile kept = NULL;
    attempt () {
        panic("p");
    } rescue (p) {
        kept = p;
    }
    panic_again(kept);
}
#endif

START_TEST(panic_again_of_nothing_or_of_a_dead_panic_is_named)
{
    ck_diagnosed(again_with_null, "panic_again at ");
    ck_diagnosed(again_with_null, "in again_with_null was given NULL");
    ck_diagnosed(again_when_over, "was given a panic that is over");
#ifndef SANITIZED
    ck_diagnosed(again_after_the_rescue, "was given a panic that is over");
#endif
}
END_TEST

static void jumps(void) { longjmp(foreign, 1); }
RIPCORD_DEFERRABLE(jumps)

static __attribute__((noinline)) void panics_and_jumps(void)
{
    defer(jumps);
    panic("left behind");
}

static void panics_after_a_jump(void)
{
    if (setjmp(foreign) == 0)
        panics_and_jumps();
    panic("next");
}

static void lands_after_a_jump(void)
{
    attempt () {
        panics_after_a_jump();
    } rescue (p) {
        (void)p;
    }
}

static void lands_in_an_attempt_after_a_jump(void)
{
    if (setjmp(foreign) == 0)
        panics_and_jumps();
    attempt () {
        panic("next");
    } rescue (p) {
        (void)p;
    }
}

START_TEST(a_panic_that_a_deferred_call_jumped_out_of_is_noticed)
{
    ck_diagnosed(lands_in_an_attempt_after_a_jump,
                 "finds a panic that is still running, but its stack is gone");
    ck_diagnosed(lands_after_a_jump,
                 "finds a panic that is still running, but its stack is gone");
    ck_diagnosed(panics_after_a_jump,
                 "finds a panic that is still running, but its stack is gone");
    ck_diagnosed(panics_after_a_jump, "in panics_after_a_jump");
}
END_TEST

static void endless(void);
RIPCORD_DEFERRABLE(endless)

static volatile bool without_end = true;

static void endless(void)
{
    defer(endless);
    if (without_end)
        panic("endless");
}

START_TEST(panics_that_nest_without_end_are_stopped)
{
    ck_diagnosed(endless, "1001 panics are nested, the newest raised at ");
    ck_diagnosed(endless, "in endless: endless");
}
END_TEST

RUN_SUITE("misuse",
          a_handle_recovers_nothing_in_a_call_that_is_no_recoverer,
          a_panic_that_a_deferred_call_jumped_out_of_is_noticed,
          a_landing_of_another_thread_is_refused,
          a_landing_in_a_frame_that_is_gone_is_refused,
          a_damaged_entry_is_never_called_through,
          a_block_that_is_left_twice_is_named,
          panic_again_of_nothing_or_of_a_dead_panic_is_named,
          panics_that_nest_without_end_are_stopped)
