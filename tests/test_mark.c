/* SPDX-License-Identifier: MIT */
/*
 * Unwinding to a mark before somebody else's longjmp, so that it leaves
 * nothing behind.
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static jmp_buf foreign;
static ripcord_mark place;

/* What the error handler of a library does. */
static __attribute__((noinline)) void fails(void)
{
    trace("fails");
    ripcord_unwind(&place);
    longjmp(foreign, 1);
}

/* Runs a function that fails, as the caller of such a library does. */
static void calls(void (*function)(void))
{
    struct ripcord__entry *top = ripcord__thread.top;
    place = RIPCORD_MARK();
    if (setjmp(foreign) == 0)
        function();
    ck_assert_ptr_eq(ripcord__thread.top, top);
    trace("back");
}

static void defers_twice(void)
{
    defer(trace, "first");
    {
        defer(trace, "second");
        fails();
    }
}

START_TEST(unwinding_runs_what_was_deferred_since_the_mark)
{
    {
        defer(trace, "older");
        calls(defers_twice);
    }
    ck_traced("fails second first back older");
}
END_TEST

static void fails_in_a_scope(void)
{
    defer_scope(numbers);
    for (int i = 0; i < 20; i++)
        defer_to(numbers, trace_number, i);
    fails();
}

START_TEST(unwinding_runs_the_calls_of_a_scope)
{
    calls(fails_in_a_scope);
    ck_traced("fails 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 back");
}
END_TEST

static void fails_both_ways(void)
{
    defer_on_failure(trace, "rollback");
    defer_on_success(trace, "commit");
    fails();
}

START_TEST(to_the_blocks_that_it_leaves_it_is_a_failure)
{
    calls(fails_both_ways);
    ck_traced("fails rollback back");
}
END_TEST

static void looks(ripcord_panic *p)
{
    trace(recover(p) ? "recovered" : "nothing");
}
RIPCORD_RECOVERER(looks)

static void fails_in_landings(void)
{
    recoverable () {
        defer(looks);
        attempt () {
            defer(trace, "inner");
            fails();
        } rescue (p) {
            trace("rescued");
        }
    }
    trace("behind");
}

