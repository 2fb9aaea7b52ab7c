/* SPDX-License-Identifier: MIT */
/*
 * altstack.c - a stack for the handlers of each thread, and which stack an
 * address is on.
 */
#include "crash.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>

/* Below an alternate stack; nobody steps over it by accident. */
#define GUARD ((size_t)65536)
/* How far from the stack pointer an overflow is met. */
#define NEAR ((uintptr_t)65536)
#define PAGE ((uintptr_t)4096)
/* What a crash needs to be reported. */
#define ROOM ((uintptr_t)24576)
/* What Linux calls SS_AUTODISARM. */
#define FOR_ONE_SIGNAL ((int)(1U << 31))

static __thread struct {
    /* The alternate stack, as the last signal that used it has told. */
    uintptr_t low;
    uintptr_t high;
    uintptr_t interrupted;      /* where the thread's own stack ended then */
    int crashes;                /* whose deferred calls run there */
    /* The thread's own stack; 0 when it is not known. */
    uintptr_t stack_low;
    uintptr_t stack_high;
    bool grows;                 /* it is that of the main thread */
    /* What attaching has done. */
    bool attached;
    char *mapping;
    size_t size;
    stack_t former;
} stacks __attribute__((tls_model("initial-exec")));

static pthread_key_t key;
static bool has_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void note_bounds(const stack_t *stack)
{
    stacks.low = (uintptr_t)stack->ss_sp;
    stacks.high = stacks.low + stack->ss_size;
}

/* Where the thread's own stack is. Reads files, so no handler may do it. */
static void note_own_stack(void)
{
    pthread_attr_t attributes;
    void *low;
    size_t size;

    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        stacks.stack_low = (uintptr_t)low;
        stacks.stack_high = (uintptr_t)low + size;
        stacks.grows = gettid() == getpid();
    }
    (void)pthread_attr_destroy(&attributes);
}

/* AddressSanitizer unmaps whatever alternate stack a thread ends with, so
   the former one is put back before that. If somebody has put another one in
   place since, it stays. */
void altstack_release(void)
{
    stack_t now;

    watchdog_release();
    if (!stacks.attached)
        return;
    stacks.attached = false;
    stacks.low = stacks.high = 0;
    if (has_key)
        (void)pthread_setspecific(key, NULL);
    if (!stacks.mapping || sigaltstack(NULL, &now) != 0 ||
        (now.ss_flags & SS_ONSTACK))
        return;
    if (now.ss_sp == stacks.mapping + GUARD)
        (void)sigaltstack(&stacks.former, NULL);
    (void)munmap(stacks.mapping, GUARD + stacks.size);
    stacks.mapping = NULL;
}

static void release_at_exit(void *unused)
{
    (void)unused;
    altstack_release();
}

/* Memory below the thread's own stack, if there is any: then whoever compares
   stack pointers to see which function was called by which is right, such as
   ThreadSanitizer in setjmp. Most often that is what comes by itself. */
