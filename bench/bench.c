/* SPDX-License-Identifier: MIT */
/*
 * bench.c - runs one workload, checks what it did, and says what it took.
 */
#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS_CORES -1
#define WARM_UP 1
/* Heap that may stay in the caches of malloc. */
#define SLACK 65536

struct thing subject;

/* What one iteration of a workload must have done in every program. */
static const struct promise {
    const char *name;
    long released;          /* and acquired */
    long caught;
    long numbers;           /* calls of release_number */
    long threads;
} promises[] = {
    { "defer-1", 1, 0, 0, 0 },
    { "defer-4", 4, 0, 0, 0 },
    { "defer-bare", 1, 0, 0, 0 },
    { "loop-1000", 0, 0, 1000, 0 },
    { "loop-1000000", 0, 0, 1000000, 0 },
    { "landing", 0, 0, 0, 0 },
    { "panic", 0, 1, 0, 0 },
    { "panic-deferred", 0, 1, 0, 0 },
    { "frames-10", 10, 1, 0, 0 },
    { "frames-100", 100, 1, 0, 0 },
    { "bare-100", 0, 1, 0, 0 },
    { "message-literal", 0, 1, 0, 0 },
    { "message-formatted", 0, 1, 0, 0 },
    { "fault", 0, 1, 0, 0 },
    { "fault-deferred", 0, 1, 0, 0 },
    { "real", 0, 0, 0, 0 },
    { "threads-1", 0, 0, 0, 1 },
    { "threads-cores", 0, 0, 0, THREADS_CORES },
    { "threads-64", 0, 0, 0, 64 },
};

static long heap_before, heap_per_call;

static long heap(void)
{
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

void bench_expect(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "wrong: %s\n", what);
    exit(1);
}

void bench_registered(long count)
{
    if (count >= 1000000)
        heap_per_call = (heap() - heap_before) * 100 / count;
}

/* The digest of calls of release_number, last in first out. */
static long digest_of(long count)
{
    unsigned long expected = 0;
    while (count--)
        expected = expected * 3 + (unsigned long)count;
    return (long)expected;
}

static void check(const struct promise *promise, long iterations)
{
    bench_expect(subject.acquired == subject.released, "not all was released");
    bench_expect(subject.released == promise->released * iterations,
                 "cleanups were skipped, or run twice");
    bench_expect(subject.caught == promise->caught * iterations,
                 "failures were not caught");
    bench_expect(numbers == promise->numbers * iterations,
                 "calls of the loop were skipped, or run twice");
    bench_expect(promise->numbers == 0 ||
                 digest == digest_of(promise->numbers),
                 "calls of the loop were not run last in first out");
    bench_expect(heap() - heap_before < SLACK, "memory was not freed");
}

static void reset(void)
{
    memset(&subject, 0, sizeof subject);
    numbers = digest = 0;
}

/* The real function, on an account of this thread. */
static void run_process(void (*process)(struct account *), long iterations)
{
    static struct account account = { PTHREAD_MUTEX_INITIALIZER, 0 };

    account.entries = 0;
    for (long i = 0; i < iterations; i++)
        process(&account);
    bench_expect(account.entries == iterations, "entries are missing");
    bench_expect(pthread_mutex_trylock(&account.lock) == 0,
                 "the lock was not released");
    pthread_mutex_unlock(&account.lock);
}

static void run(const struct workload *workload, long iterations)
{
    if (workload->run)
        workload->run(iterations);
    else
        run_process(workload->process, iterations);
}

static void measure(const struct workload *workload,
                    const struct promise *promise, long iterations)
{
    struct counters counters;
    double elapsed;
    bool counted = false;
    long threads = promise->threads == THREADS_CORES ? cores()
                                                     : promise->threads;

    run(workload, WARM_UP);
    reset();
    heap_before = heap();
    if (threads) {
        iterations = iterations / threads + 1;
        elapsed = run_threads(threads, iterations, workload->process);
        iterations *= threads;
    } else {
        counted = counters_start();
        elapsed = now();
        run(workload, iterations);
        elapsed = now() - elapsed;
        counted = counted && counters_stop(&counters);
        check(promise, iterations);
    }
    printf("ns=%.3f", elapsed / (double)iterations);
    if (counted)
        printf(" instructions=%.2f cycles=%.2f",
               (double)counters.instructions / (double)iterations,
               (double)counters.cycles / (double)iterations);
    if (heap_per_call)
        printf(" bytes=%.2f", (double)heap_per_call / 100);
    puts("");
}

int bench_main(int argc, char **argv, const struct workload *workloads)
{
    size_t count = sizeof promises / sizeof promises[0];
    bool list = argc == 2 && strcmp(argv[1], "--list") == 0;

    if (argc == 2 && strcmp(argv[1], "--nothing") == 0)
        return 0;
    for (; workloads->name; workloads++) {
        if (list)
            puts(workloads->name);
        if (argc != 3 || strcmp(argv[1], workloads->name) != 0)
            continue;
        for (size_t i = 0; i < count; i++)
            if (strcmp(promises[i].name, workloads->name) == 0) {
                measure(workloads, &promises[i], atol(argv[2]));
                return 0;
            }
    }
    return list ? 0 : 2;
}
