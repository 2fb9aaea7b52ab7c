/* SPDX-License-Identifier: MIT */
/*
 * A coroutine library that chooses itself what runs next: GNU Pth. Whoever
 * yields switches to a stack that holds nothing before, and back behind it.
 */
#include "support.h"

#include <pth.h>

static ripcord_stack scheduler;

static void yield(void)
{
    ripcord_stack mine;
    RIPCORD_STACK_SWITCH(&mine, &scheduler);
    (void)pth_yield(NULL);
    RIPCORD_STACK_SWITCH(&scheduler, &mine);
}

static void *defers(void *name)
{
    ripcord_stack mine;
    ripcord_stack_init(&mine);
    RIPCORD_STACK_SWITCH(&scheduler, &mine);
    {
        defer(trace, name);
        yield();
        defer(trace, "inner");
        yield();
    }
    RIPCORD_STACK_SWITCH(&mine, &scheduler);
    return NULL;
}

static void *panics(void *name)
{
    ripcord_stack mine;
    ripcord_stack_init(&mine);
    RIPCORD_STACK_SWITCH(&scheduler, &mine);
    attempt () {
        defer(trace, name);
        yield();
        panic("p");
    } rescue (p) {
        yield();
        trace(p->message);
    }
    RIPCORD_STACK_SWITCH(&mine, &scheduler);
    return NULL;
}

/* Runs a function in two threads of Pth at once. */
static void run_two(void *(*function)(void *))
{
    static char names[2][4] = { "one", "two" };
    pth_t threads[2];
    ripcord_stack mine;

    ck_assert_int_eq(pth_init(), TRUE);
    ripcord_stack_init(&scheduler);
    for (int i = 0; i < 2; i++) {
        threads[i] = pth_spawn(PTH_ATTR_DEFAULT, function, names[i]);
        ck_assert_ptr_nonnull(threads[i]);
    }
    defer(trace, "outside");
    RIPCORD_STACK_SWITCH(&mine, &scheduler);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pth_join(threads[i], NULL), TRUE);
    RIPCORD_STACK_SWITCH(&scheduler, &mine);
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
