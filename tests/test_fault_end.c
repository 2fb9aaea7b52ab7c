/* SPDX-License-Identifier: MIT */
/*
 * Faults that are not recovered: what runs, what is reported, and of what
 * the process dies.
 */
#include "faults.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

static void recovers(ripcord_panic *p)
{
    say(!p ? "normal end" : recover(p) ? "recovered" : "not recovered");
}
RIPCORD_RECOVERER(recovers)

/* ---- The report and the signal ---- */

static void one(void)
{
    enable(NULL);
    defer(say, "cleanup");
    store_null();
}

START_TEST(the_process_dies_of_the_signal_after_cleanup_and_report)
{
    ck_ends(one, SIGSEGV, "cleanup\n" NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST

static void none(void)
{
    enable(NULL);
    store_null();
}

START_TEST(without_a_deferred_call_too)
{
    ck_ends(none, SIGSEGV, NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST

static void after_a_panic(void)
{
    enable(NULL);
    defer(store_null);
    panic("first");
}

START_TEST(a_fault_that_replaced_a_panic_decides)
{
    ck_ends(after_a_panic, SIGSEGV,
            "panic: first\n\t" NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST

static void before_a_panic(void)
{
    enable(NULL);
    defer(panics, "second");
    store_null();
}

START_TEST(so_does_one_that_a_panic_has_replaced)
{
    ck_ends(before_a_panic, SIGSEGV,
            NIL_PANIC "\n\tpanic: second\n" NIL_SIGNAL);
}
END_TEST

static void executes_illegal(void) { execute_illegal(); }
RIPCORD_DEFERRABLE(executes_illegal)

static void two(void)
{
    enable(NULL);
    defer(executes_illegal);
    store_null();
}

START_TEST(of_two_faults_the_one_that_nobody_could_recover_decides)
{
    ck_ends_saying(two, SIGILL, NIL_PANIC "\n\tfatal error: illegal");
}
END_TEST

static void recovers_then_panics(ripcord_panic *p)
{
    if (recover(p))
        panic("second");
}
RIPCORD_RECOVERER(recovers_then_panics)

static void recovered_before_a_panic(void)
{
    enable(NULL);
    recoverable () {
        defer(recovers_then_panics);
        store_null();
    }
}

START_TEST(one_that_was_recovered_does_not_but_is_told)
{
    ck_ends(recovered_before_a_panic, SIGABRT,
            NIL_PANIC " [recovered]\n\tpanic: second\n" NIL_SIGNAL);
}
END_TEST

static void raises_again(ripcord_panic *p)
{
    if (recover(p))
        panic_again(p);
}
RIPCORD_RECOVERER(raises_again)

static void again_in_a_deferred_call(void)
{
    enable(NULL);
    recoverable () {
        defer(raises_again);
        store_null();
    }
}

START_TEST(one_that_is_raised_again_in_its_own_recoverer_does)
{
    ck_ends(again_in_a_deferred_call, SIGSEGV,
            NIL_PANIC " [recovered, repanicked]\n" NIL_SIGNAL);
}
END_TEST

static void again_in_a_rescue_block(void)
{
    enable(NULL);
    attempt () {
        store_null();
    } rescue (p) {
        panic_again(p);
    }
}

START_TEST(one_whose_frames_are_gone_ends_as_a_panic)
{
    ck_ends(again_in_a_rescue_block, SIGABRT,
            NIL_PANIC " [recovered, repanicked]\n" NIL_SIGNAL);
}
END_TEST

static void with_status(void)
{
    (void)ripcord_set_uncaught(RIPCORD_UNCAUGHT_EXIT);
    one();
}

START_TEST(the_exit_status_of_go_is_for_panics_only)
{
    ck_ends_saying(with_status, SIGSEGV, NIL_PANIC);
}
END_TEST

static void mends(void *page)
{
    (void)mprotect(page, 4096, PROT_READ | PROT_WRITE);
}
RIPCORD_DEFERRABLE(mends, void *)

static void mended(void)
{
    void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
    enable(NULL);
    defer(mends, page);
    store_at((uintptr_t)page);
    say("goes on");
}

START_TEST(a_fault_whose_cause_is_gone_ends_the_process_all_the_same)
{
    ck_ends(mended, SIGSEGV, "unexpected fault address ?\nfatal error: fault"
            "\n[signal SIGSEGV: segmentation violation code=? addr=? "
            "pc=?]\n");
}
END_TEST

/* What comes after a breakpoint is the next instruction, not the same. */
static void ignored(void)
{
    (void)signal(SIGTRAP, SIG_IGN);
    enable(NULL);
    defer(say, "cleanup");
    execute_trap();
    say("goes on");
}

START_TEST(so_does_one_that_was_ignored)
{
    ck_ends(ignored, SIGTRAP, "cleanup\nfatal error: trace trap\n"
            "[signal SIGTRAP: trace trap code=? addr=unknown pc=?]\n");
}
END_TEST

/* ---- Faults that nobody can recover ---- */

static void wild(void)
{
    enable(NULL);
    recoverable () {
        defer(recovers);
        attempt () {
            defer(say, "cleanup");
            store_at(WILD);
        } rescue (p) {
            say(p->message);
        }
    }
}

START_TEST(a_wild_address_runs_the_calls_and_is_not_recovered)
{
    ck_ends(wild, SIGSEGV, "cleanup\nnot recovered\n"
            "unexpected fault address ?\nfatal error: fault\n" NIL_SIGNAL);
}
END_TEST

static void no_address(void)
{
    enable(NULL);
    defer(say, "cleanup");
    store_at(0x8123456789abcdf0);
}

START_TEST(an_unknown_address_is_told_to_be_one)
{
    ck_ends(no_address, SIGSEGV, "cleanup\nunexpected fault address unknown\n"
            "fatal error: fault\n[signal SIGSEGV: segmentation violation "
            "code=? addr=unknown pc=?]\n");
}
END_TEST

static void illegal(void) { enable(NULL); execute_illegal(); }
static void trapped(void)
{
    enable(NULL);
    execute_trap();
    say("goes on");
}
static void truncated(void) { enable(NULL); load_truncated(); }

START_TEST(other_signals_are_named)
{
    ck_ends(illegal, SIGILL, "fatal error: illegal instruction\n"
            "[signal SIGILL: illegal instruction code=? addr=? pc=?]\n");
    ck_ends(trapped, SIGTRAP, "fatal error: trace trap\n"
            "[signal SIGTRAP: trace trap code=? addr=unknown pc=?]\n");
    ck_ends(truncated, SIGBUS, "unexpected fault address ?\n"
            "fatal error: fault\n[signal SIGBUS: bus error code=? addr=? "
            "pc=?]\n");
}
END_TEST

static void recovers_inside(void)
{
    attempt () {
        store_null();
    } rescue (p) {
        say(p->kind->name);
    }
}
RIPCORD_DEFERRABLE(recovers_inside)

static void exits(void) { ripcord_thread_exit(NULL); }
RIPCORD_DEFERRABLE(exits)

static void everything(void)
{
    enable(NULL);
    recoverable () {
        defer(recovers);
        attempt () {
            defer(exits);
            defer(say, "cleanup");
            defer(panics, "second");
            defer(recovers_inside);
            store_at(WILD);
        } rescue (p) {
            say(p->message);
        }
    }
    say("goes on");
}

START_TEST(nothing_that_a_deferred_call_does_ends_such_a_fault)
{
    ck_ends(everything, SIGSEGV, "null error\ncleanup\nnormal end\n"
            "unexpected fault address ?\nfatal error: fault\n"
            "\tpanic: second\n" NIL_SIGNAL);
}
END_TEST

static void second_is_barred(void)
{
    enable(NULL);
    recoverable () {
        defer(recovers);
        defer(panics, "second");
        store_at(WILD);
    }
    say("goes on");
}

START_TEST(a_panic_on_top_of_it_is_not_recovered_further_out)
{
    ck_ends(second_is_barred, SIGSEGV, "not recovered\n"
            "unexpected fault address ?\nfatal error: fault\n"
            "\tpanic: second\n" NIL_SIGNAL);
}
END_TEST

static void *attempts(void *unused)
{
    attempt () {
        defer(panics, "second");
        store_at(WILD);
    } rescue (p) {
        say(p->message);
    }
    return unused;
}

static void barred_on_one_stack(void)
{
    pthread_t thread;
    enable(NULL);
    (void)pthread_create(&thread, NULL, attempts, NULL);
    (void)pthread_join(thread, NULL);
    say("goes on");
}

START_TEST(nor_by_the_attempt_next_to_it_on_the_same_stack)
{
    ck_ends(barred_on_one_stack, SIGSEGV,
            "unexpected fault address ?\nfatal error: fault\n"
            "\tpanic: second\n" NIL_SIGNAL);
}
END_TEST

static void not_handled(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.handled = options.recoverable = RIPCORD_FAULT_NULL;
    enable(&options);
    defer(say, "cleanup");
    store_at(WILD);
}

START_TEST(a_fault_that_is_not_handled_runs_nothing)
{
    ck_ends(not_handled, SIGSEGV, "");
}
END_TEST

/* ---- Faults of threads ---- */

static atomic_int number;

static void *faults_in_a_thread(void *unused)
{
    number = (int)syscall(SYS_gettid);
    defer(say, "cleanup");
    store_null();
    return unused;
}

/* The thread, and its alternate stack, are gone then. */
static void exits_without_joining(void)
{
    char path[64];
    ripcord_thread thread;

    enable(NULL);
    must_zero(thread_start(&thread, NULL, faults_in_a_thread, NULL));
    while (!number)
        continue;
    (void)snprintf(path, sizeof path, "/proc/self/task/%d", number);
    while (access(path, F_OK) == 0)
        continue;
    exit(0);
}

/* It has landed in the first frame of the thread, and ends as a panic. */
START_TEST(one_of_a_thread_that_nobody_has_joined_is_reported)
{
    ck_ends_saying(exits_without_joining, SIGABRT,
                   NIL_PANIC "\n[signal SIGSEGV: ");
}
END_TEST

RUN_SUITE("fault_end",
    the_process_dies_of_the_signal_after_cleanup_and_report,
    without_a_deferred_call_too,
    a_fault_that_replaced_a_panic_decides,
    so_does_one_that_a_panic_has_replaced,
    ON_X86_64(of_two_faults_the_one_that_nobody_could_recover_decides)
    one_that_was_recovered_does_not_but_is_told,
    one_that_is_raised_again_in_its_own_recoverer_does,
    one_whose_frames_are_gone_ends_as_a_panic,
    the_exit_status_of_go_is_for_panics_only,
    a_fault_whose_cause_is_gone_ends_the_process_all_the_same,
    ON_X86_64(so_does_one_that_was_ignored)
    a_wild_address_runs_the_calls_and_is_not_recovered,
    ON_X86_64(an_unknown_address_is_told_to_be_one)
    ON_X86_64(other_signals_are_named)
    nothing_that_a_deferred_call_does_ends_such_a_fault,
    a_panic_on_top_of_it_is_not_recovered_further_out,
    nor_by_the_attempt_next_to_it_on_the_same_stack,
    a_fault_that_is_not_handled_runs_nothing,
    one_of_a_thread_that_nobody_has_joined_is_reported)
