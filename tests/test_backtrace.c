/* SPDX-License-Identifier: MIT */
/*
 * The stack of a panic: which frames there are, in which order, and that
 * showing them cannot do harm.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A function that stays a frame of its own: neither inlined nor left by a
   jump to what it calls last. */
#define FRAME static __attribute__((noinline))
#define STAY() __asm__ volatile("")

/* Expects the words in this order in the text. */
static void ck_in_order(const char *text, const char *const *words)
{
    const char *at = text;
    for (; *words; words++) {
        const char *found = strstr(at, *words);
        ck_assert_msg(found != NULL, "no \"%s\" where it belongs in:\n%s",
                      *words, text);
        at = found + strlen(*words);
    }
}
#define ck_order(text, ...) \
    ck_in_order(text, (const char *const[]){ __VA_ARGS__, NULL })

/* The part that is written without debug information. */
static char *plain(struct ending *ending)
{
    char *end = strstr(ending->output, "[source lines]:\n");
    if (end)
        *end = '\0';
    return ending->output;
}

FRAME void raises(void) { panic("raised"); }
FRAME void middle(void) { raises(); STAY(); }
FRAME void outer(void) { middle(); STAY(); }

START_TEST(the_trace_begins_with_the_function_that_panicked)
{
    struct ending ending = run_apart(outer);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_order(plain(&ending), "panic: raised\n\nthread ",
             " [running]:\nraises(...)\n\t", "test_backtrace.c:",
             "\nmiddle(...)\n\t", "\nouter(...)\n\t", "\nmain(...)\n");
}
END_TEST

START_TEST(nothing_older_than_main_is_shown)
{
    struct ending ending = run_apart(outer);
    char *last = strstr(plain(&ending), "\nmain(...)\n\t");
    ck_assert_ptr_nonnull(last);
    ck_assert_ptr_null(strstr(last, "_start"));
    ck_assert_ptr_null(strstr(last, "libc.so"));
}
END_TEST

START_TEST(frames_of_the_library_are_left_out)
{
    struct ending ending = run_apart(outer);
    ck_assert_ptr_null(strstr(plain(&ending), "libripcord.so"));
    ck_assert_ptr_null(strstr(ending.output, "ripcord__"));
}
END_TEST

FRAME void deferred(int number) { panic("deferred %d", number); }
RIPCORD_DEFERRABLE(deferred, int)

FRAME void defers(void)
{
    defer(deferred, 1);
    raises();
    STAY();
}

START_TEST(the_frames_of_both_panics_are_there)
{
    struct ending ending = run_apart(defers);
    ck_order(plain(&ending), "[running]:\ndeferred(...)\n\t",
             "test_backtrace.c:", "\npanic(...)\n\t", "\nraises(...)\n\t",
             "test_backtrace.c:", "\ndefers(...)\n\t", "\nmain(...)\n");
}
END_TEST

FRAME void recovers_and_raises(ripcord_panic *p)
{
    if (recover(p))
        panic_again(p);
}
RIPCORD_RECOVERER(recovers_and_raises)

FRAME void lets_raise(void)
{
    recoverable () {
        defer(recovers_and_raises);
        raises();
    }
}

START_TEST(one_that_was_raised_again_has_one_origin)
{
    struct ending ending = run_apart(lets_raise);
    ck_order(plain(&ending), "[running]:\nrecovers_and_raises(...)\n\t",
             "\npanic(...)\n\t", "\nraises(...)\n\t", "test_backtrace.c:",
             "\nlets_raise(...)\n\t");
    char *first = strstr(ending.output, "\nraises(...)\n");
    ck_assert_ptr_null(strstr(first + 1, "\nraises(...)\n"));
}
END_TEST

static void *starts(void *nothing)
{
    must_zero(pthread_setname_np(pthread_self(), "worker"));
    outer();
    return nothing;
}

static void in_a_thread(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, starts, NULL));
    must_zero(pthread_join(thread, NULL));
}

START_TEST(the_trace_of_a_thread_ends_where_it_started)
{
    struct ending ending = run_apart(in_a_thread);
    ck_order(plain(&ending), " \"worker\" [running]:\nraises(...)\n",
             "\nouter(...)\n", "\nstarts(...)\n");
    ck_assert_ptr_null(strstr(ending.output, "libc.so"));
}
END_TEST

FRAME void *exits(void *argument)
{
    defer(deferred, 2);
    thread_exit(argument);
}

static void in_an_exiting_thread(void)
{
    pthread_t thread;
    must_zero(pthread_create(&thread, NULL, exits, NULL));
    must_zero(pthread_join(thread, NULL));
}

START_TEST(the_exit_of_a_thread_has_its_place)
{
    struct ending ending = run_apart(in_an_exiting_thread);
    ck_order(plain(&ending), "[running]:\ndeferred(...)\n\t",
             "\nthread_exit(...)\n\t", "\nexits(...)\n\t",
             "test_backtrace.c:");
}
END_TEST

