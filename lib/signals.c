/* SPDX-License-Identifier: MIT */
/*
 * signals.c - the signals that the library has taken, and what becomes of
 * each when it is not for the library.
 */
#include "crash.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static struct taken {
    signal_handler *handler;    /* NULL: not taken */
    struct sigaction previous;
} table[NSIG];

bool signal_is_taken(int signal)
{
    return table[signal].handler != NULL;
}

bool signal_is_taken_by(int signal, signal_handler *handler)
{
    return table[signal].handler == handler;
}

bool signal_is_ignored(int signal)
{
    struct sigaction now;
    return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static bool is_ours(int signal)
{
    struct sigaction now;
    return sigaction(signal, NULL, &now) == 0 &&
           (now.sa_flags & SA_SIGINFO) &&
           now.sa_sigaction == table[signal].handler;
}

/* SA_NODEFER and an empty mask: the handler runs with the mask of the code
   that it interrupted, so that a landing needs no system call to restore
   it, and a second fault is a second signal, not the end. */
int signal_take(int signal, signal_handler *handler, bool restarts)
{
    struct taken *taken = &table[signal];
    struct sigaction action = { .sa_sigaction = handler };

    /* A handler may run at once, so what was there is read first. */
    if (sigaction(signal, NULL, &taken->previous) != 0)
        return refuse(errno, "the action for %s cannot be read",
                      signal_name(signal));
    (void)sigemptyset(&action.sa_mask);
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER |
                      (restarts ? SA_RESTART : 0);
    taken->handler = handler;
    if (sigaction(signal, &action, NULL) == 0 && is_ours(signal))
        return 0;
    taken->handler = NULL;
    return refuse(EPERM, "a handler for %s was refused: a sanitizer or a "
                  "filter of system calls keeps the signal",
                  signal_name(signal));
}

int signals_check(signal_handler *handler)
{
    for (int signal = 1; signal < NSIG; signal++)
        if (signal_is_taken_by(signal, handler) && !is_ours(signal))
            return refuse(EBUSY, "somebody has installed another handler "
                          "for %s, and nothing was changed",
                          signal_name(signal));
    return 0;
}

void signal_give_back(int signal)
{
    (void)sigaction(signal, &table[signal].previous, NULL);
    table[signal].handler = NULL;
}

/* The signal waits behind a mask that the return from the handler lifts, so
   that it arrives in the code that was interrupted, with all that the kernel
   had told of it. A fault would come again by itself there, unless a
   deferred call or another thread has mended its cause meanwhile, and the
   program must not go on after its deferred calls have run: neither where it
   ignored the signal, nor where it had that let through for just one call,
   as ppoll does. */
void signal_repeat(int signal, siginfo_t *info, void *context)
{
    struct sigaction action = table[signal].previous;
    ucontext_t *interrupted = context;
    sigset_t only;

    if (action.sa_handler == SIG_IGN)
        action.sa_handler = SIG_DFL;
    (void)sigaction(signal, &action, NULL);
    (void)sigdelset(&interrupted->uc_sigmask, signal);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, signal);
    (void)pthread_sigmask(SIG_BLOCK, &only, NULL);
    if (syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), signal,
                info) != 0)
        (void)syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
}

/* Calls somebody else's handler as the kernel would have done. */
static void call_previous(struct taken *taken, int signal, siginfo_t *info,
                          void *context)
{
    const struct sigaction previous = taken->previous;
    sigset_t blocked = previous.sa_mask, mask;

    if (!(previous.sa_flags & SA_NODEFER))
        (void)sigaddset(&blocked, signal);
    if (previous.sa_flags & (int)SA_RESETHAND)
        taken->previous.sa_handler = SIG_DFL;
    (void)pthread_sigmask(SIG_BLOCK, &blocked, &mask);
    if (previous.sa_flags & SA_SIGINFO)
        previous.sa_sigaction(signal, info, context);
    else
        previous.sa_handler(signal);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static bool has_handler(const struct taken *taken)
{
    return taken->previous.sa_handler != SIG_DFL &&
           taken->previous.sa_handler != SIG_IGN;
}

void signal_pass_on(int signal, siginfo_t *info, void *context)
{
    struct taken *taken = &table[signal];

    if (has_handler(taken))
        call_previous(taken, signal, info, context);
    /* The kernel ignores a signal that was sent, but no fault. */
    else if (taken->previous.sa_handler == SIG_DFL || info->si_code > 0)
        signal_repeat(signal, info, context);
}

void signal_end(int signal, siginfo_t *info, void *context)
{
    struct taken *taken = &table[signal];

    if (has_handler(taken))
        call_previous(taken, signal, info, context);
    taken->previous = (struct sigaction){ .sa_handler = SIG_DFL };
    signal_repeat(signal, info, context);
}

void signal_kill(int signal)
{
    const struct sigaction action = { .sa_handler = SIG_DFL };
    sigset_t only;

    (void)sigaction(signal, &action, NULL);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, signal);
    (void)pthread_sigmask(SIG_UNBLOCK, &only, NULL);
    (void)raise(signal);
}
