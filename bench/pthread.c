/* SPDX-License-Identifier: MIT */
/*
 * pthread.c - error codes, and cleanup by pthread_cleanup_push, which also
 * runs when the thread is cancelled. With -fexceptions, as all is compiled
 * here, it is the compiler's attribute and costs no call; without, each push
 * is a _setjmp.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static void leave(void *of_thing)
{
    release(of_thing);
}

static NOINLINE int defer_1(struct thing *t)
{
    int status = acquire(t);
    if (status)
        return status;
    pthread_cleanup_push(leave, t);
    status = use(t);
    pthread_cleanup_pop(1);
    return status;
}

static NOINLINE int defer_4(struct thing *t)
{
    int status = acquire(t);
    if (status)
        return status;
    pthread_cleanup_push(leave, t);
    status = acquire(t);
    if (status == 0) {
        pthread_cleanup_push(leave, t);
        status = acquire(t);
        if (status == 0) {
            pthread_cleanup_push(leave, t);
            status = acquire(t);
            if (status == 0) {
                pthread_cleanup_push(leave, t);
                status = use(t);
                pthread_cleanup_pop(1);
            }
            pthread_cleanup_pop(1);
        }
        pthread_cleanup_pop(1);
    }
    pthread_cleanup_pop(1);
    return status;
}

static NOINLINE void defer_bare(struct thing *t)
{
    t->acquired++;
    pthread_cleanup_push(leave, t);
    BARRIER();
    pthread_cleanup_pop(1);
}

static NOINLINE int breaks(struct thing *t)
{
    return t->whole ? 0 : -1;
}

static NOINLINE int frame(struct thing *t, int depth)
{
    int status = acquire(t);
    if (status)
        return status;
    pthread_cleanup_push(leave, t);
    status = depth > 1 ? frame(t, depth - 1) : breaks(t);
    if (status == 0)
        t->used++;
    pthread_cleanup_pop(1);
    return status;
}

static void unlock(void *lock)
{
    pthread_mutex_unlock(lock);
}

static NOINLINE int process(struct account *account, size_t size)
{
    int status = -1;

    if (pthread_mutex_lock(&account->lock) != 0)
        return -1;
    pthread_cleanup_push(unlock, &account->lock);
    char *buffer = malloc(size);
    if (buffer) {
        pthread_cleanup_push(free, buffer);
        memset(buffer, 1, size);
        note(account, buffer);
        status = 0;
        pthread_cleanup_pop(1);
    }
    pthread_cleanup_pop(1);
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
MEASURED(frames_10, if (frame(&subject, 10)) subject.caught++)
MEASURED(frames_100, if (frame(&subject, 100)) subject.caught++)

int main(int argc, char **argv)
{
    static const struct workload workloads[] = {
        { "defer-1", run_defer_1, NULL },
        { "defer-4", run_defer_4, NULL },
        { "defer-bare", run_defer_bare, NULL },
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
