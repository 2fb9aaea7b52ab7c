/* SPDX-License-Identifier: MIT */
/*
 * pgtry.c - the way of database servers: a stack of handlers, and a setjmp
 * for every function that has something to clean up, which passes on what
 * it caught.
 */
#include "bench.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static __thread sigjmp_buf *handler;

/* BLOCK { } HANDLE { } OVER, where HANDLE is run for a failure. The mask of
   signals is not saved. */
#define BLOCK                                    \
    do {                                         \
        sigjmp_buf *const older_ = handler;      \
        sigjmp_buf buffer_;                      \
        if (sigsetjmp(buffer_, 0) == 0) {        \
            handler = &buffer_;
#define HANDLE                                   \
        } else {                                 \
            handler = older_;
#define OVER                                     \
        }                                        \
        handler = older_;                        \
    } while (0)

static NOINLINE _Noreturn void raise_failure(void)
{
    if (!handler)
        abort();
    siglongjmp(*handler, 1);
}

void fail(struct thing *t)
{
    (void)t;
    raise_failure();
}

static NOINLINE void defer_1(struct thing *t)
{
    must_acquire(t);
    BLOCK {
        must_use(t);
    } HANDLE {
        release(t);
        raise_failure();
    } OVER;
    release(t);
}

static NOINLINE void defer_4(struct thing *t)
{
    must_acquire(t);
    BLOCK {
        must_acquire(t);
        BLOCK {
            must_acquire(t);
            BLOCK {
                must_acquire(t);
                BLOCK {
                    must_use(t);
                } HANDLE {
                    release(t);
                    raise_failure();
                } OVER;
                release(t);
            } HANDLE {
                release(t);
                raise_failure();
            } OVER;
            release(t);
        } HANDLE {
            release(t);
            raise_failure();
        } OVER;
        release(t);
    } HANDLE {
        release(t);
        raise_failure();
    } OVER;
    release(t);
}

static NOINLINE void defer_bare(struct thing *t)
{
    t->acquired++;
    BLOCK {
        BARRIER();
    } HANDLE {
        release(t);
        raise_failure();
    } OVER;
    release(t);
}

/* ---- Failing ---- */

static NOINLINE void breaks(struct thing *t)
{
    if (!t->whole)
        raise_failure();
}

static NOINLINE void landing(struct thing *t)
{
    BLOCK {
        must_use(t);
    } HANDLE {
        t->caught++;
    } OVER;
}

static NOINLINE void panic_caught(struct thing *t)
{
    BLOCK {
        breaks(t);
    } HANDLE {
        t->caught++;
    } OVER;
}

static NOINLINE void frame(struct thing *t, int depth)
{
    must_acquire(t);
    BLOCK {
        if (depth > 1)
            frame(t, depth - 1);
        else
            breaks(t);
        t->used++;
    } HANDLE {
        release(t);
        raise_failure();
    } OVER;
    release(t);
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
    BLOCK {
        frame(t, depth);
    } HANDLE {
        t->caught++;
    } OVER;
}

static NOINLINE void bare_frames(struct thing *t, int depth)
{
    BLOCK {
        bare_frame(t, depth);
    } HANDLE {
        t->caught++;
    } OVER;
}

/* ---- The real function ---- */

static NOINLINE void process(struct account *account, size_t size)
{
    if (pthread_mutex_lock(&account->lock) != 0)
        raise_failure();
    BLOCK {
        char *buffer = malloc(size);
        if (!buffer)
            raise_failure();
        BLOCK {
            memset(buffer, 1, size);
            note(account, buffer);
        } HANDLE {
            free(buffer);
            raise_failure();
        } OVER;
        free(buffer);
    } HANDLE {
        pthread_mutex_unlock(&account->lock);
        raise_failure();
    } OVER;
    pthread_mutex_unlock(&account->lock);
}

static void run_process(struct account *account)
{
    process(account, NOTE_SIZE);
}

/* ---- What is measured ---- */

MEASURED(defer_1, defer_1(&subject))
MEASURED(defer_4, defer_4(&subject))
MEASURED(defer_bare, defer_bare(&subject))
MEASURED(landing, landing(&subject))
MEASURED(panic, panic_caught(&subject))
MEASURED(frames_10, frames(&subject, 10))
MEASURED(frames_100, frames(&subject, 100))
MEASURED(bare_100, bare_frames(&subject, 100))

int main(int argc, char **argv)
{
    static const struct workload workloads[] = {
        { "defer-1", run_defer_1, NULL },
        { "defer-4", run_defer_4, NULL },
        { "defer-bare", run_defer_bare, NULL },
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
