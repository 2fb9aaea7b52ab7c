/* SPDX-License-Identifier: MIT */
/*
 * Somebody else's longjmp without a word before: the calls that it passes are
 * found at the next leave or panic, named, dropped, and never called.
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a program with the costly checks has noticed before the panic. */
#ifdef RIPCORD_CHECKED
#define AT_THE_PANIC(text) ""
#else
#define AT_THE_PANIC(text) text
#endif

static jmp_buf foreign;

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}
RIPCORD_DEFERRABLE(say, const char *)

static void never(void) { say("A STALE CALL RAN\n"); }
RIPCORD_DEFERRABLE(never)

/* Expects that no stale call ran. */
static void ck_not_called(const struct ending *ending)
{
    ck_assert_msg(!strstr(ending->output, "A STALE CALL RAN"), "%s",
                  ending->output);
}

/* Expects that a function goes on to its end, and says `text`. */
static void ck_goes_on(void (*function)(void), const char *text)
{
    struct ending ending = run_apart(function);
    ck_not_called(&ending);
    ck_assert_msg(!ending.signal && !ending.status &&
                  strstr(ending.output, text),
                  "ended by signal %d, status %d, saying:\n%s\nnot: %s",
                  ending.signal, ending.status, ending.output, text);
}

static void ck_diagnosed(void (*function)(void), const char *text)
{
    struct ending ending = run_apart(function);
    ck_not_called(&ending);
    ck_dies(function, text);
}

/* ---- Jumps: those from afar leave entries that nobody overwrites ---- */

static __attribute__((noinline)) void jumps_over(void)
{
    defer(never);
    longjmp(foreign, 1);
}

static __attribute__((noinline)) void jumps_from_a_scope(void)
{
    defer_scope(calls);
    for (int i = 0; i < 5; i++)
        defer_to(calls, never);
    longjmp(foreign, 1);
}

static __attribute__((noinline)) void jumps_over_cancelled_ones(void)
{
    defer(never);
    defer_as(cancelled, never);
    defer_as(called, say, "called early\n");
    (void)defer_cancel(cancelled);
    (void)defer_run(called);
    longjmp(foreign, 1);
}

static __attribute__((noinline)) void jumps_out_of_landings(void)
{
    recoverable () {
        attempt () {
            longjmp(foreign, 1);
        }
    }
}

static void jumps_over_more(void);
static int depth;

static __attribute__((noinline)) void jumps_over_many(void)
{
    defer(never);
    jumps_over_more();
}

static __attribute__((noinline)) void jumps_over_more(void)
{
    if (--depth > 0)
        jumps_over_many();
    longjmp(foreign, 1);
}

static __attribute__((noinline)) void jumps_over_ten(void)
{
    depth = 10;
    jumps_over_many();
}

static ON_STACK void from_afar(void (*jump)(void))
{
    volatile char room[16384];
    KEEP(room);
    jump();
    room[0] = 1;
}

/* Writes over what from_afar has left. */
static ON_STACK void overwrite(int byte)
{
    char room[20000];
    memset(room, byte, sizeof room);
    __asm__ volatile("" : : "r"(room) : "memory");
}

/* ---- When a block is left ---- */

static void jumped_over_then_left(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        jumps_over();
}

START_TEST(a_call_that_was_jumped_over_is_dropped_when_a_block_is_left)
{
    ck_goes_on(jumped_over_then_left, "ripcord: the block of say deferred at ");
    ck_goes_on(jumped_over_then_left,
               "in jumped_over_then_left was left while a newer call was "
               "pending: its block was jumped out of, by longjmp or a "
               "switch of stacks; dropped without being called:\n\t");
    ck_goes_on(jumped_over_then_left, "the outer call ran\n");
}
END_TEST

static void overwritten_then_left(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_over);
    overwrite(0);
}

START_TEST(it_is_dropped_even_if_it_cannot_be_read_any_more)
{
    ck_goes_on(overwritten_then_left, "the outer call ran\n");
#ifndef SANITIZED
    ck_goes_on(overwritten_then_left,
               ":\n\ta call whose frame was overwritten\n");
#endif
}
END_TEST

static void jumped_from_afar(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_over);
}

static void scope_jumped_over(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_from_a_scope);
}

static void landings_jumped_over(void)
{
    attempt () {
        if (setjmp(foreign) == 0)
            from_afar(jumps_out_of_landings);
    } rescue (p) {
        never();
    }
}

