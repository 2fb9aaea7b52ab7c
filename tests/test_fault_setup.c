/* SPDX-License-Identifier: MIT */
/*
 * Enabling and disabling, alternate stacks, and stacks that overflow.
 */
#include "faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Enabling ---- */

static void ck_refused(const ripcord_fault_options *options, int error,
                       const char *reason)
{
    errno = 0;
    ck_assert_int_eq(ripcord_faults_enable(options), -1);
    ck_assert_int_eq(errno, error);
    ck_assert_str_eq(ripcord_faults_reason(), reason);
}

START_TEST(options_that_make_no_sense_are_refused)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    ck_assert_str_eq(ripcord_faults_reason(), "");
    options.handled = 128;
    ck_refused(&options, EINVAL, "there are no such faults or signals");
    options.handled = RIPCORD_FAULT_NULL;
    ck_refused(&options, EINVAL,
               "what is not handled cannot be recoverable");
    options.handled = options.recoverable = 0;
    ck_refused(&options, EINVAL, "nothing is to be enabled");
    options.cleanup = RIPCORD_CLEANUP_ABRT;
    options.stack_size = 65535;
    ck_refused(&options, EINVAL, "an alternate stack needs 65536 bytes");
}
END_TEST

START_TEST(a_thread_that_was_attached_stays_so_when_enabling_fails)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    stack_t before, after;

    ck_assert_int_eq(ripcord_thread_attach(), 0);
    ck_assert_int_eq(sigaltstack(NULL, &before), 0);
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    options.cleanup = RIPCORD_CLEANUP_TERM;
    ck_assert_int_eq(ripcord_faults_enable(&options), -1);
    ck_assert_int_eq(errno, EALREADY);
    ck_assert_int_eq(sigaltstack(NULL, &after), 0);
    ck_assert_ptr_eq(after.ss_sp, before.ss_sp);
    ck_assert_int_eq(after.ss_flags, before.ss_flags);
    ck_assert_int_eq(ripcord_interrupts_disable(), 0);
}
END_TEST

START_TEST(enabled_twice_is_an_error)
{
    enable(NULL);
    ck_refused(NULL, EALREADY, "faults are enabled already");
    ck_assert_int_eq(ripcord_faults_disable(), 0);
    ck_assert_int_eq(ripcord_faults_disable(), -1);
    ck_assert_int_eq(errno, EALREADY);
    ck_assert_str_eq(ripcord_faults_reason(), "faults are not enabled");
    enable(NULL);
    ck_assert_str_eq(ripcord_faults_reason(), "");
}
END_TEST

static void ignores(int signal) { (void)signal; }

static const int signals[] = {
    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGTERM,
    SIGINT, SIGHUP, SIGQUIT
};
#define SIGNALS (sizeof signals / sizeof signals[0])

START_TEST(disabling_puts_back_what_was_there)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    struct sigaction before[SIGNALS], after;
    stack_t stack, now;

    (void)sigaltstack(NULL, &stack);
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction action = { .sa_handler = ignores,
                                    .sa_flags = i % 2 ? SA_NODEFER : 0 };
        (void)sigaddset(&action.sa_mask, signals[i]);
        (void)sigaction(signals[i], &action, NULL);
        memset(&before[i], 0, sizeof before[i]);
        (void)sigaction(signals[i], NULL, &before[i]);
    }
    options.cleanup = RIPCORD_CLEANUP_ALL;
    enable(&options);
    for (size_t i = 0; i < SIGNALS; i++) {
        (void)sigaction(signals[i], NULL, &after);
        ck_assert(after.sa_handler != ignores);
    }
    ck_assert_int_eq(ripcord_faults_disable(), 0);
    for (size_t i = 0; i < SIGNALS; i++) {
        memset(&after, 0, sizeof after);
        (void)sigaction(signals[i], NULL, &after);
        ck_assert(before[i].sa_handler == after.sa_handler);
        ck_assert_int_eq(before[i].sa_flags, after.sa_flags);
        ck_assert_ptr_eq(before[i].sa_restorer, after.sa_restorer);
        ck_assert_mem_eq(&before[i].sa_mask, &after.sa_mask, NSIG / 8);
    }
    (void)sigaltstack(NULL, &now);
    ck_assert_int_eq(now.ss_flags, stack.ss_flags);
    ck_assert_ptr_eq(now.ss_sp, stack.ss_sp);
}
END_TEST