static char *map_below(size_t size)
{
    char *mapping = MAP_FAILED;

    for (uintptr_t distance = 0; distance < (uintptr_t)64 << 30;
         distance = distance ? 2 * distance : (uintptr_t)1 << 30) {
        void *hint = (void *)(distance ? stacks.stack_low - distance : 0);
        mapping = mmap(hint, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        if (mapping == MAP_FAILED || (uintptr_t)mapping < stacks.stack_low)
            return mapping;
        (void)munmap(mapping, size);
    }
    return mmap(NULL, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
}

static int map(size_t size)
{
    size_t whole = GUARD + size;
    char *mapping = map_below(whole);
    stack_t stack = { .ss_sp = mapping + GUARD, .ss_size = size };

    if (mapping == MAP_FAILED)
        return refuse(ENOMEM, "there is no memory for an alternate stack");
    if (mprotect(mapping, GUARD, PROT_NONE) != 0 ||
        sigaltstack(&stack, NULL) != 0) {
        (void)munmap(mapping, whole);
        return refuse(EPERM, "an alternate stack was refused");
    }
    stacks.mapping = mapping;
    stacks.size = size;
    note_bounds(&stack);
    return 0;
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, release_at_exit) == 0 &&
              pthread_atfork(NULL, NULL, watchdog_forget) == 0;
}

static int release_later(void)
{
    (void)pthread_once(&once, make_key);
    if (!has_key || pthread_setspecific(key, &stacks) != 0)
        return refuse(ENOMEM, "there is no memory for a thread's data");
    return 0;
}

static size_t wanted_size(void)
{
    const ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    size_t size = fault_options.stack_size ? fault_options.stack_size
                                           : options.stack_size;
    return (size + GUARD - 1) / GUARD * GUARD;
}

/* A stack that each signal takes away until its handler returns is gone after
   the first landing. */
static bool is_usable(const stack_t *stack)
{
    return !(stack->ss_flags & (SS_DISABLE | FOR_ONE_SIGNAL)) &&
           stack->ss_size >= STACK_MINIMUM;
}

int altstack_attach(void)
{
    if (stacks.attached)
        return 0;
    if (sigaltstack(NULL, &stacks.former) != 0 ||
        (stacks.former.ss_flags & SS_ONSTACK))
        return refuse(EPERM, "the thread runs on its alternate stack");
    if (release_later() != 0)
        return -1;
    note_own_stack();
    if (is_usable(&stacks.former))
        note_bounds(&stacks.former);
    else if (map(wanted_size()) != 0)
        return -1;
    stacks.attached = true;
    return 0;
}

bool altstack_is_attached(void)
{
    return stacks.attached;
}

/* As the kernel sees it: what is pushed next would lie on it. */
static bool is_on_altstack(uintptr_t address)
{
    return address - stacks.low - 1 < stacks.high - stacks.low;
}

void altstack_note(const void *context, uintptr_t stack_pointer)
{
    const ucontext_t *interrupted = context;

    if (interrupted->uc_stack.ss_flags & SS_DISABLE)
        return;
    note_bounds(&interrupted->uc_stack);
    if (!is_on_altstack(stack_pointer))
        stacks.interrupted = stack_pointer;
}

bool altstack_is_full(const char *here)
{
    return is_on_altstack((uintptr_t)here) &&
           (uintptr_t)here - stacks.low < ROOM;
}

/* The kernel takes a stack pointer below the alternate stack for one that is
   not on it, and starts at its top again. */
bool altstack_is_lost(uintptr_t stack_pointer)
{
    return stacks.mapping &&
           stack_pointer - (uintptr_t)stacks.mapping <= GUARD;
}

int altstack_crashes(void)
{
    return stacks.crashes;
}

void altstack_hold(const char *frame)
{
    if (is_on_altstack((uintptr_t)frame))
        stacks.crashes++;
}

void altstack_restore(int crashes)
{
    stacks.crashes = crashes;
}

bool altstack_is_overwritten(const char *here, uintptr_t stack_pointer)
{
    return stacks.crashes > 0 && is_on_altstack((uintptr_t)here) &&
           !is_on_altstack(stack_pointer);
}

bool stack_is_elsewhere(const void *object, const char *frame)
{
    return is_on_altstack((uintptr_t)frame) &&
           !is_on_altstack((uintptr_t)object) &&
           (uintptr_t)object >= stacks.interrupted - RED_ZONE;
}

/* The main thread's stack ends where the limit says now. */
static uintptr_t stack_end(void)
{
    struct rlimit limit;

    if (!stacks.grows)
        return stacks.stack_low;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 ||
        limit.rlim_cur > stacks.stack_high)
        return 0;
    return stacks.stack_high - (uintptr_t)limit.rlim_cur;
}

/* An access next to the stack pointer that finds no memory is one, unless
   the thread's own stack is known and goes on there. So is one just below
   its end, by a function whose frame is large. */
bool stack_has_overflowed(uintptr_t address, uintptr_t stack_pointer)
{
    bool near = address - (stack_pointer - NEAR) < NEAR + PAGE;
    uintptr_t end = stack_end();

    if (!stack_pointer)
        return false;
    if (stack_pointer >= stacks.stack_high || !end)
        return near;
    return stack_pointer < end + NEAR &&
           (near || address - (end - NEAR) < 2 * NEAR);
}
