/* SPDX-License-Identifier: MIT */
/*
 * running.c - panics and exits that do not come to their end, because the
 * stack that they run on is given up, or somebody jumped out of it.
 *
 *     running -> panic -> panic -> exit -> what a mark or landing knows
 *                the frames of these may be gone, as those of stale entries
 */
#include "stale.h"

/* So many are named, and so many are looked at: a circle has no end. */
#define NAMED 8
#define MAXIMUM_LENGTH (2 * MAXIMUM_DEPTH)

/* Copies one, and returns whether it can be believed to be one. */
static bool running_read(struct ripcord__running *copy,
                         const struct ripcord__running *running)
{
    return (uintptr_t)running % _Alignof(struct ripcord__running) == 0 &&
           read_safely(copy, running, sizeof *copy) &&
           copy->state - RIPCORD__RUNNING <= RIPCORD__DEAD - RIPCORD__RUNNING;
}

/* The panic of a crash begins the crash. */
static bool is_of_crash(const struct ripcord__running *running,
                        const struct ripcord__running *copy)
{
    return copy->crash && (const char *)copy->crash ==
           (const char *)running - offsetof(ripcord_panic, ripcord__own);
}

/* ---- Naming ---- */

static void name_exit(struct text *text, const struct ripcord__exit *exit)
{
    char buffer[300];

    (void)snprintf(buffer, sizeof buffer, "the exit of the %s at %s:%d in %s",
                   exit->of_process ? "process" : "thread", exit->file,
                   exit->line, exit->function);
    text_string(text, buffer);
}

static void name_panic(struct text *text, const ripcord_panic *panic)
{
    char buffer[300];

    (void)snprintf(buffer, sizeof buffer, "the panic raised at %s:%d in %s: ",
                   panic->file, panic->line, panic->function);
    text_string(text, buffer);
    text_string(text, panic->message);
    if (panic->ripcord__own.state == RIPCORD__RECOVERED)
        text_string(text, " [recovered]");
}

void running_names(struct text *text, struct ripcord__running *newest)
{
    struct ripcord__running *running = newest;
    struct ripcord__running copy;

    for (int i = 0; running && i < NAMED; i++, running = copy.older) {
        text_string(text, "\n\t");
        if (!running_read(&copy, running)) {
            text_string(text, "a panic whose frame was overwritten");
            return;
        }
        if (is_exit(&copy))
            name_exit(text, (const void *)running);
        else
            name_panic(text, panic_of(running));
    }
    if (running)
        text_string(text, "\n\tand older ones");
}

/* ---- Finding and dropping ---- */

/* An older panic runs further out. One further in was jumped out of. */
bool running_is_gone(const struct ripcord__running *running,
                     const struct place *place)
{
    const char *lies = is_in_fake_stack(running) ? running->frame
                                                 : (const char *)running;

    return is_gone(lies, place->frame);
}

void running_check(const struct ripcord__running *older,
                   const struct place *place)
{
    if (running_is_gone(older, place))
        misuse("the %s at %s:%d in %s finds a panic that is still running, "
               "but its stack is gone: a deferred call jumped out of it",
               place->what, place->file, place->line, place->function);
}

enum search running_search(const struct ripcord__running *wanted)
{
    const struct ripcord__running *running = ripcord__thread.running;
    struct ripcord__running copy;

    for (int i = 0; running && running != wanted; running = copy.older)
        if (i++ == MAXIMUM_LENGTH || !running_read(&copy, running))
            return SEARCH_BROKEN;
    return running == wanted ? SEARCH_FOUND : SEARCH_ABSENT;
}

struct ripcord__running running_forget(const struct ripcord__running *newest,
                                       const struct ripcord__running *until)
{
    const struct ripcord__running *running = newest;
    struct ripcord__running copy, oldest = { .state = 0 };

    for (int i = 0; running && running != until; running = copy.older) {
        if (i++ == MAXIMUM_LENGTH || !running_read(&copy, running))
            break;
        if (is_of_crash(running, &copy))
            crash_dropped(copy.crash);
        if (holds_cancellation(&copy))
            oldest = copy;
    }
    return oldest;
}