static void ten_jumped_over(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_over_ten);
}

START_TEST(what_is_dropped_is_named_with_its_place)
{
    ck_goes_on(jumped_from_afar, ":\n\tnever, deferred at ");
    ck_goes_on(jumped_from_afar, " in jumps_over\n");
    ck_goes_on(scope_jumped_over, ":\n\tcalls, a scope declared at ");
    ck_goes_on(landings_jumped_over, ":\n\tattempt, a block at ");
    ck_goes_on(landings_jumped_over, "\n\trecoverable, a block at ");
    ck_goes_on(ten_jumped_over, " in jumps_over_many\n\tand 2 more\n");
}
END_TEST

/* ---- When a panic is raised ---- */

static void panics_after_a_jump(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_over);
    panic("next");
}

static void rescued_after_a_jump(void)
{
    attempt () {
        panics_after_a_jump();
    } rescue (p) {
        say("rescued\n");
    }
}

static void panics_past_a_live_call(void)
{
    attempt () {
        defer(say, "the outer call ran\n");
        if (setjmp(foreign) == 0)
            from_afar(jumps_over);
        defer(say, "the inner call ran\n");
        panic("next");
    } rescue (p) {
        say("rescued\n");
    }
}

#ifndef SANITIZED
/* Not as far: where a panic has room for itself that it has not used yet when
   it looks for what was jumped over. */
static ON_STACK void from_nearby(void (*jump)(void))
{
    volatile char room[100];
    KEEP(room);
    jump();
    room[0] = 1;
}

/* A function that is bound when it is called first needs kilobytes for that. */
static void bind(void)
{
    attempt () {
        panic("first");
    } rescue (p) {
        (void)p;
    }
}

/* It is copied to where the entries are. */
#define FORTY "0123456789012345678901234567890123456789"
#define LONG_MESSAGE FORTY FORTY FORTY FORTY FORTY FORTY

static void panics_soon(void)
{
    bind();
    attempt () {
        defer(say, "the outer call ran\n");
        if (setjmp(foreign) == 0)
            from_nearby(jumps_over);
        panic(LONG_MESSAGE);
    } rescue (p) {
        say("rescued\n");
    }
}

static void lands_soon(void)
{
    bind();
    errno = ENOENT;
    attempt () {
        if (setjmp(foreign) == 0)
            from_nearby(jumps_over);
        panic(LONG_MESSAGE);
    } rescue (p) {
        say(errno == ENOENT ? "rescued\n" : "errno was changed\n");
    }
}

static void dies_soon(void)
{
    (void)ripcord_set_stale(RIPCORD_STALE_FATAL);
    panics_soon();
}

START_TEST(a_panic_finds_what_its_own_frame_is_about_to_cover)
{
    ck_goes_on(panics_soon, " in panics_soon; dropped without being called:\n"
                            "\tnever, deferred at ");
    ck_goes_on(panics_soon, " in jumps_over\nthe outer call ran\nrescued\n");
    ck_goes_on(lands_soon, " in lands_soon; dropped without being called:\n"
                           "\tnever, deferred at ");
    ck_goes_on(lands_soon, " in jumps_over\nrescued\n");
    ck_diagnosed(dies_soon, " in jumps_over\n");
}
END_TEST
#endif

static void panics_after_a_cancelled_one(void)
{
    attempt () {
        defer(say, "the outer call ran\n");
        if (setjmp(foreign) == 0)
            from_afar(jumps_over_cancelled_ones);
        panic("next");
    } rescue (p) {
        say("rescued\n");
    }
}

static void leaves_a_cancelled_one(void)
{
    defer(say, "the outer call ran\n");
    {
        defer_as(call, never);
        (void)defer_cancel(call);
        if (setjmp(foreign) == 0)
            from_afar(jumps_over);
    }
    say("left\n");
}

START_TEST(a_cancelled_call_hides_none_of_the_others)
{
    ck_goes_on(panics_after_a_cancelled_one,
               "called early\nripcord: a call was pending ");
    ck_goes_on(panics_after_a_cancelled_one,
               "\n\tsay, cancelled or run already, deferred at ");
    ck_goes_on(panics_after_a_cancelled_one,
               " in jumps_over_cancelled_ones\n\tnever, cancelled or ");
    ck_goes_on(panics_after_a_cancelled_one,
               " in jumps_over_cancelled_ones\n\tnever, deferred at ");
    ck_goes_on(panics_after_a_cancelled_one,
               " in jumps_over_cancelled_ones\nthe outer call ran\nrescued\n");
    ck_goes_on(leaves_a_cancelled_one,
               " in leaves_a_cancelled_one was left while a newer call was ");
    ck_goes_on(leaves_a_cancelled_one,
               " in jumps_over\nleft\nthe outer call ran\n");
}
END_TEST

