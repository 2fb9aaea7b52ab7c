/* SPDX-License-Identifier: MIT */
/*
 * coroutine.h - small coroutines on makecontext, with what sanitizers want to
 * be told of a switch.
 */
#ifndef COROUTINE_H
#define COROUTINE_H

#include "support.h"

#include <ucontext.h>

#define COROUTINE_SIZE ((size_t)256 * 1024)

struct coroutine {
    ucontext_t context;
    struct coroutine *resumer;
    void (*body)(const char *);
    const char *name;
    char *memory;           /* of its stack */
    const char *bottom;     /* of whatever stack it has, and its size */
    size_t size;
    void *fake_stack;       /* AddressSanitizer's, while it is suspended */
    void *fiber;            /* ThreadSanitizer's */
    unsigned stack;         /* Valgrind's */
    ripcord_stack calls;
    bool hooked;            /* whether switches are told to the library */
    bool ended;
};

/* A coroutine on memory of its own, or on `memory` of COROUTINE_SIZE. */
void coroutine_init(struct coroutine *coroutine, void (*body)(const char *),
                    const char *name, char *memory);
/* Gives the memory back. */
void coroutine_free(struct coroutine *coroutine);
/* Runs it until it yields or ends, and returns whether it can go on. */
bool coroutine_resume(struct coroutine *coroutine);
/* Goes back to the one that resumed the running coroutine. */
void coroutine_yield(void);

#endif
