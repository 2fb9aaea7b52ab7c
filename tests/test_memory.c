/* SPDX-License-Identifier: MIT */
/*
 * What the library takes from the heap: nothing, but for what scopes hold
 * beyond their room; and what happens when there is none.
 */
#include "support.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SANITIZED

/* Calls of the allocator in this process, and the one that fails. */
static size_t calls, bytes, failing;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);
static size_t frees;

static bool fails(size_t size)
{
    calls++;
    bytes += size;
    return calls == failing;
}

void *malloc(size_t size)
{
    return fails(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails(size) ? NULL : __libc_realloc(memory, size);
}

void free(void *memory)
{
    frees += memory != NULL;
    __libc_free(memory);
}

/* Memcheck puts an allocator of its own in place of this one. */
static bool counts_nothing(void)
{
    size_t before = calls;
    void *(*volatile allocate)(size_t) = malloc;
    free(allocate(1));
    return calls == before;
}

static void restart_counting(size_t fail)
{
    calls = bytes = frees = 0;
    failing = fail;
}

/* The assertions of Check use the heap themselves: first a copy. */
#define ck_counted(expected_calls, expected_frees)           \
    do {                                                     \
        size_t calls_now = calls, frees_now = frees;         \
        ck_assert_uint_eq(calls_now, expected_calls);        \
        ck_assert_uint_eq(frees_now, expected_frees);        \
    } while (0)

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

static void raises_again(ripcord_panic *p)
{
    if (recover(p))
        panic_again(p);
}
RIPCORD_RECOVERER(raises_again)

static void everything(int number)
{
    volatile int result = 0;
    attempt () {
        recoverable (result) {
            defer(trace_number, number);
            defer_as(named, trace, "named");
            defer_cancel(named);
            defer_scope(scope);
            for (int i = 0; i < 8; i++)
                defer_to(scope, trace_number, i);
            defer(raises_again);
            defer(panics, "second");
            panic("first %d of %s", number, "all");
        }
    } rescue (p) {
        trace(p->replaced.message);
    }
    attempt () {
        errno = ENOENT;
        panic_errno("open %s", "book");
    } rescue (p) {
        trace(p->message);
    }
}

START_TEST(defer_panic_and_recover_do_not_use_the_heap)
{
    if (counts_nothing())
        return;
    everything(1);
    restart_counting(0);
    everything(2);
    ck_counted(0, 0);
}
END_TEST

static void defer_many(int count, bool panicking)
{
    attempt () {
        defer_scope(scope);
        for (int i = 0; i < count; i++)
            defer_to(scope, free, NULL);
        if (panicking)
            panic("p");
    } rescue (p) {
        (void)p;
    }
}

START_TEST(a_scope_gives_back_what_it_took)
{
    if (counts_nothing())
        return;
    for (int panicking = 0; panicking < 2; panicking++) {
        restart_counting(0);
        defer_many(8, panicking != 0);
        ck_counted(0, 0);
        restart_counting(0);
        defer_many(100000, panicking != 0);
        /* 1, 2, 4 to 64 KiB and then 64 KiB each. */
        ck_counted(30, 30);
    }
}
END_TEST

START_TEST(a_call_with_one_argument_takes_sixteen_bytes)
{
    if (counts_nothing())
        return;
    restart_counting(0);
    defer_many(1000000, false);
    size_t taken = bytes, chunks = calls;
    /* And a header for each chunk, and the rest of the last one. */
    ck_assert_uint_le(taken, 16 * 1000000 + chunks * 64 + 65536);
}
END_TEST

/* Runs calls that fill a scope while an allocation fails, and tells how many
   ran; -1 when no allocation failed. */
static int ran;

static void counts(int number)
{
    (void)number;
    ran++;
}
RIPCORD_DEFERRABLE(counts, int)

static void ck_says_what_failed(const ripcord_panic *p)
{
    ck_assert_ptr_eq(p->kind, &RIPCORD_OUT_OF_MEMORY);
    ck_assert_int_eq(p->error, ENOMEM);
    ck_assert_str_eq(p->message,
                     "defer_to: no memory to keep the call of counts");
    ck_assert_ptr_nonnull(strstr(p->function, "fill_with_failure"));
}

static int fill_with_failure(size_t nth, int count)
{
    volatile int deferred = 0;
    volatile bool failed = false;
    ripcord_panic why;
    ran = 0;
    restart_counting(nth);
    attempt (deferred, failed) {
        defer_scope(scope);
        for (int i = 0; i < count; i++) {
            deferred = deferred + 1;
            defer_to(scope, counts, i);
        }
    } rescue (p) {
        failed = true;
        why = *p;
    }
    failing = 0;
    size_t taken = calls - failed, given_back = frees;
    ck_assert_uint_eq(taken, given_back);
    ck_assert_int_eq(ran, deferred);
    if (failed)
        ck_says_what_failed(&why);
    return failed ? ran : -1;
}

START_TEST(when_the_nth_allocation_fails_every_call_still_runs_once)
{
    if (counts_nothing())
        return;
    enum { COUNT = 20000 };
    size_t nth = 1;
    int last = 0, now;
    while ((now = fill_with_failure(nth, COUNT)) >= 0) {
        ck_assert_int_gt(now, last);
        last = now;
        nth++;
    }
    ck_assert_uint_gt(nth, 5);
    ck_assert_int_eq(ran, COUNT);
}
END_TEST

static void needs_memory(size_t nth)
{
    ripcord_panic why = { .kind = NULL };
    restart_counting(nth);
    attempt () {
        void *a = must_malloc(1);
        defer(free, a);
        void *b = must_calloc(1, 1);
        defer(free, b);
        void *c = must_strdup("text");
        defer(free, c);
    } rescue (p) {
        why = *p;
    }
    failing = 0;
    if (nth <= 3)
        ck_counted(nth, nth - 1);
    else
        ck_counted(3, 3);
    ck_assert_ptr_eq(why.kind, nth <= 3 ? &RIPCORD_OUT_OF_MEMORY : NULL);
}

START_TEST(when_the_nth_allocation_fails_nothing_leaks)
{
    if (counts_nothing())
        return;
    for (size_t nth = 1; nth <= 4; nth++)
        needs_memory(nth);
}
END_TEST

#endif

/* ---- constant memory ---- */

/* In pages. */
static long resident(void)
{
    long size = 0, pages = 0;
    FILE *file = must_fopen("/proc/self/statm", "r");
    ck_assert_int_eq(fscanf(file, "%ld %ld", &size, &pages), 2);
    ck_assert_int_eq(fclose(file), 0);
    return pages;
}

static void set(ripcord_panic *p, volatile int *result)
{
    if (recover(p))
        *result = 1;
}
RIPCORD_RECOVERER(set, volatile int *)

#ifdef SANITIZED
#define PAGES 2000      /* what the sanitizer keeps of freed memory */
#else
#define PAGES 64
#endif

static const char *stack;
static bool stack_moved;

static __attribute__((noinline)) int recovers_once(void)
{
    volatile int result = 0;
    const char *here = __builtin_frame_address(0);
    if (!stack)
        stack = here;
    stack_moved |= stack != here;
    recoverable (result) {
        defer(set, &result);
        panic("p");
    }
    return result;
}

START_TEST(ten_million_recoveries_take_constant_memory)
{
    /* Fewer where every instruction is watched. */
    long count = getenv("RIPCORD_TEST_QUICK") ? 20000 : 10000000;
    long recovered = 0, before;

    for (int i = 0; i < 1000; i++)
        recovered += recovers_once();
    before = resident();
    for (long i = 0; i < count; i++)
        recovered += recovers_once();
    /* A byte each would be 2,400 pages. */
    ck_assert_int_le(resident() - before, PAGES);
    ck_assert_int_eq(recovered, count + 1000);
    ck_assert(!stack_moved);
}
END_TEST

RUN_SUITE("memory",
          UNSANITIZED(defer_panic_and_recover_do_not_use_the_heap)
          UNSANITIZED(a_scope_gives_back_what_it_took)
          UNSANITIZED(a_call_with_one_argument_takes_sixteen_bytes)
          UNSANITIZED(
              when_the_nth_allocation_fails_every_call_still_runs_once)
          UNSANITIZED(when_the_nth_allocation_fails_nothing_leaks)
          ten_million_recoveries_take_constant_memory)
