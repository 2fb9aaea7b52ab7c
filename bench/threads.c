/* SPDX-License-Identifier: MIT */
/*
 * threads.c - runs a workload on many threads that share nothing.
 */
#include "bench.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct job {
    struct account account;
    void (*process)(struct account *account);
    long iterations;
    pthread_barrier_t *barrier;
    pthread_t thread;
    double start, end;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

long cores(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN);
}

/* Each thread warms up, waits for the others, and works. */
static void *work(void *of_job)
{
    struct job *job = (struct job *)of_job;

    for (long i = 0; i < 100; i++)
        job->process(&job->account);
    job->account.entries = 0;
    pthread_barrier_wait(job->barrier);
    job->start = now();
    for (long i = 0; i < job->iterations; i++)
        job->process(&job->account);
    job->end = now();
    return NULL;
}

double run_threads(long count, long iterations,
                   void (*process)(struct account *account))
{
    struct job *jobs =
        (struct job *)aligned_alloc(128, (size_t)count * sizeof *jobs);
    pthread_barrier_t barrier;
    double start = 0, end = 0;

    pthread_barrier_init(&barrier, NULL, (unsigned)count);
    for (long i = 0; i < count; i++) {
        struct job *job = &jobs[i];
        pthread_mutex_init(&job->account.lock, NULL);
        job->process = process;
        job->iterations = iterations;
        job->barrier = &barrier;
        bench_expect(pthread_create(&job->thread, NULL, work, job) == 0,
                     "a thread was not created");
    }
    for (long i = 0; i < count; i++) {
        pthread_join(jobs[i].thread, NULL);
        if (i == 0 || jobs[i].start < start)
            start = jobs[i].start;
        if (jobs[i].end > end)
            end = jobs[i].end;
        bench_expect(jobs[i].account.entries == iterations,
                     "entries are missing");
        bench_expect(pthread_mutex_trylock(&jobs[i].account.lock) == 0,
                     "the lock was not released");
    }
    free(jobs);
    return end - start;
}
