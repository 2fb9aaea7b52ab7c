/* SPDX-License-Identifier: MIT */
/*
 * 16-coroutine.c - a generator that runs on a stack of its own: it may be
 * suspended while calls are pending, may panic, and may be given up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include <ripcord/short.h>

struct generator {
    ucontext_t context, caller;
    ripcord_stack calls, calls_of_caller;   /* one beside each stack */
    void (*body)(struct generator *);
    int value;
    bool ended, given_up, panicked;
    ripcord_panic panic;
    char memory[65536];
};

static void say(const char *what)
{
    printf("  %s\n", what);
}
RIPCORD_DEFERRABLE(say, const char *)

/* ---- The coroutine library: ripcord's switch stands before its own. ---- */

static void switch_in(struct generator *generator)
{
    RIPCORD_STACK_SWITCH(&generator->calls_of_caller, &generator->calls);
    swapcontext(&generator->caller, &generator->context);
}

static void switch_out(struct generator *generator)
{
    RIPCORD_STACK_SWITCH(&generator->calls, &generator->calls_of_caller);
    swapcontext(&generator->context, &generator->caller);
}

/* A panic cannot leave a stack: it is taken here, and raised again on the
   other side. A generator that is given up unwinds as if it had panicked. */
static void begin(unsigned high, unsigned low)
{
    struct generator *generator =
        (void *)(((unsigned long)high << 16 << 16) + low);
    attempt () {
        generator->body(generator);
    } rescue (p) {
        generator->panicked = !generator->given_up;
        generator->panic = *p;
    }
    generator->ended = true;
    switch_out(generator);
}

static void generator_free(struct generator *generator)
{
    if (!generator->ended) {
        generator->given_up = true;
        switch_in(generator);
    }
    free(generator);
}
RIPCORD_DEFERRABLE(generator_free, struct generator *)

static struct generator *generator_new(void (*body)(struct generator *))
{
    struct generator *generator = must_calloc(1, sizeof *generator);
    unsigned long address = (unsigned long)generator;

    generator->body = body;
    ripcord_stack_init(&generator->calls);
    must_zero(getcontext(&generator->context));
    generator->context.uc_stack.ss_sp = generator->memory;
    generator->context.uc_stack.ss_size = sizeof generator->memory;
    makecontext(&generator->context, (void (*)(void))begin, 2,
                (unsigned)(address >> 16 >> 16), (unsigned)address);
    return generator;
}

static bool next(struct generator *generator)
{
    switch_in(generator);
    if (generator->panicked)
        panic_again(&generator->panic);
    return !generator->ended;
}

static void yield(struct generator *generator, int value)
{
    generator->value = value;
    switch_out(generator);
    if (generator->given_up)
        panic("given up");
}

/* ---- Generators, and what uses them ---- */

static void squares(struct generator *generator)
{
    defer(say, "squares: closed");
    for (int i = 1; i < 100; i++)
        yield(generator, checked_mul(i, i));
}

static void countdown(struct generator *generator)
{
    defer(say, "countdown: closed");
    for (int i = 2; i > 0; i--)
        yield(generator, i);
    panic("lift-off");
}

static void print_below(int limit, void (*body)(struct generator *))
{
    struct generator *generator = generator_new(body);
    defer(generator_free, generator);
    defer(say, "reader: closed");
    while (next(generator) && generator->value < limit)
        printf("  %d\n", generator->value);
}

int main(void)
{
    puts("given up when it comes to 20");
    print_below(20, squares);
    puts("left by a panic");
    attempt () {
        print_below(20, countdown);
    } rescue (p) {
        printf("  rescued: %s\n", p->message);
    }
    return 0;
}