static void recovers(ripcord_panic *p)
{
    if (recover(p))
        say("recovered\n");
}
RIPCORD_RECOVERER(recovers)

static void recovers_after_a_jump(void)
{
    recoverable () {
        defer(say, "the outer call ran\n");
        if (setjmp(foreign) == 0)
            from_afar(jumps_over);
        defer(recovers);
        panic("next");
    }
    say("behind the block\n");
}

static void *exits(void *unused)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_over);
    thread_exit(unused);
}

static void exits_after_a_jump(void)
{
    pthread_t thread;
    (void)pthread_create(&thread, NULL, exits, NULL);
    (void)pthread_join(thread, NULL);
}

START_TEST(a_panic_drops_it_and_runs_the_older_ones)
{
    ck_goes_on(rescued_after_a_jump,
               "ripcord: a call was pending whose block was jumped out of, by "
               "longjmp or a switch of stacks; noticed by the panic at ");
    ck_goes_on(rescued_after_a_jump, " in panics_after_a_jump; dropped without "
                                     "being called:\n\tnever, deferred at ");
    ck_goes_on(rescued_after_a_jump, " in jumps_over\nthe outer call ran\n"
                                     "rescued\n");
    ck_goes_on(panics_past_a_live_call,
            AT_THE_PANIC("the inner call ran\nripcord: "));
    ck_goes_on(panics_past_a_live_call, AT_THE_PANIC(" in jumps_over\n")
               "the outer call ran\nrescued\n");
    ck_goes_on(recovers_after_a_jump, AT_THE_PANIC("recovered\nripcord: "));
    ck_goes_on(recovers_after_a_jump, AT_THE_PANIC(" in jumps_over\n")
               "the outer call ran\nbehind the block\n");
    ck_goes_on(exits_after_a_jump, "noticed by the exit at ");
    ck_goes_on(exits_after_a_jump, " in jumps_over\nthe outer call ran\n");
}
END_TEST

#ifndef SANITIZED
static void panics_when_overwritten(int byte)
{
    defer(never);
    if (setjmp(foreign) == 0)
        from_afar(jumps_over);
    overwrite(byte);
    panic("next");
}

static void overwritten_by_letters(void) { panics_when_overwritten('x'); }
static void overwritten_by_zeros(void) { panics_when_overwritten(0); }

START_TEST(a_panic_does_not_follow_one_that_was_overwritten)
{
    ck_diagnosed(overwritten_by_letters,
                 "a call was pending whose block was jumped out of, by "
                 "longjmp or a switch of stacks, and its frame was "
                 "overwritten, so that the older ones cannot be found; "
                 "noticed by the panic at ");
    ck_diagnosed(overwritten_by_zeros, "the older ones cannot be found");
}
END_TEST
#endif

/* A circle of entries in a frame that is gone. */
static __attribute__((noinline)) void jumps_from_a_circle(void)
{
    defer(never);
    struct ripcord__entry *older = ripcord__thread.top;
    defer(never);
    older->previous = ripcord__thread.top;
    longjmp(foreign, 1);
}

static void panics_with_a_circle(void)
{
    if (setjmp(foreign) == 0)
        from_afar(jumps_from_a_circle);
    panic("next");
}

static void leaves_with_a_circle(void)
{
    defer(say, "the outer call ran\n");
    if (setjmp(foreign) == 0)
        from_afar(jumps_from_a_circle);
}

START_TEST(a_circle_of_damaged_entries_has_an_end)
{
    ck_diagnosed(panics_with_a_circle, "the older ones cannot be found");
    ck_goes_on(leaves_with_a_circle, "the outer call ran\n");
}
END_TEST

/* ---- What is done about it ---- */

static void fatal_by_choice(void)
{
    ck_assert_int_eq(ripcord_set_stale(RIPCORD_STALE_FATAL),
                     RIPCORD_STALE_MESSAGE);
    ck_assert_int_eq(ripcord_set_stale(RIPCORD_STALE_FATAL),
                     RIPCORD_STALE_FATAL);
    jumped_from_afar();
}

