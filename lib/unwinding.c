/* SPDX-License-Identifier: MIT */
/*
 * unwinding.c - how many unwindings of the stack go on in a thread.
 */
#include "internal.h"

#include <dlfcn.h>
#include <pthread.h>

/* ---- Exceptions ---- */

/* What C++ keeps for each thread, as its binary interface lays it down. */
struct exceptions {
    void *caught;
    unsigned uncaught;          /* thrown, and their handler not yet begun */
};

/* NULL in programs without C++. */
extern struct exceptions *exceptions_of_thread(void)
    __asm__("__cxa_get_globals") __attribute__((weak));

static int exceptions(void)
{
    return exceptions_of_thread ? (int)exceptions_of_thread()->uncaught : 0;
}

/* ---- The end of the thread ---- */

/*
 * glibc unwinds a thread that ends by pthread_exit or a cancellation, and no
 * function of it tells so. But it describes to debuggers what it keeps of a
 * thread, among that the word in which a bit is set right before the
 * unwinding. The place of the word is a part of the description; the bit is
 * not, but has been the same since 2003. Where there is no description the
 * end of a thread is not seen, and blocks that it leaves have completed.
 *
 * A handler of _pthread_cleanup_push that lies outside the stack is called
 * when the unwinding begins, but it does not do: any longjmp drops it, one
 * that leaves another stack calls it, and a pthread_cleanup_push that is
 * compiled without -fexceptions hides it.
 */
enum { BITS, COUNT, OFFSET };
#define EXITING 0x10u

static size_t state_offset;     /* in what pthread_self points to; 0: none */

static __attribute__((constructor)) void find_offset(void)
{
    const uint32_t *is = dlsym(RTLD_DEFAULT,
                               "_thread_db_pthread_cancelhandling");

    if (is && is[BITS] == 32 && is[COUNT] == 1)
        state_offset = is[OFFSET];
    /* That it may be missing is for nobody else to find. */
    (void)dlerror();
}

/* The word of this thread; NULL until it is asked for. */
static __thread const uint32_t *state
    __attribute__((tls_model("initial-exec")));

static __attribute__((cold, noinline)) const uint32_t *find_state(void)
{
    static const uint32_t none;

    if (state_offset)
        state = (const void *)((const char *)pthread_self() + state_offset);
    return state ? state : &none;
}

static int thread_ends(void)
{
    const uint32_t *word = state ? state : find_state();
    return (__atomic_load_n(word, __ATOMIC_RELAXED) & EXITING) != 0;
}

int ripcord__unwinding(void)
{
    return exceptions() + thread_ends();
}