START_TEST(a_handler_installed_above_is_left_alone)
{
    struct sigaction now;
    enable(NULL);
    (void)signal(SIGFPE, ignores);
    ck_assert_int_eq(ripcord_faults_disable(), -1);
    ck_assert_int_eq(errno, EBUSY);
    ck_assert_str_eq(ripcord_faults_reason(), "somebody has installed "
                     "another handler for SIGFPE: floating-point exception, "
                     "and nothing was changed");
    (void)sigaction(SIGFPE, NULL, &now);
    ck_assert(now.sa_handler == ignores);
    recoverable () {
        defer(trace_recovery);
        store_null();
    }
    ck_traced("recovered:runtime error: invalid memory address or nil "
              "pointer dereference");
}
END_TEST

static void refused_handler(void)
{
    stack_t before, now;
    (void)sigaltstack(NULL, &before);
    answer_call(SYS_rt_sigaction, 0);
    say(ripcord_faults_enable(NULL) == -1 && errno == EPERM ? "refused"
                                                            : "enabled");
    say(ripcord_faults_reason());
    (void)sigaltstack(NULL, &now);
    say(now.ss_sp == before.ss_sp ? "nothing has changed" : "a new stack");
}

START_TEST(a_handler_that_a_filter_refuses_is_noticed)
{
    ck_ends(refused_handler, 0,
            "refused\na handler for SIGSEGV: segmentation violation was "
            "refused: a sanitizer or a filter of system calls keeps the "
            "signal\nnothing has changed\n");
}
END_TEST

static void refused_timer(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    answer_call(SYS_timer_create, EPERM);
    (void)ripcord_faults_enable(NULL);
    say(ripcord_faults_reason());
    options.watchdog_seconds = 0;
    enable(&options);
}

START_TEST(so_is_a_timer)
{
    ck_ends(refused_timer, 0, "a timer for the watchdog was refused\n");
}
END_TEST

/* ---- Alternate stacks ---- */