START_TEST(landings_are_dropped_and_there_is_nothing_to_recover)
{
    calls(fails_in_landings);
    ck_traced("fails inner nothing back");
    attempt () {
        panic("later");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("fails inner nothing back later");
}
END_TEST

static void sets_errno(void) { errno = EPERM; }
RIPCORD_DEFERRABLE(sets_errno)

START_TEST(errno_is_kept)
{
    place = RIPCORD_MARK();
    defer(sets_errno);
    errno = ENOENT;
    ripcord_unwind(&place);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(with_nothing_pending_it_does_nothing_and_a_mark_serves_again)
{
    place = RIPCORD_MARK();
    ripcord_unwind(&place);
    {
        defer(trace, "once");
        ripcord_unwind(&place);
        trace("unwound");
    }
    ck_traced("once unwound");
}
END_TEST

static void panics(void) { panic("in a deferred call"); }
RIPCORD_DEFERRABLE(panics)

static void fails_and_panics(void)
{
    defer(trace, "rest");
    defer(panics);
    fails();
}

START_TEST(a_panic_of_such_a_call_takes_the_place_of_the_jump)
{
    attempt () {
        calls(fails_and_panics);
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("fails rest in a deferred call");
}
END_TEST

/* ---- Marks that are older than a panic, or an exit ---- */

RIPCORD_DEFERRABLE(fails)

static void panics_and_fails(void)
{
    defer(trace, "rest");
    defer(fails);
    panic("dropped");
}

static int cancel_state(void)
{
    int state, ignored;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    (void)pthread_setcancelstate(state, &ignored);
    return state;
}

START_TEST(a_panic_that_is_newer_than_the_mark_is_dropped)
{
    calls(panics_and_fails);
    ck_traced("fails rest back");
    ck_assert_ptr_null(ripcord__thread.running);
    ck_assert_int_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
}
END_TEST

static void fails_meanwhile(void) { calls(defers_twice); }
RIPCORD_DEFERRABLE(fails_meanwhile)

START_TEST(a_panic_that_is_older_goes_on)
{
    attempt () {
        defer(fails_meanwhile);
        panic("goes on");
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("fails second first back goes on");
}
END_TEST

static void exits_and_fails(void)
{
    defer(trace, "rest");
    defer(fails);
    thread_exit(NULL);
}

static void *exits_under_a_mark(void *unused)
{
    defer(trace, "older");
    calls(exits_and_fails);
    trace("not reached");
    return unused;
}

START_TEST(an_exit_that_is_newer_than_the_mark_goes_on)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, exits_under_a_mark, NULL),
                     0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_traced("fails rest older");
}
END_TEST

/* ---- Where it is wrong ---- */

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}
RIPCORD_DEFERRABLE(say, const char *)

static __attribute__((noinline)) void jumps(void)
{
    defer(say, "A STALE CALL RAN\n");
    longjmp(foreign, 1);
}

static ON_STACK void jumps_from_afar(void)
{
    volatile char room[16384];
    KEEP(room);
    jumps();
    room[0] = 1;
}

static void unwinds_too_late(void)
{
    place = RIPCORD_MARK();
    defer(say, "the live call ran\n");
    if (setjmp(foreign) == 0)
        jumps_from_afar();
    ripcord_unwind(&place);
    say("unwound\n");
}

static ON_STACK void overwrite(void)
{
    char room[20000];
    memset(room, 'x', sizeof room);
    __asm__ volatile("" : : "r"(room) : "memory");
}

static void unwinds_much_too_late(void)
{
    place = RIPCORD_MARK();
    if (setjmp(foreign) == 0)
        jumps_from_afar();
    overwrite();
    ripcord_unwind(&place);
    say("unwound\n");
}

START_TEST(after_the_jump_it_names_the_calls_and_drops_them)
{
    struct ending ending = run_apart(unwinds_too_late);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_ptr_nonnull(strstr(ending.output,
                                 "noticed by the unwinding to the mark at "));
    ck_assert_ptr_nonnull(strstr(ending.output,
                                 " in jumps\nthe live call ran\nunwound\n"));
    ck_assert_ptr_null(strstr(ending.output, "A STALE CALL"));
    ending = run_apart(unwinds_much_too_late);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_ptr_nonnull(strstr(ending.output, "unwound\n"));
    ck_assert_ptr_null(strstr(ending.output, "A STALE CALL"));
}
END_TEST

static void jumps_away(void) { longjmp(foreign, 1); }
RIPCORD_DEFERRABLE(jumps_away)

static __attribute__((noinline)) void jumps_out_of_a_panic(void)
{
    defer(jumps_away);
    panic("jumped out of");
}
RIPCORD_DEFERRABLE(jumps_out_of_a_panic)

static __attribute__((noinline)) void jumps_out_of_two_panics(void)
{
    defer(jumps_out_of_a_panic);
    panic("jumped out of");
}

static __attribute__((noinline)) void jumps_out_of_an_exit(void)
{
    defer(jumps_away);
    thread_exit(NULL);
}

static ON_STACK void from_afar(void (*function)(void))
{
    volatile char room[16384];
    KEEP(room);
    function();
    room[0] = 1;
}

static void panics_in_a_call(void)
{
    attempt () {
        panic("after all");
    } rescue (p) {
        say(p->replaced.kind ? "it replaces another one\n" : p->message);
    }
}
RIPCORD_DEFERRABLE(panics_in_a_call)

static void unwinds_out_of(void (*function)(void), bool overwrites)
{
    place = RIPCORD_MARK();
    defer(panics_in_a_call);
    if (setjmp(foreign) == 0)
        from_afar(function);
    if (overwrites)
        overwrite();
    ripcord_unwind(&place);
    say(ripcord__thread.running ? " running\n" : " unwound\n");
    say(cancel_state() == PTHREAD_CANCEL_ENABLE ? "not held\n" : "held\n");
}

static void out_of_a_panic(void)
{
    unwinds_out_of(jumps_out_of_a_panic, false);
}

static void out_of_two(void)
{
    unwinds_out_of(jumps_out_of_two_panics, false);
}

static void out_of_an_exit(void)
{
    unwinds_out_of(jumps_out_of_an_exit, false);
}

static void out_of_ruins(void)
{
    unwinds_out_of(jumps_out_of_two_panics, true);
}

START_TEST(after_a_jump_out_of_a_panic_it_says_so_and_drops_that)
{
    ck_says(out_of_a_panic, "ripcord: a panic or an exit was running and "
                            "was jumped out of; noticed by the unwinding "
                            "to the mark at ");
    ck_says(out_of_a_panic, " in unwinds_out_of; dropped\n"
                            "after all unwound\nnot held\n");
    ck_says(out_of_two, "dropped\nafter all unwound\nnot held\n");
    ck_says(out_of_an_exit, "dropped\nafter all unwound\nnot held\n");
    ck_says(out_of_ruins, "dropped\nafter all unwound\n");
}
END_TEST

static void marks_a_block_that_ends(void)
{
    {
        defer(trace, "call");
        place = RIPCORD_MARK();
    }
    ripcord_unwind(&place);
}

static void marks(ripcord_panic *p)
{
    place = RIPCORD_MARK();
    (void)recover(p);
}
RIPCORD_RECOVERER(marks)

static void unwinds(void)
{
    ripcord_unwind(&place);
}
RIPCORD_DEFERRABLE(unwinds)

/* The entry of the scope is there again while its calls run. */
static void marks_a_panic_that_is_over(void)
{
    recoverable () {
        defer_scope(calls);
        defer_to(calls, unwinds);
        defer(marks);
        panic("over");
    }
}

static void unset_mark(void)
{
    static const ripcord_mark unset;
    ripcord_unwind(&unset);
}

static void *unwinds_elsewhere(void *unused)
{
    ripcord_unwind(&place);
    return unused;
}

static void mark_of_another_thread(void)
{
    pthread_t thread;
    place = RIPCORD_MARK();
    (void)pthread_create(&thread, NULL, unwinds_elsewhere, NULL);
    (void)pthread_join(thread, NULL);
}

START_TEST(a_mark_that_is_none_is_refused)
{
    ck_dies(marks_a_block_that_ends, "the mark set at ");
    ck_dies(marks_a_block_that_ends, " in marks_a_block_that_ends is not on "
                                     "this stack of calls");
    ck_dies(marks_a_panic_that_is_over, " in marks is not on this stack");
    ck_dies(unset_mark, "a mark that was never set");
    ck_dies(mark_of_another_thread,
            " in mark_of_another_thread belongs to another thread");
}
END_TEST

static void unwinds_in_a_container(void)
{
    answer_call(SYS_process_vm_readv, EPERM);
    place = RIPCORD_MARK();
    if (setjmp(foreign) == 0) {
        defer(say, "unwound\n");
        ripcord_unwind(&place);
        longjmp(foreign, 1);
    }
    say("back\n");
}

static void finds_no_mark_in_a_container(void)
{
    const ripcord_mark none = { .site = (void *)(uintptr_t)4096 };
    answer_call(SYS_process_vm_readv, EPERM);
    ripcord_unwind(&none);
}

START_TEST(a_filter_of_system_calls_changes_nothing)
{
    struct ending ending = run_apart(unwinds_in_a_container);
    ck_assert_str_eq(ending.output, "unwound\nback\n");
    ck_dies(finds_no_mark_in_a_container, "a mark that was never set");
}
END_TEST

RUN_SUITE("mark",
          unwinding_runs_what_was_deferred_since_the_mark,
          unwinding_runs_the_calls_of_a_scope,
          to_the_blocks_that_it_leaves_it_is_a_failure,
          landings_are_dropped_and_there_is_nothing_to_recover,
          errno_is_kept,
          with_nothing_pending_it_does_nothing_and_a_mark_serves_again,
          a_panic_of_such_a_call_takes_the_place_of_the_jump,
          a_panic_that_is_newer_than_the_mark_is_dropped,
          a_panic_that_is_older_goes_on,
          an_exit_that_is_newer_than_the_mark_goes_on,
          after_the_jump_it_names_the_calls_and_drops_them,
          after_a_jump_out_of_a_panic_it_says_so_and_drops_that,
          a_mark_that_is_none_is_refused,
          a_filter_of_system_calls_changes_nothing)
