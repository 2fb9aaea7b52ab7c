/* SPDX-License-Identifier: MIT */
/*
 * setjmp.c - bare _setjmp and longjmp: a buffer in the frame, whose address
 * is handed down. No cleanup runs, and nothing is known but that it failed.
 */
#include "bench.h"

#include <setjmp.h>
#include <signal.h>

NOINLINE void fail(struct thing *t)
{
    (void)t;
    __builtin_trap();
}

static NOINLINE void breaks(struct thing *t, jmp_buf buffer)
{
    if (!t->whole)
        longjmp(buffer, 1);
}

static NOINLINE void landing(struct thing *t)
{
    jmp_buf buffer;
    if (_setjmp(buffer) == 0)
        must_use(t);
}

static NOINLINE void panic_caught(struct thing *t)
{
    jmp_buf buffer;
    if (_setjmp(buffer) == 0)
        breaks(t, buffer);
    else
        t->caught++;
}

static NOINLINE void bare_frame(struct thing *t, jmp_buf buffer, int depth)
{
    if (depth > 1)
        bare_frame(t, buffer, depth - 1);
    else
        breaks(t, buffer);
    t->used++;
}

static NOINLINE void bare_frames(struct thing *t, int depth)
{
    jmp_buf buffer;
    if (_setjmp(buffer) == 0)
        bare_frame(t, buffer, depth);
    else
        t->caught++;
}

/* ---- A null dereference ---- */

static sigjmp_buf fault_buffer;

static void on_fault(int signal)
{
    siglongjmp(fault_buffer, signal);
}

static NOINLINE void fault(struct thing *t)
{
    int *volatile null = NULL;
    if (sigsetjmp(fault_buffer, 1) == 0)
        t->used += *(volatile int *)null;
    else
        t->caught++;
}

/* ---- What is measured ---- */

MEASURED(landing, landing(&subject))
MEASURED(panic, panic_caught(&subject))
MEASURED(bare_100, bare_frames(&subject, 100))

static void run_fault(long n)
{
    struct sigaction action = { .sa_handler = on_fault };
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    while (n--)
        fault(&subject);
}

int main(int argc, char **argv)
{
    static const struct workload workloads[] = {
        { "landing", run_landing, NULL },
        { "panic", run_panic, NULL },
        { "bare-100", run_bare_100, NULL },
        { "fault", run_fault, NULL },
        { "fault-deferred", run_fault, NULL },
        { NULL, NULL, NULL }
    };
    return bench_main(argc, argv, workloads);
}