static void run_thread(void *(*body)(void *), size_t size)
{
    pthread_attr_t attributes;
    pthread_t thread;

    (void)pthread_attr_init(&attributes);
    if (size)
        ck_assert_int_eq(pthread_attr_setstacksize(&attributes, size), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, body, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

static int mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int lines = 0, c;
    ck_assert_ptr_nonnull(maps);
    while ((c = getc(maps)) != EOF)
        lines += c == '\n';
    (void)fclose(maps);
    return lines;
}

static void *attaches(void *unused)
{
    stack_t stack;
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    (void)sigaltstack(NULL, &stack);
    ck_assert_int_eq(stack.ss_flags, 0);
    ck_assert_uint_ge(stack.ss_size, 262144);
    return unused;
}

START_TEST(a_thread_gives_its_alternate_stack_back)
{
    enable(NULL);
    run_thread(attaches, 0);
    int before = mappings();
    for (int i = 0; i < 20; i++)
        run_thread(attaches, 0);
    /* ThreadSanitizer keeps memory of its own for each thread. */
    ck_assert_int_eq(mappings(),
                     IS_THREAD_SANITIZED ? mappings() : before);
}
END_TEST

enum { FOREIGN = 131072 };
static char *foreign;

static void map_foreign(void)
{
    foreign = mmap(NULL, FOREIGN, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(foreign, MAP_FAILED);
}

static int foreign_flags;

static void *brings_its_own(void *size)
{
    stack_t own = {
        .ss_sp = foreign, .ss_size = (size_t)size, .ss_flags = foreign_flags
    }, now;
    ck_assert_int_eq(sigaltstack(&own, NULL), 0);
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    attempt () {
        store_null();
    } rescue (p) {
        trace(p->kind->name);
    }
    (void)sigaltstack(NULL, &now);
    trace(now.ss_flags & SS_DISABLE ? "none"
          : now.ss_sp == foreign ? "foreign" : "ours");
    own.ss_flags = SS_DISABLE;
    if (now.ss_sp == foreign)
        (void)sigaltstack(&own, NULL);
    return NULL;
}

static void *brings_a_large_one(void *unused)
{
    (void)unused;
    return brings_its_own((void *)(size_t)FOREIGN);
}

static void *brings_a_small_one(void *unused)
{
    (void)unused;
    return brings_its_own((void *)(size_t)16384);
}

START_TEST(one_that_is_large_enough_is_used_and_kept)
{
    /* ThreadSanitizer takes what is above the thread's stack for a part. */
    if (IS_THREAD_SANITIZED)
        return;
    enable(NULL);
    map_foreign();
    run_thread(brings_a_large_one, 0);
    ck_traced("null error foreign");
    memset(foreign, 0, FOREIGN);
}
END_TEST

START_TEST(one_that_is_too_small_is_replaced)
{
    enable(NULL);
    map_foreign();
    run_thread(brings_a_small_one, 0);
    ck_traced("null error ours");
}
END_TEST

/* SS_AUTODISARM: a signal takes it away, and a landing does not return. */
START_TEST(one_that_serves_a_single_signal_is_replaced)
{
    foreign_flags = (int)(1U << 31);
    enable(NULL);
    map_foreign();
    run_thread(brings_a_large_one, 0);
    ck_traced("null error ours");
}
END_TEST

START_TEST(the_former_one_is_put_back)
{
    stack_t own = { .ss_size = 16384 }, now;
    map_foreign();
    own.ss_sp = foreign;
    ck_assert_int_eq(sigaltstack(&own, NULL), 0);
    enable(NULL);
    (void)sigaltstack(NULL, &now);
    ck_assert_ptr_ne(now.ss_sp, foreign);
    ck_assert_int_eq(ripcord_faults_disable(), 0);
    (void)sigaltstack(NULL, &now);
    ck_assert_ptr_eq(now.ss_sp, foreign);
    ck_assert_uint_eq(now.ss_size, 16384);
}
END_TEST

/* ---- Overflows ---- */

static void overflow_once(void)
{
    recoverable () {
        defer(trace_recovery);
        defer(trace, "cleanup");
        (void)use_stack(0);
    }
    ck_traced("cleanup recovered:runtime error: stack overflow");
    trace_reset();
}

static void overflow_three_times(void)
{
    overflow_once();
    overflow_once();
    attempt () {
        (void)use_stack(0);
    } rescue (p) {
        ck_assert_ptr_eq(p->kind, &RIPCORD_STACK_OVERFLOW);
        ck_assert_int_eq(p->fault.signal, SIGSEGV);
    }
}

static void *overflows(void *unused)
{
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    overflow_three_times();
    return unused;
}

START_TEST(the_main_thread_overflows_and_recovers)
{
    enable(NULL);
    overflow_three_times();
}
END_TEST

START_TEST(a_thread_overflows_and_recovers)
{
    enable(NULL);
    run_thread(overflows, 0);
}
END_TEST

static void *overflows_by_itself(void *unused)
{
    overflow_three_times();
    return unused;
}

START_TEST(threads_that_the_library_starts_are_attached)
{
    ripcord_thread thread;
    enable(NULL);
    ck_assert_int_eq(ripcord_thread_start(&thread, NULL, overflows_by_itself,
                                          NULL), 0);
    ck_assert_int_eq(ripcord_thread_join(thread, NULL, NULL), 0);
}
END_TEST

START_TEST(a_thread_with_64_kibibytes_overflows_and_recovers)
{
    enable(NULL);
    run_thread(overflows, 65536);
}
END_TEST

static void overflows_fatally(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.recoverable = RIPCORD_FAULT_NULL;
    enable(&options);
    defer(say, "cleanup");
    (void)use_stack(0);
}

static void *uses_stack(void *unused)
{
    defer(say, "not reached");
    (void)use_stack(0);
    return unused;
}

static void overflows_unattached(void)
{
    enable(NULL);
    run_thread(uses_stack, 0);
}

START_TEST(an_overflow_that_is_not_recoverable_is_named)
{
    ck_ends_saying(overflows_fatally, SIGSEGV,
                   "cleanup\nfatal error: stack overflow\n[signal SIGSEGV");
}
END_TEST

START_TEST(without_an_alternate_stack_it_ends_the_process)
{
    /* Sanitizers give each thread an alternate stack of their own. */
    if (!IS_SANITIZED)
        ck_ends(overflows_unattached, SIGSEGV, "");
}
END_TEST

RUN_SUITE("fault_setup",
    options_that_make_no_sense_are_refused,
    a_thread_that_was_attached_stays_so_when_enabling_fails,
    enabled_twice_is_an_error,
    disabling_puts_back_what_was_there,
    a_handler_installed_above_is_left_alone,
    a_handler_that_a_filter_refuses_is_noticed,
    so_is_a_timer,
    a_thread_gives_its_alternate_stack_back,
    one_that_is_large_enough_is_used_and_kept,
    one_that_is_too_small_is_replaced,
    one_that_serves_a_single_signal_is_replaced,
    the_former_one_is_put_back,
    the_main_thread_overflows_and_recovers,
    a_thread_overflows_and_recovers,
    threads_that_the_library_starts_are_attached,
    a_thread_with_64_kibibytes_overflows_and_recovers,
    an_overflow_that_is_not_recoverable_is_named,
    without_an_alternate_stack_it_ends_the_process)
