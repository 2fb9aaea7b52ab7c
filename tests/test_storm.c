/* SPDX-License-Identifier: MIT */
/*
 * 32 threads that fault and recover at the same time, for as many seconds as
 * RIPCORD_STORM_SECONDS tells (1): none is lost.
 */
#include "faults.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 32 };

static int over;
static bool attach;

struct counts {
    long faults;
    long recovered;
    long cleanups;
};

static void count(long *counter) { ++*counter; }
RIPCORD_DEFERRABLE(count, long *)

static void recovers(ripcord_panic *p, long *counter)
{
    if (recover(p))
        ++*counter;
}
RIPCORD_RECOVERER(recovers, long *)

static void *storm(void *argument)
{
    struct counts *counts = argument;

    if (attach)
        ck_assert_int_eq(ripcord_thread_attach(), 0);
    while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
        counts->faults += 2;
        recoverable () {
            defer(recovers, &counts->recovered);
            defer(count, &counts->cleanups);
            store_null();
        }
        attempt () {
            defer(count, &counts->cleanups);
            store_null();
        } rescue (p) {
            counts->recovered += p->fault.signal == SIGSEGV;
        }
    }
    return NULL;
}

static void run_storm(unsigned seconds)
{
    static struct counts counts[THREADS];
    pthread_t threads[THREADS];
    long all = 0;

    enable(NULL);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, storm,
                                        &counts[i]), 0);
    while ((seconds = sleep(seconds)))
        continue;
    __atomic_store_n(&over, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(counts[i].recovered, counts[i].faults);
        ck_assert_int_eq(counts[i].cleanups, counts[i].faults);
        all += counts[i].faults;
    }
    ck_assert_int_gt(all, 0);
}

static unsigned seconds(void)
{
    const char *text = getenv("RIPCORD_STORM_SECONDS");
    return text ? (unsigned)atoi(text) : 1;
}

START_TEST(attached_threads_recover_every_fault)
{
    attach = true;
    run_storm(seconds());
}
END_TEST

START_TEST(other_threads_recover_every_fault)
{
    run_storm(seconds());
}
END_TEST

RUN_SUITE("storm",
    attached_threads_recover_every_fault,
    other_threads_recover_every_fault)
