/* SPDX-License-Identifier: MIT */
/*
 * What deferred calls of a fault cannot do: hang for ever with all signals
 * blocked, disable faults, leave the alternate stack for another one and
 * fault there. And what a fault that is recovered does not do.
 */
#include "faults.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define TOO_LONG \
    "fatal error: ripcord: the deferred calls of a crash did not end in time\n"
#define OVERWRITTEN \
    "fatal error: ripcord: the alternate stack was overwritten: a signal " \
    "came on another stack\n"

static void watch(unsigned handled, unsigned seconds)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.handled = handled;
    options.recoverable &= handled;
    options.watchdog_seconds = seconds;
    enable(&options);
}

/* ---- Hanging ---- */

void waits_for_ever(void);

__attribute__((noinline)) void waits_for_ever(void)
{
    for (;;)
        (void)pause();
}
RIPCORD_DEFERRABLE(waits_for_ever)

static void blocks_all(void)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, NULL);
}
RIPCORD_DEFERRABLE(blocks_all)

static void hangs_blocked(void)
{
    watch(RIPCORD_FAULT_ALL, 1);
    recoverable () {
        defer(trace_recovery);
        defer(waits_for_ever);
        defer(blocks_all);
        store_null();
    }
}

START_TEST(a_call_that_blocks_all_signals_and_hangs_is_killed)
{
    ck_ends(hangs_blocked, SIGKILL, "");
}
END_TEST

/* The report has as much time as the calls, which a busy machine needs. */
static void hangs(void)
{
    watch(RIPCORD_FAULT_ALL, 5);
    defer(waits_for_ever);
    store_null();
}

START_TEST(the_report_shows_the_call_that_hangs)
{
    ck_ends_saying(hangs, SIGSEGV, "\nwaits_for_ever(...)\n");
}
END_TEST

static void recovers(void)
{
    recoverable () {
        defer(trace_recovery);
        store_null();
    }
}

static pthread_barrier_t barrier;

static void *hangs_later(void *unused)
{
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    recovers();
    (void)pthread_barrier_wait(&barrier);
    (void)pthread_barrier_wait(&barrier);
    defer(waits_for_ever);
    (void)divide(1, 0);
    return unused;
}

static void hangs_after_another_set(void)
{
    pthread_t thread;

    watch(RIPCORD_FAULT_ALL, 1);
    (void)pthread_barrier_init(&barrier, NULL, 2);
    (void)pthread_create(&thread, NULL, hangs_later, NULL);
    (void)pthread_barrier_wait(&barrier);
    ck_assert_int_eq(ripcord_faults_disable(), 0);
    watch(RIPCORD_FAULT_ARITHMETIC, 1);
    (void)pthread_barrier_wait(&barrier);
    (void)pthread_join(thread, NULL);
}

START_TEST(the_watchdog_follows_what_is_enabled)
{
    ck_ends_saying(hangs_after_another_set, SIGFPE, TOO_LONG);
}
END_TEST

/* ---- Disabling ---- */

static void disables(void)
{
    ck_assert_int_eq(ripcord_faults_disable(), -1);
    trace(errno == EBUSY ? ripcord_faults_reason() : "another error");
}
RIPCORD_DEFERRABLE(disables)

static void *tries_to_disable(void *unused)
{
    recoverable () {
        defer(trace_recovery);
        defer(disables);
        store_null();
    }
    return unused;
}

#define BUSY "deferred calls of a fault are running, and nothing was changed " \
             "recovered:runtime error: invalid memory address or nil pointer " \
             "dereference"

START_TEST(deferred_calls_of_a_fault_cannot_disable_faults)
{
    enable(NULL);
    (void)tries_to_disable(NULL);
    ck_traced(BUSY);
    ck_assert_int_eq(ripcord_faults_disable(), 0);
}
END_TEST

