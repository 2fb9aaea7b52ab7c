/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - a limit for the time that the deferred calls of a crash take.
 *
 * Each thread has a timer of the kernel's that sends a signal to just this
 * thread, so the handler can leave a deferred call that hangs, and no other
 * thread is disturbed. The signal is one that the library has taken, best
 * SIGSEGV: nobody blocks it, for then a fault would end the process at once.
 * A thread of the library's own would make every program one with threads,
 * and would be missing after fork.
 *
 * The system calls are made directly: those of the C library may allocate.
 */
#include "crash.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NO_TIMER -1

/* As the kernel has it; the rest of its 64 bytes is not for this. */
struct event {
    const void *value;
    int signal;
    int notify;
    int thread;
    char rest[64 - sizeof(void *) - 3 * sizeof(int)];
};

struct times {
    long every[2];              /* seconds and nanoseconds; 0: only once */
    long first[2];              /* 0: never */
};

static __thread int timer __attribute__((tls_model("initial-exec"))) =
    NO_TIMER;
/* Its address tells our timers from others. */
static const char mark;

/* The first of these that is taken. */
static const int signals[] = {
    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGTERM,
    SIGHUP, SIGQUIT, SIGINT
};

static int chosen_signal(void)
{
    size_t i = 0;
    while (i < sizeof signals / sizeof signals[0] - 1 &&
           !signal_is_taken(signals[i]))
        i++;
    return signals[i];
}

static int create(void)
{
    struct event event = {
        .value = &mark, .signal = chosen_signal(), .notify = SIGEV_THREAD_ID,
        .thread = (int)syscall(SYS_gettid)
    };
    return (int)syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer);
}

static int set(unsigned seconds)
{
    struct times times = { { 0, 0 }, { (long)seconds, 0 } };
    return (int)syscall(SYS_timer_settime, timer, 0, &times, NULL);
}

void watchdog_release(void)
{
    if (timer != NO_TIMER)
        (void)syscall(SYS_timer_delete, timer);
    timer = NO_TIMER;
}

void watchdog_forget(void)
{
    timer = NO_TIMER;
}

int watchdog_try(void)
{
    int result = create();
    watchdog_release();
    return result;
}

void watchdog_start(void)
{
    int error = errno;

    if (fault_options.watchdog_seconds &&
        (timer != NO_TIMER || create() == 0))
        (void)set(fault_options.watchdog_seconds);
    errno = error;
}

/* Nobody tells the end of a thread that is not attached. */
void watchdog_stop(void)
{
    int error = errno;

    if (!altstack_is_attached())
        watchdog_release();
    else if (timer != NO_TIMER)
        (void)set(0);
    errno = error;
}

bool watchdog_sent(const siginfo_t *info)
{
    return info->si_code == SI_TIMER && info->si_value.sival_ptr == &mark;
}
