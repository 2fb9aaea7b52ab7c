/* SPDX-License-Identifier: MIT */
/*
 * uncaught.c - how a process ends when nobody recovers a panic.
 */
#include "trace.h"
#include "crash.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The exit status of a Go program that panicked. */
#define STATUS 2
#define NOT_CHOSEN -1
/* A hook may wait for the end of the process, which waits for the hook. */
#define PATIENCE_MILLISECONDS 2000

static int chosen_policy = NOT_CHOSEN;
static ripcord_uncaught_hook *hook;
/* The thread that ends the process: the others wait for it. */
static struct ripcord__thread *ending;

static ripcord_uncaught policy_of_environment(void)
{
    const char *name = secure_getenv("RIPCORD_UNCAUGHT");
    return name && strcmp(name, "exit") == 0 ? RIPCORD_UNCAUGHT_EXIT
                                             : RIPCORD_UNCAUGHT_ABORT;
}

/* Says so when the environment asks for something that there is not. */
static void check_environment(void)
{
    const char *name = secure_getenv("RIPCORD_UNCAUGHT");
    struct text text = { .descriptor = STDERR_FILENO };

    if (!name || strcmp(name, "exit") == 0 || strcmp(name, "abort") == 0)
        return;
    text_string(&text, "ripcord: RIPCORD_UNCAUGHT is \"");
    text_string(&text, name);
    text_string(&text, "\": neither \"abort\" nor \"exit\"\n");
    text_flush(&text);
}

static ripcord_uncaught resolve(int choice)
{
    return choice == NOT_CHOSEN ? policy_of_environment()
                                : (ripcord_uncaught)choice;
}

ripcord_uncaught ripcord_set_uncaught(ripcord_uncaught policy)
{
    return resolve(__atomic_exchange_n(&chosen_policy, (int)policy,
                                       __ATOMIC_SEQ_CST));
}

ripcord_uncaught_hook *ripcord_set_uncaught_hook(ripcord_uncaught_hook *new)
{
    return __atomic_exchange_n(&hook, new, __ATOMIC_SEQ_CST);
}

static _Noreturn void end_process(void)
{
    int choice = __atomic_load_n(&chosen_policy, __ATOMIC_SEQ_CST);

    if (choice == NOT_CHOSEN)
        check_environment();
    traceback_check_environment();
    if (resolve(choice) == RIPCORD_UNCAUGHT_EXIT &&
        traceback_of_environment() != TRACEBACK_CRASH)
        _exit(STATUS);
    abort();
}

bool uncaught_claim(void)
{
    struct ripcord__thread *nobody = NULL;
    return __atomic_compare_exchange_n(&ending, &nobody, &ripcord__thread,
                                       false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

bool uncaught_here(void)
{
    return __atomic_load_n(&ending, __ATOMIC_SEQ_CST) == &ripcord__thread;
}

/* True for one thread only, and once: a panic of the hook ends at once, and
   that of another thread waits for the end. */
static bool may_end_process(void)
{
    if (uncaught_claim())
        return true;
    while (!uncaught_here())
        (void)pause();
    return false;
}

/* Runs when the process exits in an orderly way: while another thread reports
   a panic that would cut the report off, and hide it behind a status of 0. */
static __attribute__((destructor)) void await_report(void)
{
    for (int i = 0; i < PATIENCE_MILLISECONDS; i++) {
        struct ripcord__thread *thread =
            __atomic_load_n(&ending, __ATOMIC_SEQ_CST);
        if (!thread || thread == &ripcord__thread)
            return;
        (void)poll(NULL, 0, 1);
    }
}

/* A report into a pipe whose reader has gone must not change the signal
   that the process dies of. */
static void hold_sigpipe(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void report(ripcord_panic *panic)
{
    ripcord_uncaught_hook *call;

    report_write(panic, NULL);
    call = __atomic_load_n(&hook, __ATOMIC_SEQ_CST);
    if (call)
        call(panic);
}

void uncaught(ripcord_panic *panic)
{
    /* Writing is a cancellation point: nothing may keep this from ending. */
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    if (!may_end_process()) {
        crash_end(&panic->ripcord__own);
        misuse("the hook for uncaught panics panicked itself at %s:%d in "
               "%s: %s", panic->file, panic->line, panic->function,
               panic->message);
    }
    hold_sigpipe();
    if (!crash_is_quiet(panic))
        report(panic);
    /* A crash ends by its signal, whatever was chosen for panics. */
    crash_end(&panic->ripcord__own);
    if (panic->kind == &RIPCORD_INTERRUPT)
        signal_kill(panic->code);
    end_process();
}