/* The compiler must not know that it does not return. */
static void (*volatile at_the_bottom)(void) = raises;

FRAME int recurses(int depth)
{
    if (depth == 0) {
        at_the_bottom();
        return 0;
    }
    int result = recurses(depth - 1);
    STAY();
    return result + 1;
}

static void deep(void) { ck_assert_int_eq(recurses(5000), 0); }

START_TEST(the_middle_of_a_long_stack_is_elided)
{
    struct ending ending = run_apart(deep);
    ck_order(plain(&ending), "[running]:\nraises(...)\n",
             "\nrecurses(...)\n", "\n...49", " frames elided...\n",
             "\nrecurses(...)\n", "\ndeep(...)\n", "\nmain(...)\n");
}
END_TEST

/* ---- through signals, which sanitizers want for themselves ---- */

#ifndef SANITIZED

static void panics_in_handler(int number)
{
    (void)number;
    panic("fault");
}

static void handle_faults(void)
{
    static char stack[1 << 16];
    const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_handler = panics_in_handler,
                                .sa_flags = SA_ONSTACK };
    must_zero(sigaltstack(&alternate, NULL));
    must_zero(sigaction(SIGSEGV, &action, NULL));
}

static int *volatile null;
static void (*volatile nothing)(void);

FRAME void writes_to_null(void) { *null = 1; STAY(); }
FRAME void calls_null(void) { nothing(); STAY(); }

static void faults(void)
{
    handle_faults();
    writes_to_null();
    STAY();
}

static void jumps_to_null(void)
{
    handle_faults();
    calls_null();
    STAY();
}

START_TEST(the_trace_goes_through_a_signal_to_the_fault)
{
    struct ending ending = run_apart(faults);
    ck_order(plain(&ending), "[running]:\npanics_in_handler(...)\n",
             "\nwrites_to_null(...)\n", "\nfaults(...)\n");
}
END_TEST

START_TEST(who_called_through_a_null_pointer_is_told)
{
    struct ending ending = run_apart(jumps_to_null);
    ck_order(plain(&ending), "[running]:\npanics_in_handler(...)\n",
             "\n\t0x0\n", "calls_null(...)\n");
}
END_TEST

#endif

/* ---- on request ---- */

static size_t counted, here;
static void *newest[2];
static bool errno_kept;

FRAME size_t count_here(void)
{
    size_t count = ripcord_backtrace(NULL, newest, 1);
    STAY();
    return count;
}

FRAME size_t count_one_deeper(void)
{
    size_t count = count_here();
    STAY();
    return count;
}

START_TEST(null_asks_for_the_callers_own_stack)
{
    size_t count = count_here();
    newest[1] = NULL;
    ck_assert_uint_eq(count_one_deeper(), count + 1);
    ck_assert_uint_eq(ripcord_backtrace(NULL, NULL, 0), count - 1);
    /* It is behind the beginning of the function, and not far. */
    ck_assert_uint_lt((uintptr_t)newest[0] - (uintptr_t)count_here, 300);
    ck_assert_ptr_null(newest[1]);
}
END_TEST

static void counts(ripcord_panic *p)
{
    errno = 4711;
    counted = ripcord_backtrace(p, newest, 1);
    errno_kept = errno == 4711;
    (void)recover(p);
    ck_assert_uint_eq(ripcord_backtrace(p, NULL, 0), counted);
}
RIPCORD_RECOVERER(counts)

FRAME void raises_here(void)
{
    here = ripcord_backtrace(NULL, NULL, 0);
    panic("raised");
}

START_TEST(a_recoverer_sees_the_stack_that_panicked)
{
    recoverable () {
        defer(counts);
        raises_here();
    }
    ck_assert_uint_eq(counted, here);
    ck_assert(errno_kept);
    ck_assert_uint_lt((uintptr_t)newest[0] - (uintptr_t)raises_here, 300);
}
END_TEST

START_TEST(the_stack_of_a_panic_that_landed_is_gone)
{
    ripcord_panic copy;
    attempt () {
        raises();
    } rescue (p) {
        copy = *p;
        ck_assert_uint_eq(ripcord_backtrace(p, newest, 1), 0);
        ripcord_print_backtrace(p, -1);
    }
    ck_assert_uint_eq(ripcord_backtrace(&copy, newest, 1), 0);
}
END_TEST

static void prints(ripcord_panic *p)
{
    if (recover(p))
        ripcord_print_backtrace(p, STDERR_FILENO);
}
RIPCORD_RECOVERER(prints)

static void printed_on_request(void)
{
    must_zero(setenv("RIPCORD_TRACEBACK", "none", 1));
    recoverable () {
        defer(prints);
        outer();
    }
}

START_TEST(a_recoverer_can_print_the_trace)
{
    struct ending ending = run_apart(printed_on_request);
    ck_assert_int_eq(ending.signal, 0);
    ck_assert_int_eq(strncmp(ending.output, "thread ", 7), 0);
    ck_order(plain(&ending), " [running]:\nraises(...)\n",
             "test_backtrace.c:", "\nmiddle(...)\n", "\nouter(...)\n",
             "\nprinted_on_request(...)\n");
}
END_TEST

