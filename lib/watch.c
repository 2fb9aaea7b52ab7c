/* SPDX-License-Identifier: MIT */
/*
 * watch.c - threads that end while calls are pending.
 *
 * pthread_exit and a cancellation unwind the stack, and what is compiled
 * with -fexceptions runs its calls then. Other code is passed in silence.
 * Its threads are watched: they have a thread-specific value, whose
 * destructor comes here when the thread has been unwound.
 */
#include "internal.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

/* Where the thread's oldest call was deferred last; NULL when the thread is
   not watched. What is pending itself lies in frames that are gone when it
   is asked for. */
static __thread const struct ripcord__site *oldest
    __attribute__((tls_model("initial-exec")));
/* For threads of which no entry is noted. */
static const struct ripcord__site no_site;

static _Noreturn void end(void)
{
    char name[300] = "a call";

    (void)entry_name(ripcord__thread.top, name, sizeof name);
    if (!oldest || oldest == &no_site)
        misuse("a thread was ended, by pthread_exit or a cancellation, and "
               "left calls pending (%s): compile with -fexceptions what "
               "defers, or use thread_exit", name);
    misuse("a thread was ended, by pthread_exit or a cancellation, and left "
           "calls pending: %s, deferred at %s:%d in %s, and any newer ones: "
           "compile with -fexceptions what defers, or use thread_exit",
           oldest->what, oldest->file, oldest->line, oldest->function);
}

static void check(void *unused)
{
    (void)unused;
    if (ripcord__thread.top)
        end();
    /* Another destructor may defer yet. */
    oldest = NULL;
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, check) == 0;
}

static __attribute__((cold, noinline)) void watch(void)
{
    (void)pthread_once(&once, make_key);
    if (has_key)
        (void)pthread_setspecific(key, &no_site);
}

void ripcord__watch(const struct ripcord__entry *entry)
{
    if (RIPCORD__RARELY(!oldest))
        watch();
    oldest = entry->site;
}

void watch_thread(void)
{
    watch();
    oldest = &no_site;
}

void watch_end(void)
{
    if (ripcord__thread.top)
        end();
}
