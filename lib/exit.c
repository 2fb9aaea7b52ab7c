/* SPDX-License-Identifier: MIT */
/*
 * exit.c - the exit of a thread, Go's Goexit, and of the process.
 *
 * An exit stands on the list of what runs deferred calls, among the panics.
 * A panic that is recovered on top of it, at a landing that is older, does
 * not end it: control comes back to the loop of the exit. Only an attempt
 * lands in spite of it, and puts it aside until its rescue block is left.
 */
#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct loop {
    struct ripcord__exit exit;      /* first, so that one is the other */
    jmp_buf buffer;
};

static void abandon(struct loop *loop)
{
    running_abandon(&loop->exit.running);
}

static _Noreturn void run_exit(const struct ripcord__exit *given,
                               const char *frame)
{
    struct loop loop __attribute__((cleanup(abandon)));
    struct place place = {
        frame, "exit", given->file, given->function, given->line, program
    };

    loop.exit = *given;
    loop.exit.running.state = RIPCORD__EXITING;
    loop.exit.running.error = errno;
    loop.exit.running.repeats = REPEATS_NONE;
    running_push(&loop.exit.running, &place);
    hold_cancellation(&loop.exit.running);
    (void)_setjmp(loop.buffer);
    /* Coming back, what a call in between has unloaded is not known. */
    place.known = program;
    while (ripcord__thread.top)
        (void)run_newest(NULL, false, &place);
    /* Whatever is left on the list ends with the thread, and an exit that
       was suspended further out must not go on. */
    crash_exit();
    ripcord__thread.running = NULL;
    if (loop.exit.of_process)
        exit(loop.exit.status);
    pthread_exit(loop.exit.result);
}

/* What was jumped over is looked for before these frames cover it. */
void ripcord_thread_exit(void *result)
{
    stale_drop("exit", __builtin_frame_address(0), "unknown", "unknown", 0);
    const struct ripcord__exit given = {
        .result = result, .file = "unknown", .function = "unknown"
    };
    run_exit(&given, __builtin_frame_address(0));
}

void ripcord__thread_exit(const char *file, int line, const char *function,
                          void *result)
{
    stale_drop("exit", __builtin_frame_address(0), file, function, line);
    const struct ripcord__exit given = {
        .result = result, .file = file, .function = function, .line = line
    };
    run_exit(&given, __builtin_frame_address(0));
}

void ripcord_exit(int status)
{
    stale_drop("exit", __builtin_frame_address(0), "unknown", "unknown", 0);
    const struct ripcord__exit given = {
        .of_process = true, .status = status, .file = "unknown",
        .function = "unknown"
    };
    run_exit(&given, __builtin_frame_address(0));
}

void ripcord__exit_process(const char *file, int line, const char *function,
                           int status)
{
    stale_drop("exit", __builtin_frame_address(0), file, function, line);
    const struct ripcord__exit given = {
        .of_process = true, .status = status, .file = file,
        .function = function, .line = line
    };
    run_exit(&given, __builtin_frame_address(0));
}

void exit_resume(void)
{
    struct ripcord__running *running = ripcord__thread.running;
    struct ripcord__exit *exit = (struct ripcord__exit *)(void *)running;

    if (running->state == RIPCORD__EXITING)
        jump(((struct loop *)(void *)exit)->buffer);
    running->state = RIPCORD__DEAD;
    ripcord__thread.running = running->older;
    run_exit(exit, __builtin_frame_address(0));
}

void exit_suspend(struct ripcord__attempt *attempt)
{
    const struct ripcord__running *running = ripcord__thread.running;
    struct ripcord__running *outer = attempt->landing.running;

    crash_drop(running->older, outer);
    attempt->exit = *(const struct ripcord__exit *)(const void *)running;
    attempt->exit.running.state = RIPCORD__SUSPENDED;
    attempt->exit.running.frame = attempt->landing.frame;
    attempt->exit.running.older = outer;
    attempt->exit.running.depth = outer ? outer->depth : 0;
    ripcord__thread.running = &attempt->exit.running;
}