START_TEST(nor_where_there_is_no_alternate_stack)
{
    pthread_t thread;

    enable(NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, tries_to_disable, NULL),
                     0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_traced(BUSY);
}
END_TEST

/* ---- Another stack ---- */

static ucontext_t outside, inside;

static void prepare_inside(void (*function)(void))
{
    enum { SIZE = 262144 };
    (void)getcontext(&inside);
    inside.uc_stack.ss_size = SIZE;
    inside.uc_stack.ss_sp = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    inside.uc_link = &outside;
    makecontext(&inside, function, 0);
}

static void resumes(void) { (void)swapcontext(&outside, &inside); }
RIPCORD_DEFERRABLE(resumes)

static void faults_on_another_stack(void)
{
    enable(NULL);
    prepare_inside(recovers);
    recoverable () {
        defer(trace_recovery);
        defer(resumes);
        store_null();
    }
    say("goes on");
}

START_TEST(a_fault_on_another_stack_while_the_alternate_one_is_in_use)
{
    /* ThreadSanitizer takes it for a part of the thread's stack, and
       AddressSanitizer says that it might. */
    if (IS_SANITIZED)
        return;
    ck_ends(faults_on_another_stack, SIGSEGV, OVERWRITTEN);
}
END_TEST

/* The first timers of a process have the first numbers. */
static void tells_timers(int signal)
{
    struct itimerspec left;

    (void)signal;
    for (int timer = 0; timer < 8; timer++)
        if (syscall(SYS_timer_gettime, timer, &left) == 0 &&
            (left.it_value.tv_sec || left.it_value.tv_nsec))
            say("a timer runs");
    _exit(0);
}

static void dies_on_another_stack(void)
{
    (void)signal(SIGSEGV, tells_timers);
    faults_on_another_stack();
}

START_TEST(it_may_take_its_time_to_die)
{
    if (IS_SANITIZED)
        return;
    ck_ends(dies_on_another_stack, 0, OVERWRITTEN);
}
END_TEST

static void stops(int signal) { (void)signal; }

static void raises_term(void) { (void)raise(SIGTERM); }

static void is_interrupted_on_another_stack(void)
{
    (void)signal(SIGTERM, stops);
    enable(NULL);
    ck_assert_int_eq(ripcord_interrupts_enable(), 0);
    prepare_inside(raises_term);
    recoverable () {
        defer(trace_recovery);
        defer(resumes);
        store_null();
    }
    say("goes on");
}

START_TEST(so_is_an_interrupt_there)
{
    if (IS_SANITIZED)
        return;
    ck_ends(is_interrupted_on_another_stack, SIGTERM, OVERWRITTEN);
}
END_TEST

static void recovers_then_faults_on_another_stack(void)
{
    enable(NULL);
    recovers();
    recovers();
    prepare_inside(recovers);
    (void)swapcontext(&outside, &inside);
    say("goes on");
}

START_TEST(one_that_comes_when_it_is_free_again_is_recovered)
{
    if (IS_SANITIZED)
        return;
    ck_ends(recovers_then_faults_on_another_stack, 0, "goes on\n");
}
END_TEST

/* ---- Left without a recovery ---- */

static void panics(void) { panic("on top"); }
RIPCORD_DEFERRABLE(panics)
static void exits(void) { thread_exit(NULL); }
RIPCORD_DEFERRABLE(exits)

static void exits_over_a_fault(void)
{
    enable(NULL);
    attempt () {
        defer(panics);
        defer(exits);
        store_null();
    } rescue (p) {
        say(p->message);
        attempt () {
            defer(say, "a deferred call");
            store_null();
        } rescue (q) {
            say(q->kind->name);
        }
        ck_assert_int_eq(ripcord_faults_disable(), 0);
        _exit(0);
    }
}

START_TEST(a_rescue_block_of_an_exit_over_a_fault_can_recover_faults)
{
    ck_ends(exits_over_a_fault, 0, "on top\na deferred call\nnull error\n");
}
END_TEST

