/* SPDX-License-Identifier: MIT */
/*
 * bench.h - the frame of every program that is written in C or C++.
 *
 *     PROGRAM --list                  the workloads it has, one a line
 *     PROGRAM --nothing               starts and ends
 *     PROGRAM WORKLOAD ITERATIONS     measures; prints "ns=NUMBER ...",
 *                                     the time of one iteration
 *
 * Threads share the iterations among them.
 *
 * Every workload acts on `subject`, or on the account it is given; afterwards
 * the counts must be what the workload promises, whatever the program is.
 */
#ifndef BENCH_H
#define BENCH_H

#include "work.h"

#ifdef __cplusplus
extern "C" {
#endif

struct workload {
    const char *name;               /* of the table in bench.c */
    void (*run)(long iterations);
    /* For what runs on threads, instead of the above. */
    void (*process)(struct account *account);
};

extern struct thing subject;

/* Defines run_NAME, which does something once for each iteration. */
#define MEASURED(name, ...)                \
    static void run_##name(long iterations) \
    {                                      \
        while (iterations--) {             \
            __VA_ARGS__;                   \
        }                                  \
    }

/* The workloads end with one whose name is NULL. */
int bench_main(int argc, char **argv, const struct workload *workloads);

/* Called once for each iteration of a loop workload, when all `count` calls
   are registered and none has run: notes what they take of the heap. */
void bench_registered(long count);

/* Ends the program unless the condition holds. */
void bench_expect(bool condition, const char *what);

/* threads.c: runs `process` `iterations` times on each of `count` threads
   that start together, and returns the nanoseconds from start to end. */
double run_threads(long count, long iterations,
                   void (*process)(struct account *account));
long cores(void);

/* counters.c: instructions and cycles of this thread; false when the system
   does not count them. */
struct counters {
    long long instructions, cycles;
};
bool counters_start(void);
bool counters_stop(struct counters *counters);

#ifdef __cplusplus
}
#endif

#endif
