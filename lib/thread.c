/* SPDX-License-Identifier: MIT */
/*
 * thread.c - threads that are started, and what runs in them.
 *
 * The function of a thread runs in an attempt of its own, which keeps the
 * panic in the task, unless nobody could join: then the panic goes past, and
 * is reported while the stack that raised it is still there.
 */
/* As in landing.c. */
#undef _FORTIFY_SOURCE

#include "task.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

struct landing {
    struct ripcord__attempt attempt;    /* first, so that one is the other */
    struct ripcord__task *task;
    bool unwound;                       /* when it is left, by force */
};

/* Bytes of the stack that the end of a thread may use without overwriting
   the frames that it finds calls in. */
#define ROOM 4096

/* Both need the lock. */
static bool is_unjoinable(const struct ripcord__task *task)
{
    return task->detached && !task->is_joined;
}

static bool passes(const struct ripcord__task *task)
{
    return task->policy == RIPCORD_THREAD_PANIC_UNCAUGHT ||
           (task->policy == RIPCORD_THREAD_PANIC_KEPT &&
            is_unjoinable(task));
}

static bool is_kept(const struct ripcord__task *task)
{
    tasks_lock();
    bool kept = !passes(task);
    tasks_unlock();
    return kept;
}

static void land_or_pass(struct ripcord__entry *entry, ripcord_panic *panic)
{
    struct landing *landing = (struct landing *)(void *)entry;
    if (panic && is_kept(landing->task))
        ripcord__attempt_run(entry, panic);
}

static const struct ripcord__site site = {
    land_or_pass, "thread", __FILE__, "ripcord_thread_start", __LINE__,
    RIPCORD__THREAD_BLOCK
};

static void write_place(struct text *text, const char *file, int line,
                        const char *function)
{
    text_string(text, " at ");
    text_string(text, file);
    text_string(text, ":");
    text_number(text, line);
    text_string(text, " in ");
    text_string(text, function);
}

/* What the report cannot tell: its thread is another one. */
static void write_origin(const struct ripcord__task *task)
{
    struct text text = { .descriptor = STDERR_FILENO };

    text_string(&text, "ripcord: nobody joined the thread ");
    if (task->name[0]) {
        text_string(&text, "\"");
        text_string(&text, task->name);
        text_string(&text, "\" ");
    }
    text_string(&text, "that was started");
    write_place(&text, task->file, task->line, task->place);
    text_string(&text, " and ended by a panic");
    write_place(&text, task->panic.file, task->panic.line,
                task->panic.function);
    text_string(&text, "\n");
    text_flush(&text);
}

/* Puts what the panic replaced before it, for the report. */
static void list_replaced(ripcord_panic *panic, ripcord_panic *older)
{
    const ripcord_replaced *replaced = &panic->replaced;

    if (!replaced->kind)
        return;
    (void)memset(older, 0, sizeof *older);
    older->kind = replaced->kind;
    older->file = replaced->file;
    older->function = replaced->function;
    older->line = replaced->line;
    older->ripcord__own.state = RIPCORD__RUNNING;
    text_copy(older->message, sizeof older->message, replaced->message);
    panic->ripcord__own.older = &older->ripcord__own;
}

void thread_unjoined(struct ripcord__task *task)
{
    ripcord_panic older;

    list_replaced(&task->panic, &older);
    write_origin(task);
    if (task->policy != RIPCORD_THREAD_PANIC_REPORTED)
        uncaught(&task->panic);
    report_write(&task->panic, NULL);
}

static void keep(struct ripcord__task *task, const ripcord_panic *panic)
{
    tasks_lock();
    panic_copy(&task->panic, panic);
    /* What it ran on top of is gone. */
    task->panic.ripcord__own.older = NULL;
    bool unjoinable = is_unjoinable(task);
    /* What is told now is not told at the exit of the process again. */
    task->panicked = !unjoinable;
    tasks_unlock();
    if (unjoinable)
        thread_unjoined(task);
}

static void leave(struct landing *landing)
{
    const struct ripcord__entry *entry = &landing->attempt.landing.entry;

    if (landing->unwound && entry->site && ripcord__thread.top != entry)
        watch_end();
    ripcord__leave_attempt(&landing->attempt);
}

static __attribute__((noinline)) void *call(const struct ripcord__task *task)
{
    volatile char room[ROOM];
    room[0] = '\0';
    void *result = task->function(task->argument);
    (void)room[0];
    return result;
}

static void *run(struct ripcord__task *task)
{
    void *volatile result = NULL;
    struct landing landing __attribute__((cleanup(leave)));

    landing.task = task;
    landing.unwound = true;
    (void)ripcord__enter_attempt(&landing.attempt, &site, NULL);
    if (_setjmp(landing.attempt.landing.buffer) == 0)
        result = call(task);
    else
        keep(landing.task, ripcord__rescue());
    landing.unwound = false;
    return result;
}

static void *begin(void *argument)
{
    struct ripcord__task *task = argument;

    task_begin(task);
    watch_thread();
    fault_thread();
    if (task->name[0])
        (void)prctl(PR_SET_NAME, task->name);
    return run(task);
}

/* Fills in what a task does not have from its last use. */
static void set_up(struct ripcord__task *task,
                   const ripcord_thread_attributes *attributes)
{
    int state = PTHREAD_CREATE_JOINABLE;
    const char *name = attributes ? attributes->name : NULL;

    (void)memset(task->name, 0, sizeof task->name);
    if (name)
        (void)memcpy(task->name, name,
                     strnlen(name, sizeof task->name - 1));
    if (attributes && attributes->pthread)
        (void)pthread_attr_getdetachstate(attributes->pthread, &state);
    task->policy = attributes ? attributes->panic
                              : RIPCORD_THREAD_PANIC_KEPT;
    task->detached = state == PTHREAD_CREATE_DETACHED;
    task->is_joined = false;
    task->has_ended = false;
    task->panicked = false;
}

/* The thread may be over before this returns, and its task in use again. */
static int create(struct ripcord__task *task, ripcord_thread thread,
                  const pthread_attr_t *attributes)
{
    pthread_t native;
    int error = pthread_create(&native, attributes, begin, task);

    tasks_lock();
    if (error != 0)
        task_free(task);
    else if (task->serial == thread.ripcord__serial)
        task->native = native;
    tasks_unlock();
    return error;
}

int ripcord__thread_start(const char *file, int line, const char *function,
                          ripcord_thread *thread,
                          const ripcord_thread_attributes *attributes,
                          void *(*body)(void *), void *argument)
{
    struct ripcord__task *task = task_new();

    if (!task)
        return EAGAIN;
    task->function = body;
    task->argument = argument;
    task->file = file;
    task->line = line;
    task->place = function;
    set_up(task, attributes);
    const ripcord_thread started = { task, task->serial };
    int error = create(task, started,
                       attributes ? attributes->pthread : NULL);
    if (error == 0)
        *thread = started;
    return error;
}

int ripcord_thread_start(ripcord_thread *thread,
                         const ripcord_thread_attributes *attributes,
                         void *(*function)(void *), void *argument)
{
    return ripcord__thread_start("unknown", 0, "unknown", thread, attributes,
                                 function, argument);
}