/* ---- what others notice of it ---- */

static volatile sig_atomic_t children;
static int forks;

static void child_ended(int number)
{
    (void)number;
    children = 1;
}

static void forked(void) { forks++; }

static void beside_children(void)
{
    ck_assert(signal(SIGCHLD, child_ended) != SIG_ERR);
    must_zero(pthread_atfork(forked, forked, forked));
    ripcord_print_backtrace(NULL, STDERR_FILENO);
    if (children || forks)
        _exit(1);
    if (waitpid(-1, NULL, __WALL) != -1 || errno != ECHILD)
        _exit(2);
    _exit(3);
}

START_TEST(no_child_is_left_and_nobody_is_told_of_one)
{
    ck_assert_int_eq(run_apart(beside_children).status, 3);
}
END_TEST

static void into_a_full_pipe(void)
{
    char page[4096] = "";
    int ends[2];
    must_zero(pipe2(ends, O_NONBLOCK));
    while (write(ends[1], page, sizeof page) > 0)
        continue;
    must_zero(fcntl(ends[1], F_SETFL, 0));
    ripcord_print_backtrace(NULL, ends[1]);
    _exit(3);
}

START_TEST(a_full_pipe_is_given_up)
{
    ck_assert_int_eq(run_apart(into_a_full_pipe).status, 3);
}
END_TEST

static void without_descriptors(void)
{
    struct rlimit limit;
    must_zero(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = 3;
    must_zero(setrlimit(RLIMIT_NOFILE, &limit));
    outer();
}

START_TEST(without_descriptors_there_are_the_places_of_the_panics)
{
    struct ending ending = run_apart(without_descriptors);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_order(ending.output, "[running]:\nraises(...)\n\t",
             "test_backtrace.c:", "\n?(...)\n\t0x");
}
END_TEST

/* ---- RIPCORD_TRACEBACK ---- */

static void none(void)
{
    must_zero(setenv("RIPCORD_TRACEBACK", "none", 1));
    outer();
}

static void single(void)
{
    must_zero(setenv("RIPCORD_TRACEBACK", "single", 1));
    must_zero(setenv("RIPCORD_UNCAUGHT", "exit", 1));
    outer();
}

static void crash(void)
{
    must_zero(setenv("RIPCORD_TRACEBACK", "crash", 1));
    must_zero(setenv("RIPCORD_UNCAUGHT", "exit", 1));
    outer();
}

static void all(void)
{
    must_zero(setenv("RIPCORD_TRACEBACK", "all", 1));
    outer();
}

START_TEST(none_leaves_the_list_of_panics)
{
    struct ending ending = run_apart(none);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_assert_str_eq(ending.output, "panic: raised\n");
}
END_TEST

START_TEST(single_is_the_thread_and_leaves_the_end_as_it_was)
{
    struct ending ending = run_apart(single);
    ck_assert_int_eq(ending.status, 2);
    ck_order(plain(&ending), "[running]:\nraises(...)\n", "\nouter(...)\n");
}
END_TEST

START_TEST(crash_aborts_even_if_the_choice_is_to_exit)
{
    struct ending ending = run_apart(crash);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_order(plain(&ending), "[running]:\nraises(...)\n", "\nouter(...)\n");
}
END_TEST

START_TEST(an_unknown_value_is_named_and_taken_for_single)
{
    struct ending ending = run_apart(all);
    ck_assert_int_eq(ending.signal, SIGABRT);
    ck_order(ending.output, "[running]:\nraises(...)\n",
             "ripcord: RIPCORD_TRACEBACK is \"all\": neither \"none\", "
             "\"single\" nor \"crash\"\n");
}
END_TEST

RUN_SUITE("backtrace",
          the_trace_begins_with_the_function_that_panicked,
          nothing_older_than_main_is_shown,
          frames_of_the_library_are_left_out,
          the_frames_of_both_panics_are_there,
          one_that_was_raised_again_has_one_origin,
          the_trace_of_a_thread_ends_where_it_started,
          the_exit_of_a_thread_has_its_place,
          the_middle_of_a_long_stack_is_elided,
          UNSANITIZED(the_trace_goes_through_a_signal_to_the_fault)
          UNSANITIZED(who_called_through_a_null_pointer_is_told)
          null_asks_for_the_callers_own_stack,
          a_recoverer_sees_the_stack_that_panicked,
          the_stack_of_a_panic_that_landed_is_gone,
          a_recoverer_can_print_the_trace,
          no_child_is_left_and_nobody_is_told_of_one,
          a_full_pipe_is_given_up,
          without_descriptors_there_are_the_places_of_the_panics,
          none_leaves_the_list_of_panics,
          single_is_the_thread_and_leaves_the_end_as_it_was,
          crash_aborts_even_if_the_choice_is_to_exit,
          an_unknown_value_is_named_and_taken_for_single)
