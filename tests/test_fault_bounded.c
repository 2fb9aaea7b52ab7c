/* SPDX-License-Identifier: MIT */
/*
 * Crashes end in bounded time, by the signal, whatever the deferred calls do.
 */
#include "faults.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void watched(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.watchdog_seconds = 1;
    enable(&options);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void locks(void) { (void)pthread_mutex_lock(&lock); }
RIPCORD_DEFERRABLE(locks)

static void waits(void)
{
    for (;;)
        (void)pause();
}
RIPCORD_DEFERRABLE(waits)

static void spins(void)
{
    for (;;) {
        attempt () {
            store_null();
        } rescue (p) {
            (void)p;
        }
    }
}
RIPCORD_DEFERRABLE(spins)

#define TOO_LONG \
    "fatal error: ripcord: the deferred calls of a crash did not end in time\n"

static void deadlocks(void)
{
    watched();
    defer(say, "not reached");
    defer(locks);
    (void)pthread_mutex_lock(&lock);
    store_null();
}

START_TEST(a_deadlock_of_deferred_calls_ends)
{
    ck_ends(deadlocks, SIGSEGV, TOO_LONG NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST

/* malloc_stats writes while it holds the lock of malloc. */
#if defined __GLIBC__ && !defined SANITIZED
static ssize_t faults_in_write(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    (void)text;
    store_null();
    return (ssize_t)size;
}

static void *idles(void *argument)
{
    for (;;)
        (void)pause();
    return argument;
}

/* With one thread alone malloc does not lock. */
static void faults_in_malloc(void)
{
    pthread_t other;
    watched();
    must_zero(pthread_create(&other, NULL, idles, NULL));
    defer(free, must_malloc(50000));
    stderr = must(fopencookie(NULL, "w", (cookie_io_functions_t){
        .write = faults_in_write
    }));
    (void)setvbuf(stderr, NULL, _IONBF, 0);
    malloc_stats();
}

START_TEST(free_after_a_fault_inside_malloc_ends)
{
    ck_ends(faults_in_malloc, SIGSEGV, TOO_LONG NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST
#define WITH_MALLOC(test) test,
#else
#define WITH_MALLOC(test)
#endif

static void deadlocks_blocked(void)
{
    sigset_t all;
    watched();
    (void)sigfillset(&all);
    (void)sigdelset(&all, SIGSEGV);
    (void)sigdelset(&all, SIGFPE);
    (void)pthread_sigmask(SIG_SETMASK, &all, NULL);
    defer(waits);
    (void)divide(1, 0);
}

START_TEST(whatever_signals_the_program_blocks)
{
    ck_ends_saying(deadlocks_blocked, SIGFPE, TOO_LONG);
}
END_TEST

static void spins_on(void)
{
    watched();
    defer(spins);
    store_at(WILD);
}

START_TEST(so_does_a_loop_of_faults)
{
    ck_ends_saying(spins_on, SIGSEGV, TOO_LONG "unexpected fault address");
}
END_TEST

static void recovers_and_waits(ripcord_panic *p)
{
    if (recover(p))
        waits();
}
RIPCORD_RECOVERER(recovers_and_waits)

static void recovered_too_late(void)
{
    watched();
    recoverable () {
        defer(recovers_and_waits);
        store_null();
    }
}

START_TEST(so_does_a_recoverer_that_does_not_return)
{
    ck_ends_saying(recovered_too_late, SIGSEGV, TOO_LONG);
}
END_TEST

static void *waits_in_thread(void *attach)
{
    if (attach)
        ck_assert_int_eq(ripcord_thread_attach(), 0);
    defer(waits);
    store_null();
    return NULL;
}

static void run_thread(void *(*body)(void *), void *argument)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, body, argument), 0);
    (void)pthread_join(thread, NULL);
}

static void in_a_thread(void)
{
    watched();
    run_thread(waits_in_thread, NULL);
}

static void in_an_attached_thread(void)
{
    watched();
    run_thread(waits_in_thread, &lock);
}

START_TEST(in_any_thread)
{
    ck_ends_saying(in_a_thread, SIGSEGV, TOO_LONG);
    ck_ends_saying(in_an_attached_thread, SIGSEGV, TOO_LONG);
}
END_TEST

static void in_a_child(void)
{
    int status;
    watched();
    attempt () {
        defer(say, "the parent has a timer");
        store_null();
    } rescue (p) {
        (void)p;
    }
    if (fork() == 0) {
        defer(waits);
        store_null();
    }
    (void)wait(&status);
    say(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? "as its child"
                                                           : "otherwise");
    (void)ripcord_faults_disable();
    (void)raise(SIGKILL);
}

START_TEST(and_in_the_child_of_a_process)
{
    ck_ends_saying(in_a_child, SIGKILL, "as its child");
}
END_TEST

static void waits_in_hook(const ripcord_panic *p)
{
    say(p->message);
    waits();
}

static void hook_waits(void)
{
    watched();
    (void)ripcord_set_uncaught_hook(waits_in_hook);
    store_null();
}

START_TEST(a_hook_that_waits_ends)
{
    ck_ends_saying(hook_waits, SIGSEGV, NIL_PANIC);
}
END_TEST

static void is_slow_in_hook(const ripcord_panic *p)
{
    (void)p;
    (void)pause();
    say("still there");
}

/* Without a trace, which may take long, the hook begins in time. */
static void hook_is_slow(void)
{
    watched();
    (void)setenv("RIPCORD_TRACEBACK", "none", 1);
    (void)ripcord_set_uncaught_hook(is_slow_in_hook);
    store_null();
}

START_TEST(but_has_time_of_its_own)
{
    ck_ends(hook_is_slow, SIGSEGV,
            NIL_PANIC "\n" NIL_SIGNAL "still there\n");
}
END_TEST

static void faults_in_hook(const ripcord_panic *p)
{
    say(p->message);
    store_at(8);
}

static void hook_faults(void)
{
    enable(NULL);
    (void)ripcord_set_uncaught_hook(faults_in_hook);
    (void)divide(1, 0);
}

static void hook_of_panic_faults(void)
{
    enable(NULL);
    (void)ripcord_set_uncaught_hook(faults_in_hook);
    panic("hello");
}

#define IN_REPORT "fatal error: ripcord: a fault while a panic was reported\n"

START_TEST(a_hook_that_faults_ends)
{
    ck_ends_saying(hook_faults, SIGFPE, IN_REPORT);
    ck_ends_saying(hook_of_panic_faults, SIGSEGV, IN_REPORT);
}
END_TEST

static void store_two(void) { store_at(WILD); }
RIPCORD_DEFERRABLE(store_two)

static void again_and_again(void)
{
    enable(NULL);
    defer_scope(all);
    for (int i = 0; i < 100000; i++)
        defer_to(all, store_two);
    (void)divide(1, 0);
}

static void *again_in_thread(void *unused)
{
    (void)unused;
    defer_scope(all);
    for (int i = 0; i < 100000; i++)
        defer_to(all, store_null);
    (void)divide(1, 0);
    return NULL;
}

static void again_without_alternate_stack(void)
{
    enable(NULL);
    run_thread(again_in_thread, NULL);
}

#define AGAIN "fatal error: ripcord: deferred calls fault again and again\n"

START_TEST(deferred_calls_that_fault_again_and_again)
{
    ck_ends_saying(again_and_again, SIGSEGV, AGAIN);
    ck_ends_saying(again_without_alternate_stack, SIGFPE, AGAIN);
}
END_TEST

static void uses_stack(void) { (void)use_stack(0); }
RIPCORD_DEFERRABLE(uses_stack)

static void overflows_alternate(void)
{
    enable(NULL);
    defer(uses_stack);
    store_null();
}

START_TEST(an_alternate_stack_that_overflows)
{
    ck_ends(overflows_alternate, SIGSEGV,
            "fatal error: ripcord: the alternate stack overflowed\n");
}
END_TEST

/* The stack pointer is where the stack ends when the next push finds none. */
#ifdef __x86_64__
static void pushes(void)
{
    __asm__ volatile("1: push %%rax\n\tjmp 1b" : : : "memory");
}
RIPCORD_DEFERRABLE(pushes)

static void fills_alternate(void)
{
    enable(NULL);
    defer(say, "not reached");
    defer(pushes);
    store_null();
}

START_TEST(one_that_is_used_up_to_its_last_byte)
{
    ck_ends(fills_alternate, SIGSEGV,
            "fatal error: ripcord: the alternate stack overflowed\n");
}
END_TEST
#endif

static void blocked(void)
{
    sigset_t only;
    enable(NULL);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, SIGSEGV);
    (void)pthread_sigmask(SIG_BLOCK, &only, NULL);
    defer(say, "cleanup");
    store_null();
}

