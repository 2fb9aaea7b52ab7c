/* SPDX-License-Identifier: MIT */
/*
 * cleanup.c - error codes, checked after every call, and cleanup by the
 * compiler's attribute, as one writes it by hand.
 */
#include "bench.h"

#include "records.h"

#include <string.h>

static inline void leave(struct thing **thing)
{
    release(*thing);
}

#define RELEASED __attribute__((cleanup(leave), unused))

static NOINLINE int defer_1(struct thing *t)
{
    int status = acquire(t);
    if (status)
        return status;
    struct thing *first RELEASED = t;
    status = use(t);
    if (status)
        return status;
    BARRIER();
    return 0;
}

static NOINLINE int defer_4(struct thing *t)
{
    int status = acquire(t);
    if (status)
        return status;
    struct thing *first RELEASED = t;
    status = acquire(t);
    if (status)
        return status;
    struct thing *second RELEASED = t;
    status = acquire(t);
    if (status)
        return status;
    struct thing *third RELEASED = t;
    status = acquire(t);
    if (status)
        return status;
    struct thing *fourth RELEASED = t;
    status = use(t);
    if (status)
        return status;
    BARRIER();
    return 0;
}

static NOINLINE void defer_bare(struct thing *t)
{
    t->acquired++;
    struct thing *first RELEASED = t;
    BARRIER();
}

static NOINLINE int loop(long count)
{
    struct records records __attribute__((cleanup(records_run))) = {
        NULL, 0, 0
    };
    for (long i = 0; i < count; i++) {
        int status = records_add(&records, release_number, i);
        if (status)
            return status;
    }
    bench_registered(count);
    return 0;
}

/* ---- Failing ---- */

static NOINLINE int breaks(struct thing *t)
{
    return t->whole ? 0 : -1;
}

static NOINLINE int frame(struct thing *t, int depth)
{
    int status = acquire(t);
    if (status)
        return status;
    struct thing *first RELEASED = t;
    status = depth > 1 ? frame(t, depth - 1) : breaks(t);
    if (status)
        return status;
    t->used++;
    return 0;
}

/* ---- The real function ---- */

static inline void unlock(pthread_mutex_t **lock)
{
    pthread_mutex_unlock(*lock);
}

static inline void give_back(char **buffer)
{
    free(*buffer);
}

static NOINLINE int process(struct account *account, size_t size)
{
    if (pthread_mutex_lock(&account->lock) != 0)
        return -1;
    pthread_mutex_t *lock __attribute__((cleanup(unlock), unused)) =
        &account->lock;
    char *buffer __attribute__((cleanup(give_back))) = malloc(size);
    if (!buffer)
        return -1;
    memset(buffer, 1, size);
    note(account, buffer);
    return 0;
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
MEASURED(frames_10, if (frame(&subject, 10)) subject.caught++)
MEASURED(frames_100, if (frame(&subject, 100)) subject.caught++)

int main(int argc, char **argv)
{
    static const struct workload workloads[] = {
        { "defer-1", run_defer_1, NULL },
        { "defer-4", run_defer_4, NULL },
        { "defer-bare", run_defer_bare, NULL },
        { "loop-1000", run_loop_1000, NULL },
        { "loop-1000000", run_loop_1000000, NULL },
        { "frames-10", run_frames_10, NULL },
        { "frames-100", run_frames_100, NULL },
        { "real", NULL, run_process },
        { "threads-1", NULL, run_process },
        { "threads-cores", NULL, run_process },
        { "threads-64", NULL, run_process },
        { NULL, NULL, NULL }
    };
    return bench_main(argc, argv, workloads);
}
