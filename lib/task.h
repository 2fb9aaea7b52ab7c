/* SPDX-License-Identifier: MIT */
/*
 * task.h - what is kept of a thread that was started, until it is joined.
 *
 * Tasks are never given back to the heap but used again, each time with
 * another serial number: so a ripcord_thread that is over is told from one
 * that is not without reading memory that has gone.
 */
#ifndef TASK_H
#define TASK_H

#include <pthread.h>

#include "internal.h"

struct ripcord__task {
    struct ripcord__task *next;         /* of all that there are */
    struct ripcord__task *next_free;
    unsigned long serial;               /* 0: it is free */
    pthread_t native;
    void *(*function)(void *);
    void *argument;
    const char *file;                   /* where it was started */
    const char *place;                  /* the function there */
    int line;
    char name[16];                      /* as many bytes as the system takes */
    ripcord_thread_panic policy;
    bool detached;
    bool is_joined;                     /* somebody waits for its end */
    bool has_ended;
    bool panicked;                      /* and `panic` says how */
    ripcord_panic panic;
};

/* Guards all tasks, but not what is constant while their threads run. */
INTERNAL void tasks_lock(void);
INTERNAL void tasks_unlock(void);

/* A free task with a new serial number, or NULL; needs no lock. */
INTERNAL struct ripcord__task *task_new(void);
/* The following need the lock. */
INTERNAL void task_free(struct ripcord__task *task);
/* The task of a thread that is neither joined nor detached, or NULL; somebody
   may be waiting to join it. */
INTERNAL struct ripcord__task *task_find(ripcord_thread thread);

/* The task of the calling thread, whose end is noted, or NULL. */
INTERNAL struct ripcord__task *task_own(void);
INTERNAL void task_begin(struct ripcord__task *task);

/* ---- thread.c ---- */

/* Reports a panic that nobody joined for, and ends the process unless the
   thread's policy says otherwise. Needs no lock. */
INTERNAL void thread_unjoined(struct ripcord__task *task);

#endif