START_TEST(a_blocked_signal_ends_the_process)
{
    ck_ends(blocked, SIGSEGV, "");
}
END_TEST

static pthread_barrier_t barrier;

static void yields(void) { (void)sched_yield(); }
RIPCORD_DEFERRABLE(yields)

static void *faults_with_others(void *unused)
{
    (void)unused;
    (void)pthread_barrier_wait(&barrier);
    defer(yields);
    store_null();
    return NULL;
}

static void many(void)
{
    pthread_t threads[8];
    enable(NULL);
    (void)pthread_barrier_init(&barrier, NULL, 8);
    for (int i = 0; i < 8; i++)
        (void)pthread_create(&threads[i], NULL, faults_with_others, NULL);
    for (int i = 0; i < 8; i++)
        (void)pthread_join(threads[i], NULL);
}

START_TEST(many_threads_at_once)
{
    for (int i = 0; i < 20; i++)
        ck_ends_saying(many, SIGSEGV, NIL_PANIC);
}
END_TEST

static void faults_in_handler(int signal)
{
    (void)signal;
    store_null();
}

static void recovers_in_handler(int signal)
{
    attempt () {
        faults_in_handler(signal);
    } rescue (p) {
        say(p->kind->name);
    }
}

static void in_a_handler(void)
{
    enable(NULL);
    (void)signal(SIGUSR1, recovers_in_handler);
    (void)raise(SIGUSR1);
    (void)signal(SIGUSR1, faults_in_handler);
    (void)raise(SIGUSR1);
}

START_TEST(a_fault_in_the_handler_of_another_signal)
{
    /* ThreadSanitizer calls handlers with all signals blocked. */
    if (IS_THREAD_SANITIZED)
        return;
    ck_ends(in_a_handler, SIGSEGV,
            "null error\n" NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST

RUN_SUITE("fault_bounded",
    a_deadlock_of_deferred_calls_ends,
    WITH_MALLOC(free_after_a_fault_inside_malloc_ends)
    ON_X86_64(whatever_signals_the_program_blocks)
    so_does_a_loop_of_faults,
    so_does_a_recoverer_that_does_not_return,
    in_any_thread,
    and_in_the_child_of_a_process,
    a_hook_that_waits_ends,
    but_has_time_of_its_own,
    ON_X86_64(a_hook_that_faults_ends)
    ON_X86_64(deferred_calls_that_fault_again_and_again)
    an_alternate_stack_that_overflows,
    ON_X86_64(one_that_is_used_up_to_its_last_byte)
    a_blocked_signal_ends_the_process,
    many_threads_at_once,
    a_fault_in_the_handler_of_another_signal)