static jmp_buf in_child;

static void forks(void)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        ripcord_fork_child();
        longjmp(in_child, 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
RIPCORD_DEFERRABLE(forks)

static void forks_over_a_fault(void)
{
    enable(NULL);
    if (setjmp(in_child)) {
        recovers();
        ck_assert_int_eq(ripcord_faults_disable(), 0);
        _exit(0);
    }
    recoverable () {
        defer(trace_recovery);
        defer(forks);
        store_null();
    }
}

START_TEST(a_child_that_drops_a_fault_can_recover_others)
{
    ck_ends(forks_over_a_fault, 0, "");
}
END_TEST

static sigjmp_buf before;

static void jumps_out(int signal)
{
    (void)signal;
    siglongjmp(before, 1);
}

static void goes_on_after_a_fault(void)
{
    struct sigaction action = { .sa_handler = jumps_out };

    (void)sigaction(SIGSEGV, &action, NULL);
    action.sa_handler = SIG_DFL;
    enable(NULL);
    if (!sigsetjmp(before, 1)) {
        defer(say, "a deferred call");
        store_null();
    }
    recoverable () {
        defer(trace_recovery);
        (void)divide(1, 0);
    }
    (void)sigaction(SIGSEGV, &action, NULL);
    say(ripcord__thread.running ? "a fault runs" : "nothing runs");
    _exit(0);
}

START_TEST(a_handler_that_was_there_before_may_jump_out)
{
    ck_ends_saying(goes_on_after_a_fault, 0, "nothing runs\n");
}
END_TEST

/* ---- What is told ---- */

static void calls_null(void)
{
    void (*volatile nothing)(void) = NULL;
    enable(NULL);
    nothing();
}

START_TEST(a_call_of_null_has_a_program_counter)
{
    ck_ends(calls_null, SIGSEGV, NIL_PANIC "\n" NIL_SIGNAL);
}
END_TEST

/* ---- System calls ---- */

/* From now on any system call kills, but for those that end the test. */
static void allow_nothing(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = { 5, code };
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program),
                     0);
}

static void recovers_without_system_calls(void)
{
    enable(NULL);
    /* The first one asks how handlers are called. */
    recovers();
    allow_nothing();
    attempt () {
        store_null();
    } rescue (p) {
        say(p->kind->name);
    }
    _exit(0);
}

static void recovers_unwatched_without_system_calls(void)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;

    options.watchdog_seconds = 0;
    enable(&options);
    recovers();
    allow_nothing();
    recovers();
    say("recovered");
    _exit(0);
}

START_TEST(a_recovered_fault_makes_no_system_call)
{
    /* ThreadSanitizer blocks signals in handlers, and AddressSanitizer asks
       for the alternate stack at each jump. */
    if (IS_SANITIZED)
        return;
    ck_ends(recovers_without_system_calls, 0, "null error\n");
    ck_ends(recovers_unwatched_without_system_calls, 0, "recovered\n");
}
END_TEST

RUN_SUITE("fault_limits",
    a_call_that_blocks_all_signals_and_hangs_is_killed,
    the_report_shows_the_call_that_hangs,
    ON_X86_64(the_watchdog_follows_what_is_enabled)
    deferred_calls_of_a_fault_cannot_disable_faults,
    nor_where_there_is_no_alternate_stack,
    a_fault_on_another_stack_while_the_alternate_one_is_in_use,
    it_may_take_its_time_to_die,
    so_is_an_interrupt_there,
    one_that_comes_when_it_is_free_again_is_recovered,
    a_rescue_block_of_an_exit_over_a_fault_can_recover_faults,
    a_child_that_drops_a_fault_can_recover_others,
    ON_X86_64(a_handler_that_was_there_before_may_jump_out)
    ON_X86_64(a_call_of_null_has_a_program_counter)
    a_recovered_fault_makes_no_system_call)
