/* SPDX-License-Identifier: MIT */
/*
 * Signals that were sent, and handlers that were there before.
 */
#include "faults.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void sends_kill(void) { (void)kill(getpid(), SIGSEGV); }
static void sends_raise(void) { (void)raise(SIGFPE); }
static void sends_thread(void) { (void)pthread_kill(pthread_self(), SIGBUS); }
static void sends_queue(void)
{
    (void)sigqueue(getpid(), SIGILL, (union sigval){ .sival_int = 7 });
}
static void (*sends)(void);

static void sent(void)
{
    enable_for(RIPCORD_FAULT_ALL);
    defer(say, "cleanup");
    attempt () {
        sends();
    } rescue (p) {
        say(p->message);
    }
    say("goes on");
}

START_TEST(a_signal_that_was_sent_is_no_fault)
{
    static const struct { void (*sends)(void); int signal; } ways[] = {
        { sends_kill, SIGSEGV }, { sends_raise, SIGFPE },
        { sends_thread, SIGBUS }, { sends_queue, SIGILL },
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        sends = ways[i].sends;
        ck_ends(sent, ways[i].signal, "");
    }
}
END_TEST

/* Looks like an access of nothing, but for its code. The kernel takes negative
   ones from anybody; others only from a process for itself, which then cannot
   be told from a fault. */
static struct forged { int signal, code; bool to_thread; } forged;

static void sends_forged(void)
{
    siginfo_t info = { .si_signo = forged.signal, .si_code = forged.code };
    info.si_addr = (void *)(uintptr_t)24;
    long result = forged.to_thread
        ? syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid),
                  forged.signal, &info)
        : syscall(SYS_rt_sigqueueinfo, getpid(), forged.signal, &info);
    if (result != 0)
        say("refused");
}

static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
static const int codes[] = { SI_QUEUE, SI_TKILL, SI_ASYNCNL, -1000 };

static void for_all_forged(void (*check)(void))
{
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        for (size_t k = 0; k < 2 * sizeof codes / sizeof codes[0]; k++) {
            forged = (struct forged){ signals[i], codes[k / 2], k % 2 };
            check();
        }
}

static void ck_dies_of_forged(void) { ck_ends(sent, forged.signal, ""); }

START_TEST(a_signal_with_a_forged_negative_code_is_no_fault)
{
    sends = sends_forged;
    for_all_forged(ck_dies_of_forged);
}
END_TEST

static int calls, value;
static void *told;

static void note_forged(int signal, siginfo_t *info, void *context)
{
    (void)context;
    calls += signal == forged.signal && info->si_code == forged.code &&
             (uintptr_t)info->si_addr == 24;
}

static void with_a_handler(void)
{
    struct sigaction action = { .sa_sigaction = note_forged,
                                .sa_flags = SA_SIGINFO };
    ck_assert_int_eq(sigaction(forged.signal, &action, NULL), 0);
    sent();
    say(calls == 1 ? "handled once" : "not handled once");
}

static void ck_handled(void)
{
    ck_ends(with_a_handler, 0, "goes on\ncleanup\nhandled once\n");
}

START_TEST(the_previous_handler_gets_that_as_it_was_sent)
{
    sends = sends_forged;
    for_all_forged(ck_handled);
}
END_TEST


static void note(int signal)
{
    calls += signal == SIGILL;
}

static void note_all(int signal, siginfo_t *info, void *context)
{
    sigset_t mask;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    calls += signal == SIGILL && sigismember(&mask, SIGUSR2) &&
             sigismember(&mask, SIGILL);
    value = info->si_value.sival_int;
    told = context;
}

static void install(void (*handler)(int), int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    (void)sigaddset(&action.sa_mask, SIGUSR2);
    ck_assert_int_eq(sigaction(SIGILL, &action, NULL), 0);
}

static void install_all(void)
{
    struct sigaction action = { .sa_sigaction = note_all,
                                .sa_flags = SA_SIGINFO };
    (void)sigaddset(&action.sa_mask, SIGUSR2);
    ck_assert_int_eq(sigaction(SIGILL, &action, NULL), 0);
}

START_TEST(the_previous_handler_gets_it_once)
{
    install(note, 0);
    enable(NULL);
    sends_queue();
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(with_the_same_arguments_and_mask)
{
    sigset_t mask;
    install_all();
    enable(NULL);
    sends_queue();
    ck_assert_int_eq(calls, 1);
    ck_assert_int_eq(value, 7);
    ck_assert_ptr_nonnull(told);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    ck_assert(!sigismember(&mask, SIGUSR2) && !sigismember(&mask, SIGILL));
}
END_TEST

static void once_only(void)
{
    install(note, (int)SA_RESETHAND);
    enable(NULL);
    sends_queue();
    say(calls == 1 ? "called" : "not called");
    sends_queue();
    say("goes on");
}

START_TEST(a_handler_for_one_signal_is_called_for_one)
{
    ck_ends(once_only, SIGILL, "called\n");
}
END_TEST

START_TEST(a_signal_that_was_ignored_is_ignored)
{
    install(SIG_IGN, 0);
    enable(NULL);
    sends_queue();
    sends_queue();
}
END_TEST

static uintptr_t told_address;

static void reports(int signal, siginfo_t *info, void *context)
{
    (void)context;
    told_address = (uintptr_t)info->si_addr;
    say(signal == SIGSEGV && info->si_code == SEGV_MAPERR &&
        told_address == 24 ? "the reporter sees the fault"
                           : "the reporter sees something else");
    _exit(5);
}

static void with_reporter(void)
{
    struct sigaction action = { .sa_sigaction = reports,
                                .sa_flags = SA_SIGINFO };
    (void)sigaction(SIGSEGV, &action, NULL);
    enable(NULL);
    defer(say, "cleanup");
    store_at(24);
}

START_TEST(the_previous_handler_sees_a_fault_that_nobody_recovered)
{
    struct ending ending = run_apart(with_reporter);
    ck_assert_int_eq(ending.status, 5);
    ck_assert_ptr_nonnull(strstr(ending.output, "cleanup\n" NIL_PANIC));
    ck_assert_ptr_nonnull(strstr(ending.output,
                                 "the reporter sees the fault\n"));
}
END_TEST

RUN_SUITE("fault_sent",
    a_signal_that_was_sent_is_no_fault,
    a_signal_with_a_forged_negative_code_is_no_fault,
    the_previous_handler_gets_that_as_it_was_sent,
    the_previous_handler_gets_it_once,
    with_the_same_arguments_and_mask,
    a_handler_for_one_signal_is_called_for_one,
    a_signal_that_was_ignored_is_ignored,
    the_previous_handler_sees_a_fault_that_nobody_recovered)
