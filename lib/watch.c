/* SPDX-License-Identifier: MIT */
/*
 * watch.c - threads that end while calls are pending.
 *
 * pthread_exit and a cancellation unwind the stack, and what is compiled
 * with -fexceptions runs its calls then. Other code is passed in silence.
 * Its threads are watched: a thread-specific value, the site of the oldest
 * call, makes the system come here when the thread has been unwound.
 */
#include "internal.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

/* For threads of which no entry is noted. */
static const struct ripcord__site no_site;

static _Noreturn void end(const struct ripcord__site *oldest)
{
    char buffer[300];

    if (oldest == &no_site)
        misuse("a thread was ended, by pthread_exit or a cancellation, and "
               "left calls pending%s: compile with -fexceptions what "
               "defers, or use thread_exit",
               entry_describe(ripcord__thread.top, buffer, sizeof buffer));
    misuse("a thread was ended, by pthread_exit or a cancellation, and left "
           "calls pending: %s, deferred at %s:%d in %s, and any newer ones: "
           "compile with -fexceptions what defers, or use thread_exit",
           oldest->what, oldest->file, oldest->line, oldest->function);
}

static void check(void *oldest)
{
    if (ripcord__thread.top)
        end(oldest);
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, check) == 0;
}

static void note(const struct ripcord__site *site)
{
    (void)pthread_once(&once, make_key);
    if (has_key && pthread_getspecific(key) != site)
        (void)pthread_setspecific(key, site);
}

void ripcord__watch(const struct ripcord__entry *entry)
{
    note(entry->site);
}

void watch_thread(void)
{
    note(&no_site);
}

void watch_end(void)
{
    check((void *)(uintptr_t)&no_site);
}
