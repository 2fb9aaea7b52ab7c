/* SPDX-License-Identifier: MIT */
/*
 * ripcord.c - the library. Built three times: against the shared library,
 * the static one, and the static one with link-time optimisation.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include <ripcord/short.h>

RIPCORD_DEFERRABLE(release, struct thing *)
RIPCORD_DEFERRABLE(release_number, long)

static NOINLINE void defer_1(struct thing *t)
{
    must_acquire(t);
    defer(release, t);
    must_use(t);
}

static NOINLINE void defer_4(struct thing *t)
{
    must_acquire(t);
    defer(release, t);
    must_acquire(t);
    defer(release, t);
    must_acquire(t);
    defer(release, t);
    must_acquire(t);
    defer(release, t);
    must_use(t);
}

static NOINLINE void defer_bare(struct thing *t)
{
    t->acquired++;
    defer(release, t);
    BARRIER();
}

static NOINLINE void loop(long count)
{
    defer_scope(calls);
    for (long i = 0; i < count; i++)
        defer_to(calls, release_number, i);
    bench_registered(count);
}

/* ---- Failing ---- */

NOINLINE void fail(struct thing *t)
{
    (void)t;
    panic("broken");
}

static NOINLINE void breaks(struct thing *t)
{
    if (!t->whole)
        panic("broken");
}

static NOINLINE void breaks_formatted(struct thing *t)
{
    if (!t->whole)
        panic("broken: order %d of %s", 4711 + t->broken, "somebody");
}

static void on_failure(ripcord_panic *p, struct thing *t)
{
    if (recover(p))
        t->caught++;
}
RIPCORD_RECOVERER(on_failure, struct thing *)

static NOINLINE void landing(struct thing *t)
{
    recoverable () {
        must_use(t);
    }
}

static NOINLINE void panic_caught(struct thing *t)
{
    attempt () {
        breaks(t);
    } rescue (p) {
        t->caught++;
    }
}

static NOINLINE void panic_formatted(struct thing *t)
{
    attempt () {
        breaks_formatted(t);
    } rescue (p) {
        t->caught++;
    }
}

static NOINLINE void panic_deferred(struct thing *t)
{
    recoverable () {
        defer(on_failure, t);
        breaks(t);
    }
}

static NOINLINE void frame(struct thing *t, int depth)
{
    must_acquire(t);
    defer(release, t);
    if (depth > 1)
        frame(t, depth - 1);
    else
        breaks(t);
    t->used++;
}

static NOINLINE void bare_frame(struct thing *t, int depth)
{
    if (depth > 1)
        bare_frame(t, depth - 1);
    else
        breaks(t);
    t->used++;
}

static NOINLINE void frames(struct thing *t, int depth)
{
    attempt () {
        frame(t, depth);
    } rescue (p) {
        t->caught++;
    }
}

static NOINLINE void bare_frames(struct thing *t, int depth)
{
    attempt () {
        bare_frame(t, depth);
    } rescue (p) {
        t->caught++;
    }
}

static NOINLINE void fault(struct thing *t)
{
    int *volatile null = NULL;
    attempt () {
        t->used += *(volatile int *)null;
    } rescue (p) {
        t->caught++;
    }
}

static NOINLINE void fault_deferred(struct thing *t)
{
    int *volatile null = NULL;
    recoverable () {
        defer(on_failure, t);
        t->used += *(volatile int *)null;
    }
}

/* ---- The real function ---- */

static NOINLINE void process(struct account *account, size_t size)
{
    must_zero(pthread_mutex_lock(&account->lock));
    defer(pthread_mutex_unlock, &account->lock);
    char *buffer = must_malloc(size);
    defer(free, buffer);
    memset(buffer, 1, size);
    note(account, buffer);
}

static void run_process(struct account *account)
{
    process(account, NOTE_SIZE);
}

/* ---- What is measured ---- */

MEASURED(defer_1, defer_1(&subject))
MEASURED(defer_4, defer_4(&subject))
MEASURED(defer_bare, defer_bare(&subject))
MEASURED(loop_1000, digest = 0; loop(1000))
MEASURED(loop_1000000, digest = 0; loop(1000000))
MEASURED(landing, landing(&subject))
MEASURED(panic, panic_caught(&subject))
MEASURED(panic_deferred, panic_deferred(&subject))
MEASURED(formatted, panic_formatted(&subject))
MEASURED(frames_10, frames(&subject, 10))
MEASURED(frames_100, frames(&subject, 100))
MEASURED(bare_100, bare_frames(&subject, 100))

static void run_faults(long n, void (*function)(struct thing *))
{
    bench_expect(ripcord_faults_enable(NULL) == 0, "no faults");
    while (n--)
        function(&subject);
    bench_expect(ripcord_faults_disable() == 0, "still faults");
}

static void run_fault(long n) { run_faults(n, fault); }
static void run_fault_deferred(long n) { run_faults(n, fault_deferred); }

int main(int argc, char **argv)
{
    static const struct workload workloads[] = {
        { "defer-1", run_defer_1, NULL },
        { "defer-4", run_defer_4, NULL },
        { "defer-bare", run_defer_bare, NULL },
        { "loop-1000", run_loop_1000, NULL },
        { "loop-1000000", run_loop_1000000, NULL },
        { "landing", run_landing, NULL },
        { "panic", run_panic, NULL },
        { "panic-deferred", run_panic_deferred, NULL },
        { "frames-10", run_frames_10, NULL },
        { "frames-100", run_frames_100, NULL },
        { "bare-100", run_bare_100, NULL },
        { "message-literal", run_panic, NULL },
        { "message-formatted", run_formatted, NULL },
        { "fault", run_fault, NULL },
        { "fault-deferred", run_fault_deferred, NULL },
        { "real", NULL, run_process },
        { "threads-1", NULL, run_process },
        { "threads-cores", NULL, run_process },
        { "threads-64", NULL, run_process },
        { NULL, NULL, NULL }
    };
    return bench_main(argc, argv, workloads);
}
