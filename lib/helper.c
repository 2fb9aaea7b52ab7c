/* SPDX-License-Identifier: MIT */
/*
 * helper.c - a process that adds source lines to a trace.
 *
 *     this process                 the helper: a copy of it
 *     plain frames > stderr
 *     waits for the pipe  <------- libdw: loads, allocates, may hang or crash
 *       > stderr                   source lines
 *     kills it after a while
 *
 * The plain frames are written by then, so whatever becomes of the helper,
 * nothing is lost. It is a copy of this thread alone, made without the
 * handlers of fork(), which lock; it does not signal its end, so that neither
 * a handler of SIGCHLD nor a wait() elsewhere in the program sees it.
 */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What reading the debug information of a large program may take. */
#define PATIENCE_MILLISECONDS 3000
/* Of the helper, in bytes; what is not used takes no memory. */
#define STACK ((size_t)1 << 20)

static const int faults[] = {
    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS
};
#define FAULTS (sizeof faults / sizeof faults[0])

/* ---- The helper ---- */

static void end_helper(int signal)
{
    (void)signal;
    _exit(1);
}

/* A crash of the helper must neither reach the handlers of the program nor
   leave a core where that of the program belongs; all other signals stay
   blocked. What it says about a damaged heap is not for the user. */
static void set_apart(void)
{
    static char *nothing[] = { NULL };
    const struct rlimit no_core = { 0, 0 };
    struct sigaction action = { .sa_handler = end_helper };
    sigset_t set;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)sigemptyset(&set);
    for (size_t i = 0; i < FAULTS; i++) {
        (void)sigaction(faults[i], &action, NULL);
        (void)sigaddset(&set, faults[i]);
    }
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    if (null >= 0) {
        (void)dup2(null, STDOUT_FILENO);
        (void)dup2(null, STDERR_FILENO);
    }
    /* Nothing is to be fetched from a server of debug information. */
    environ = nothing;
}

/* Whether there are lines that the plain frames do not tell. */
static bool adds_something(struct trace *trace)
{
    for (size_t i = 0; i < trace->count; i++) {
        const struct frame *frame = trace_at(trace, i);
        if (!frame->of_library && !frame->placed &&
            debuginfo_knows(frame->address))
            return true;
    }
    return false;
}

struct task {
    int pipe;
    struct trace *trace;
};

static int help(void *argument)
{
    const struct task *task = argument;
    struct trace *trace = task->trace;
    struct text text = { .descriptor = task->pipe };

    set_apart();
    if (!debuginfo_open() || !adds_something(trace))
        _exit(0);
    for (size_t i = 0; i < trace->count; i++) {
        const struct frame *frame = trace_at(trace, i);
        if (frame->of_library || !debuginfo_write(&text, frame))
            traceback_write_frame(&text, trace, i);
    }
    text_flush(&text);
    _exit(0);
}

/* ---- The process that reports ---- */

static long long milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Waits until there is something to read, or until the time is over. */
static bool can_read(int pipe, long long end)
{
    struct pollfd waiting = { .fd = pipe, .events = POLLIN };
    long long left;
    int ready;
    do {
        left = end - milliseconds();
        ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
    } while (ready < 0 && errno == EINTR && left > 0);
    return ready > 0;
}

/* Passes on what the helper writes. */
static void relay(struct text *text, int pipe)
{
    long long end = milliseconds() + PATIENCE_MILLISECONDS;
    char buffer[512];
    ssize_t got = 0;
    bool some = false;

    while (can_read(pipe, end)) {
        got = read(pipe, buffer, sizeof buffer - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        buffer[got] = '\0';
        if (!some) {
            text_string(text, "\n");
            traceback_write_thread(text, "source lines");
        }
        some = true;
        text_string(text, buffer);
    }
    if (milliseconds() >= end)
        text_string(text, "ripcord: reading debug information took too "
                          "long\n");
    text_flush(text);
}

/* A process in the midst of a system call that hangs cannot be killed; it is
   not waited for without end. */
static void end_process(pid_t helper)
{
    (void)kill(helper, SIGKILL);
    for (int i = 0; i < 200; i++) {
        pid_t ended = waitpid(helper, NULL, __WALL | WNOHANG);
        if (ended == helper || (ended < 0 && errno != EINTR))
            return;
        (void)poll(NULL, 0, 1);
    }
}

/* A copy without flags: nothing is shared, and its end is no signal. It has
   a stack of its own, for that of a thread may be too small for libdw. */
static pid_t start(void *stack, struct task *task)
{
    sigset_t all, before;
    pid_t helper;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    helper = clone(help, (char *)stack + STACK, 0, task);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return helper;
}

void helper_write(struct text *text, struct trace *trace)
{
    int ends[2];
    pid_t helper = -1;
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    if (stack == MAP_FAILED)
        return;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        helper = start(stack, &(struct task){ ends[1], trace });
        (void)close(ends[1]);
        if (helper > 0) {
            relay(text, ends[0]);
            end_process(helper);
        }
        (void)close(ends[0]);
    }
    (void)munmap(stack, STACK);
}
