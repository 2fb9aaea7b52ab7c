/* SPDX-License-Identifier: MIT */
/*
 * 16-coroutine.c - a generator that runs on a stack of its own: it may be
 * suspended while calls are pending, may panic, and may be given up.
 */
#include <stdio.h>
#include <ucontext.h>

#include <ripcord/short.h>

struct strand { ucontext_t context; ripcord_stack calls; };

struct generator {
    struct strand own, caller;
    void (*body)(struct generator *);
    int value;
    bool ended, given_up;
    ripcord_panic panic;        /* its kind is NULL: none */
    char memory[65536];
};

static struct generator *running;
RIPCORD_DEFERRABLE(puts, const char *)

/* The coroutine library: ripcord's switch stands before its own. */
static void switch_stack(struct strand *from, struct strand *to)
{
    RIPCORD_STACK_SWITCH(&from->calls, &to->calls);
    swapcontext(&from->context, &to->context);
}

/* A panic cannot leave a stack: it is taken here, and raised again on the
   other side. A generator that is given up unwinds as if it had panicked. */
static void begin(void)
{
    struct generator *generator = running;
    attempt () {
        generator->body(generator);
    } rescue (p) {
        generator->panic = *p;
    }
    generator->ended = true;
    switch_stack(&generator->own, &generator->caller);
}

static void generator_free(struct generator *generator)
{
    generator->given_up = true;
    running = generator;
    if (!generator->ended)
        switch_stack(&generator->caller, &generator->own);
    free(generator);
}
RIPCORD_DEFERRABLE(generator_free, struct generator *)

static struct generator *generator_new(void (*body)(struct generator *))
{
    struct generator *generator = must_calloc(1, sizeof *generator);
    generator->body = body;
    ripcord_stack_init(&generator->own.calls);
    must_zero(getcontext(&generator->own.context));
    generator->own.context.uc_stack.ss_sp = generator->memory;
    generator->own.context.uc_stack.ss_size = sizeof generator->memory;
    makecontext(&generator->own.context, begin, 0);
    return generator;
}

static bool next(struct generator *generator)
{
    running = generator;
    switch_stack(&generator->caller, &generator->own);
    if (generator->panic.kind)
        panic_again(&generator->panic);
    return !generator->ended;
}

static void yield(struct generator *generator, int value)
{
    generator->value = value;
    switch_stack(&generator->own, &generator->caller);
    if (generator->given_up)
        panic("given up");
}

static void squares(struct generator *generator)
{
    defer(puts, "  squares: closed");
    for (int i = 1; i < 100; i++)
        yield(generator, checked_mul(i, i));
}

static void countdown(struct generator *generator)
{
    defer(puts, "  countdown: closed");
    for (int i = 2; i > 0; i--)
        yield(generator, i);
    panic("lift-off");
}

static void print_below(int limit, void (*body)(struct generator *))
{
    struct generator *generator = generator_new(body);
    defer(generator_free, generator);
    defer(puts, "  reader: closed");
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
