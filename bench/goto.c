/* SPDX-License-Identifier: MIT */
/*
 * goto.c - error codes, checked after every call, and cleanup by goto: what
 * all others are compared with.
 */
#include "bench.h"

#include "records.h"

#include <string.h>

static NOINLINE int defer_1(struct thing *t)
{
    int status = acquire(t);
    if (status)
        return status;
    status = use(t);
    if (status)
        goto done;
    BARRIER();
done:
    release(t);
    return status;
}

static NOINLINE int defer_4(struct thing *t)
{
    int status = acquire(t);
    if (status)
        return status;
    status = acquire(t);
    if (status)
        goto release_1;
    status = acquire(t);
    if (status)
        goto release_2;
    status = acquire(t);
    if (status)
        goto release_3;
    status = use(t);
    if (status)
        goto release_4;
    BARRIER();
release_4:
    release(t);
release_3:
    release(t);
release_2:
    release(t);
release_1:
    release(t);
    return status;
}

static NOINLINE void defer_bare(struct thing *t)
{
    t->acquired++;
    BARRIER();
    release(t);
}

static NOINLINE int loop(long count)
{
    struct records records = { NULL, 0, 0 };
    int status = 0;

    for (long i = 0; i < count; i++) {
        status = records_add(&records, release_number, i);
        if (status)
            goto done;
    }
    bench_registered(count);
done:
    records_run(&records);
    return status;
}

/* ---- Failing ---- */

static NOINLINE int breaks(struct thing *t)
{
    return t->whole ? 0 : -1;
}

static NOINLINE void landing(struct thing *t)
{
    if (use(t))
        t->caught++;
}

static NOINLINE void panic_caught(struct thing *t)
{
    if (breaks(t))
        t->caught++;
}

static NOINLINE int frame(struct thing *t, int depth)
{
    int status = acquire(t);
    if (status)
        return status;
    status = depth > 1 ? frame(t, depth - 1) : breaks(t);
    if (status)
        goto done;
    t->used++;
done:
    release(t);
    return status;
}

static NOINLINE int bare_frame(struct thing *t, int depth)
{
    int status = depth > 1 ? bare_frame(t, depth - 1) : breaks(t);
    if (status)
        return status;
    t->used++;
    return 0;
}

/* ---- The real function ---- */

static NOINLINE int process(struct account *account, size_t size)
{
    int status = -1;

    if (pthread_mutex_lock(&account->lock) != 0)
        return -1;
    char *buffer = malloc(size);
    if (!buffer)
        goto unlock;
    memset(buffer, 1, size);
    note(account, buffer);
    status = 0;
    free(buffer);
unlock:
    pthread_mutex_unlock(&account->lock);
    return status;
}

static void run_process(struct account *account)
{
    bench_expect(process(account, NOTE_SIZE) == 0, "process failed");
}

/* ---- What is measured ---- */

MEASURED(defer_1, if (defer_1(&subject)) subject.caught++)
MEASURED(defer_4, if (defer_4(&subject)) subject.caught++)
MEASURED(defer_bare, defer_bare(&subject))
MEASURED(loop_1000, digest = 0; if (loop(1000)) subject.caught++)
MEASURED(loop_1000000, digest = 0; if (loop(1000000)) subject.caught++)
MEASURED(landing, landing(&subject))
MEASURED(panic, panic_caught(&subject))
MEASURED(frames_10, if (frame(&subject, 10)) subject.caught++)
MEASURED(frames_100, if (frame(&subject, 100)) subject.caught++)
MEASURED(bare_100, if (bare_frame(&subject, 100)) subject.caught++)

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
        { "frames-10", run_frames_10, NULL },
        { "frames-100", run_frames_100, NULL },
        { "bare-100", run_bare_100, NULL },
        { "real", NULL, run_process },
        { "threads-1", NULL, run_process },
        { "threads-cores", NULL, run_process },
        { "threads-64", NULL, run_process },
        { NULL, NULL, NULL }
    };
    return bench_main(argc, argv, workloads);
}
