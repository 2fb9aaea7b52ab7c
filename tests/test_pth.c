/* SPDX-License-Identifier: MIT */
/*
 * A coroutine library that chooses itself what runs next: GNU Pth. Whoever
 * yields switches to a stack that holds nothing before, and back behind it.
 */
#include "support.h"

#include <pth.h>

/* ThreadSanitizer forgets the setjmp of one stack at that of another which
   lies higher, unless it is told that they are two. */
extern __attribute__((weak)) void *__tsan_get_current_fiber(void);
extern __attribute__((weak)) void *__tsan_create_fiber(unsigned flags);
extern __attribute__((weak)) void __tsan_destroy_fiber(void *fiber);
extern __attribute__((weak)) void __tsan_switch_to_fiber(void *fiber,
                                                         unsigned flags);

struct strand {
    ripcord_stack calls;
    void *fiber;
};

static struct strand scheduler;

static void strand_init(struct strand *strand)
{
    ripcord_stack_init(&strand->calls);
    if (__tsan_create_fiber)
        strand->fiber = __tsan_create_fiber(0);
}

static void strand_end(struct strand *strand)
{
    if (__tsan_destroy_fiber)
        __tsan_destroy_fiber(strand->fiber);
}

/* What begins as a function of one must end as it. */
static inline __attribute__((always_inline)) void strand_switch(
    struct strand *from, struct strand *to)
{
    RIPCORD_STACK_SWITCH(&from->calls, &to->calls);
    if (__tsan_switch_to_fiber) {
        from->fiber = __tsan_get_current_fiber();
        __tsan_switch_to_fiber(to->fiber, 0);
    }
}

static void yield(struct strand *mine)
{
    strand_switch(mine, &scheduler);
    (void)pth_yield(NULL);
    strand_switch(&scheduler, mine);
}

static void *defers(void *name)
{
    struct strand mine;
    strand_init(&mine);
    strand_switch(&scheduler, &mine);
    {
        defer(trace, name);
        yield(&mine);
        defer(trace, "inner");
        yield(&mine);
    }
    strand_switch(&mine, &scheduler);
    strand_end(&mine);
    return NULL;
}

static void *panics(void *name)
{
    struct strand mine;
    strand_init(&mine);
    strand_switch(&scheduler, &mine);
    attempt () {
        defer(trace, name);
        yield(&mine);
        panic("p");
    } rescue (p) {
        yield(&mine);
        trace(p->message);
    }
    strand_switch(&mine, &scheduler);
    strand_end(&mine);
    return NULL;
}

/* Runs a function in two threads of Pth at once. */
static void run_two(void *(*function)(void *))
{
    static char names[2][4] = { "one", "two" };
    pth_t threads[2];
    struct strand mine;

    ck_assert_int_eq(pth_init(), TRUE);
    strand_init(&scheduler);
    for (int i = 0; i < 2; i++) {
        threads[i] = pth_spawn(PTH_ATTR_DEFAULT, function, names[i]);
        ck_assert_ptr_nonnull(threads[i]);
    }
    defer(trace, "outside");
    strand_switch(&mine, &scheduler);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pth_join(threads[i], NULL), TRUE);
    strand_switch(&scheduler, &mine);
    strand_end(&scheduler);
}

START_TEST(calls_run_in_their_own_thread_of_pth)
{
    run_two(defers);
    ck_traced("inner one inner two outside");
}
END_TEST

START_TEST(panics_land_in_their_own_thread_of_pth)
{
    run_two(panics);
    ck_traced("one two p p outside");
}
END_TEST

RUN_SUITE("pth", calls_run_in_their_own_thread_of_pth,
          panics_land_in_their_own_thread_of_pth)
