/* SPDX-License-Identifier: MIT */
/*
 * stack.c - switching what a thread has pending when its stack is switched.
 */
#include "stale.h"

void ripcord_stack_init(ripcord_stack *stack)
{
    *stack = (ripcord_stack){ .state = RIPCORD__STACK_SUSPENDED };
}

static bool is_empty(const ripcord_stack *stack)
{
    return !stack->top && !stack->running && !stack->landed;
}

/* Landings, and what compilers remember of a thread's memory, tie a stack
   that holds anything to its thread. */
static void stack_check(const ripcord_stack *stack,
                        const struct ripcord__site *site)
{
    char name[300] = "a panic";

    if (stack->state == RIPCORD__STACK_RUNS)
        misuse("the stack switched to at %s:%d in %s runs already",
               site->file, site->line, site->function);
    if (stack->state != RIPCORD__STACK_SUSPENDED)
        misuse("the stack switched to at %s:%d in %s was not initialised",
               site->file, site->line, site->function);
    if (is_empty(stack) || stack->thread == &ripcord__thread)
        return;
    if (stack->top)
        (void)entry_name(stack->top, name, sizeof name);
    misuse("the stack switched to at %s:%d in %s belongs to another thread, "
           "where it holds %s", site->file, site->line, site->function, name);
}

/* A panic keeps the thread from being cancelled while it runs, not while its
   stack does not. */
static void suspend_running(const struct ripcord__running *running)
{
    for (; running; running = running->older)
        release_cancellation(running);
}

static void resume_running(struct ripcord__running *running)
{
    struct ripcord__running *oldest = NULL;

    for (; running; running = running->older)
        if (holds_cancellation(running))
            oldest = running;
    if (oldest)
        hold_cancellation(oldest);
}

void ripcord__stack_switch(ripcord_stack *from, ripcord_stack *to,
                           const struct ripcord__site *site)
{
    struct ripcord__thread *thread = &ripcord__thread;

    stack_check(to, site);
    suspend_running(thread->running);
    *from = (ripcord_stack){
        thread->top, thread->landed, thread->running, thread,
        RIPCORD__STACK_SUSPENDED
    };
    thread->top = to->top;
    thread->landed = to->landed;
    thread->running = to->running;
    to->state = RIPCORD__STACK_RUNS;
    resume_running(thread->running);
}

void ripcord_stack_switch(ripcord_stack *from, ripcord_stack *to)
{
    static const struct ripcord__site site = {
        .file = "unknown", .function = "unknown"
    };
    ripcord__stack_switch(from, to, &site);
}

void ripcord_stack_drop(ripcord_stack *stack)
{
    if (stack->state != RIPCORD__STACK_SUSPENDED)
        misuse("ripcord_stack_drop was given a stack that runs, or was not "
               "initialised");
    if (stack->top || stack->running)
        stale_tell(stack->top, stack->running,
                   stack->top ? "a stack was given up on which calls were "
                                "pending"
                              : "a stack was given up on which a panic or "
                                "an exit ran");
    if (stack->thread == &ripcord__thread)
        (void)running_forget(stack->running, NULL);
    ripcord_stack_init(stack);
}
