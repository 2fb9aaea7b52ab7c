/* SPDX-License-Identifier: MIT */
/*
 * task.c - what is kept of threads, and what becomes of it when a thread or
 * the process ends, or the process is forked.
 */
#include "task.h"

#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static struct ripcord__task *all;
static struct ripcord__task *free_ones;
static unsigned long newest_serial;
static bool is_ready;

void tasks_lock(void)
{
    (void)pthread_mutex_lock(&lock);
}

void tasks_unlock(void)
{
    (void)pthread_mutex_unlock(&lock);
}

void task_free(struct ripcord__task *task)
{
    task->serial = 0;
    task->next_free = free_ones;
    free_ones = task;
}

struct ripcord__task *task_own(void)
{
    return is_ready ? pthread_getspecific(key) : NULL;
}

/* Runs when the thread has ended in whatever way, or is about to. */
static void end(void *argument)
{
    struct ripcord__task *task = argument;

    tasks_lock();
    task->has_ended = true;
    if (task->detached)
        task_free(task);
    tasks_unlock();
}

/* Of the threads of the parent only the one that forked is in the child,
   and nobody is there to join it. */
static void forked_child(void)
{
    struct ripcord__task *own = task_own();

    for (struct ripcord__task *task = all; task; task = task->next) {
        if (task != own && task->serial != 0)
            task_free(task);
    }
    if (own) {
        own->detached = true;
        own->is_joined = false;
    }
    tasks_unlock();
}

static void prepare(void)
{
    is_ready = pthread_key_create(&key, end) == 0 &&
               pthread_atfork(tasks_lock, tasks_unlock, forked_child) == 0;
}

static struct ripcord__task *allocate(void)
{
    struct ripcord__task *task = calloc(1, sizeof *task);
    if (!task)
        return NULL;
    task->next = all;
    all = task;
    return task;
}

struct ripcord__task *task_new(void)
{
    struct ripcord__task *task = NULL;

    (void)pthread_once(&once, prepare);
    if (!is_ready)
        return NULL;
    tasks_lock();
    task = free_ones ? free_ones : allocate();
    if (task) {
        free_ones = task->next_free;
        task->next_free = NULL;
        task->serial = ++newest_serial;
    }
    tasks_unlock();
    return task;
}

struct ripcord__task *task_find(ripcord_thread thread)
{
    struct ripcord__task *task = thread.ripcord__task;

    if (!task || thread.ripcord__serial == 0 ||
        task->serial != thread.ripcord__serial || task->detached)
        return NULL;
    return task;
}

void task_begin(struct ripcord__task *task)
{
    /* Without memory for this a detached task is not used again. */
    (void)pthread_setspecific(key, task);
}

static struct ripcord__task *next_unjoined(struct ripcord__task *task)
{
    while (task && !(task->serial != 0 && task->panicked &&
                     !task->is_joined))
        task = task->next;
    return task;
}

/* The process exits: nobody will join any more. The lock is not held while a
   panic is reported, for what the report calls may take it. A hook that exits
   has had its panic. */
__attribute__((destructor)) static void exit_process(void)
{
    struct ripcord__task *task;

    if (uncaught_here())
        return;
    tasks_lock();
    while ((task = next_unjoined(all))) {
        struct ripcord__task copy = *task;
        task->panicked = false;
        tasks_unlock();
        thread_unjoined(&copy);
        tasks_lock();
    }
    tasks_unlock();
}