static void fatal_by_environment(void)
{
    (void)setenv("RIPCORD_STALE", "fatal", 1);
    rescued_after_a_jump();
}

START_TEST(it_ends_the_process_if_that_is_the_choice)
{
    ck_diagnosed(fatal_by_choice, "fatal error: ripcord: the block of say "
                                  "deferred at ");
    ck_diagnosed(fatal_by_choice, "\n\tnever, deferred at ");
    ck_diagnosed(fatal_by_environment, "fatal error: ripcord: a call was "
                                       "pending whose block was ");
}
END_TEST

static void silent_by_choice(void)
{
    (void)ripcord_set_stale(RIPCORD_STALE_SILENT);
    rescued_after_a_jump();
    jumped_from_afar();
}

static void silent_by_environment(void)
{
    (void)setenv("RIPCORD_STALE", "silent", 1);
    rescued_after_a_jump();
}

START_TEST(nothing_is_said_if_that_is_the_choice)
{
    ck_assert_str_eq(run_apart(silent_by_choice).output,
                     "the outer call ran\nrescued\nthe outer call ran\n");
    ck_assert_str_eq(run_apart(silent_by_environment).output,
                     "the outer call ran\nrescued\n");
}
END_TEST

#ifndef SANITIZED
static void (*volatile jump_over)(void) = jumps_over;

static ON_STACK void jumps_from_far_below(int frames)
{
    volatile char room[65536];
    KEEP(room);
    if (frames > 0)
        jumps_from_far_below(frames - 1);
    else
        jump_over();
    room[0] = 1;
}

static void *panics_on_a_large_stack(void *unused)
{
    attempt () {
        defer(say, "the outer call ran\n");
        if (setjmp(foreign) == 0)
            jumps_from_far_below(256);      /* 16 MiB */
        panic("next");
    } rescue (p) {
        say("rescued\n");
    }
    return unused;
}

static void *leaves_on_a_large_stack(void *unused)
{
    {
        defer(say, "the outer call ran\n");
        if (setjmp(foreign) == 0)
            jumps_from_far_below(256);
    }
    say("goes on\n");
    return unused;
}

static void jumps(void) { longjmp(foreign, 1); }
RIPCORD_DEFERRABLE(jumps)

static void panics_and_jumps(void)
{
    defer(jumps);
    panic("left behind");
}

static void *panics_from_far_below(void *unused)
{
    jump_over = panics_and_jumps;
    if (setjmp(foreign) == 0)
        jumps_from_far_below(256);
    panic("next");
    return unused;
}

static void in_a_large_stack(void *(*function)(void *))
{
    pthread_attr_t attributes;
    pthread_t thread;

    must_zero(pthread_attr_init(&attributes));
    must_zero(pthread_attr_setstacksize(&attributes, (size_t)64 << 20));
    must_zero(pthread_create(&thread, &attributes, function, NULL));
    must_zero(pthread_join(thread, NULL));
}

static void panics_far_above(void)
{
    in_a_large_stack(panics_on_a_large_stack);
}

static void leaves_far_above(void)
{
    in_a_large_stack(leaves_on_a_large_stack);
}

static void panics_twice(void) { in_a_large_stack(panics_from_far_below); }

START_TEST(a_stack_may_be_larger_than_usual)
{
    ck_goes_on(panics_far_above, " in jumps_over\nthe outer call ran\n"
                                 "rescued\n");
    ck_goes_on(leaves_far_above, " in jumps_over\nthe outer call ran\n"
                                 "goes on\n");
    ck_dies(panics_twice, "finds a panic that is still running, but its "
                          "stack is gone");
}
END_TEST
#endif

RUN_SUITE("stale",
          a_call_that_was_jumped_over_is_dropped_when_a_block_is_left,
          it_is_dropped_even_if_it_cannot_be_read_any_more,
          what_is_dropped_is_named_with_its_place,
          a_panic_drops_it_and_runs_the_older_ones,
          UNSANITIZED(a_panic_finds_what_its_own_frame_is_about_to_cover)
          UNSANITIZED(a_stack_may_be_larger_than_usual)
          a_cancelled_call_hides_none_of_the_others,
          UNSANITIZED(a_panic_does_not_follow_one_that_was_overwritten)
          a_circle_of_damaged_entries_has_an_end,
          it_ends_the_process_if_that_is_the_choice,
          nothing_is_said_if_that_is_the_choice)
