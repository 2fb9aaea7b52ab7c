/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - a limit for the time that the deferred calls of a crash take.
 *
 * Each thread has a timer of the kernel's that sends a signal to just this
 * thread, so the handler can leave a deferred call that hangs, and no other
 * thread is disturbed. The signal is one that the library has taken, best
 * SIGSEGV: nobody blocks it, for then a fault would end the process at once.
 * But a deferred call may block it and then hang: for that there is a second
 * timer, which kills the process when all that the first one may do would
 * have been done. A thread of the library's own would make every program one
 * with threads, and would be missing after fork.
 *
 * The system calls are made directly: those of the C library may allocate.
 */
#include "crash.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NO_TIMER -1
/* Seconds that a busy machine may take for what the watchdog does. */
#define GRACE 7

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

struct timer {
    int id;
    int signal;                 /* what it sends */
};

static __thread struct {
    struct timer leave;         /* has a deferred call left */
    struct timer kill;
} timers __attribute__((tls_model("initial-exec"))) = {
    { NO_TIMER, 0 }, { NO_TIMER, 0 }
};
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

static int create(struct timer *timer, int signal)
{
    struct event event = {
        .value = &mark, .signal = signal, .notify = SIGEV_THREAD_ID,
        .thread = (int)syscall(SYS_gettid)
    };
    timer->signal = signal;
    return (int)syscall(SYS_timer_create, CLOCK_MONOTONIC, &event,
                        &timer->id);
}

static void release(struct timer *timer)
{
    if (timer->id != NO_TIMER)
        (void)syscall(SYS_timer_delete, timer->id);
    timer->id = NO_TIMER;
}

/* 0: never. */
static void set(const struct timer *timer, unsigned long long seconds)
{
    struct times times = {
        { 0, 0 }, { seconds < LONG_MAX ? (long)seconds : LONG_MAX, 0 }
    };
    if (timer->id != NO_TIMER)
        (void)syscall(SYS_timer_settime, timer->id, 0, &times, NULL);
}

/* Another signal is best when another set was enabled since. */
static void start(struct timer *timer, int signal,
                  unsigned long long seconds)
{
    if (timer->signal != signal)
        release(timer);
    if (timer->id != NO_TIMER || create(timer, signal) == 0)
        set(timer, seconds);
}

void watchdog_release(void)
{
    release(&timers.leave);
    release(&timers.kill);
}

void watchdog_forget(void)
{
    timers.leave.id = NO_TIMER;
    timers.kill.id = NO_TIMER;
}

int watchdog_try(void)
{
    struct timer timer = { NO_TIMER, 0 };
    int result = create(&timer, chosen_signal());
    release(&timer);
    return result;
}

void watchdog_again(void)
{
    int error = errno;
    start(&timers.leave, chosen_signal(), fault_options.watchdog_seconds);
    errno = error;
}

void watchdog_start(void)
{
    int error = errno;
    unsigned long long seconds = fault_options.watchdog_seconds;

    if (seconds) {
        start(&timers.leave, chosen_signal(), seconds);
        start(&timers.kill, SIGKILL, WATCHDOG_TIMES * seconds + GRACE);
    }
    errno = error;
}

/* Nobody tells the end of a thread that is not attached. */
void watchdog_stop(void)
{
    int error = errno;

    if (altstack_is_attached()) {
        set(&timers.leave, 0);
        set(&timers.kill, 0);
    } else {
        watchdog_release();
    }
    errno = error;
}

bool watchdog_sent(const siginfo_t *info)
{
    return info->si_code == SI_TIMER && info->si_value.sival_ptr == &mark;
}
