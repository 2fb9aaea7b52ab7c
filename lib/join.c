/* SPDX-License-Identifier: MIT */
/*
 * join.c - joining a thread, or saying that nobody will.
 */
#include "task.h"

#include <errno.h>

/* Returns with the lock held. */
static struct ripcord__task *find(ripcord_thread thread, bool may_be_joined,
                                  const struct place *place)
{
    tasks_lock();
    struct ripcord__task *task = task_find(thread);
    if (task && (may_be_joined || !task->is_joined))
        return task;
    tasks_unlock();
    misuse("%s at %s:%d in %s was given a thread that has been joined or "
           "detached before, or was never started", place->what, place->file,
           place->line, place->function);
}

static bool is_own(ripcord_thread thread)
{
    const struct ripcord__task *own = task_own();
    return own && own == thread.ripcord__task &&
           own->serial == thread.ripcord__serial;
}

/* The joining thread was cancelled. */
static void let_join(struct ripcord__task **task)
{
    if (!*task)
        return;
    tasks_lock();
    (*task)->is_joined = false;
    tasks_unlock();
}

static int wait_for(struct ripcord__task *task, void **result)
{
    struct ripcord__task *waiting __attribute__((cleanup(let_join))) = task;
    int error = pthread_join(task->native, result);
    if (error == 0)
        waiting = NULL;
    return error;
}

/* Gives the task back. The panic is copied first, for then another thread
   may have it. */
static bool take_panic(struct ripcord__task *task, ripcord_panic *panic)
{
    tasks_lock();
    bool panicked = task->panicked;
    if (panicked)
        panic_copy(panic, &task->panic);
    task_free(task);
    tasks_unlock();
    return panicked;
}

static void no_panic(ripcord_panic *panic)
{
    if (!panic)
        return;
    panic->kind = NULL;
    panic->ripcord__own.state = RIPCORD__DEAD;
}

int ripcord__thread_join(const char *file, int line, const char *function,
                         ripcord_thread thread, void **result,
                         ripcord_panic *panic)
{
    const struct place place = {
        NULL, "thread_join", file, function, line, program
    };
    ripcord_panic unwanted;

    if (is_own(thread))
        return EDEADLK;
    struct ripcord__task *task = find(thread, false, &place);
    task->is_joined = true;
    tasks_unlock();
    int error = wait_for(task, result);
    if (error != 0)
        return error;
    if (!take_panic(task, panic ? panic : &unwanted))
        no_panic(panic);
    else if (!panic)
        ripcord__panic_again(file, line, function, &unwanted);
    return 0;
}

/* The thread gives the task back, unless it has ended already. */
static int detach(struct ripcord__task *task)
{
    int error = pthread_detach(task->native);
    task->detached = true;
    task->is_joined = false;
    if (task->has_ended)
        task_free(task);
    return error;
}

int ripcord__thread_detach(const char *file, int line, const char *function,
                           ripcord_thread thread)
{
    const struct place place = {
        NULL, "thread_detach", file, function, line, program
    };
    struct ripcord__task *task = find(thread, false, &place);

    if (task->panicked) {
        task->is_joined = true;
        task->panicked = false;
        tasks_unlock();
        thread_unjoined(task);
        tasks_lock();
    }
    int error = detach(task);
    tasks_unlock();
    return error;
}

int ripcord_thread_join(ripcord_thread thread, void **result,
                        ripcord_panic *panic)
{
    return ripcord__thread_join("unknown", 0, "unknown", thread, result,
                                panic);
}

int ripcord_thread_detach(ripcord_thread thread)
{
    return ripcord__thread_detach("unknown", 0, "unknown", thread);
}

pthread_t ripcord_thread_native(ripcord_thread thread)
{
    const struct place place = {
        NULL, "ripcord_thread_native", "unknown", "unknown", 0,
        program
    };
    struct ripcord__task *task = find(thread, true, &place);
    pthread_t native = task->native;
    tasks_unlock();
    return native;
}
