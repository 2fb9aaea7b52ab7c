/* SPDX-License-Identifier: MIT */
/*
 * machine_x86_64.c - what the registers of an x86-64 tell.
 */
#include "crash.h"

#include <ucontext.h>

const bool machine_has_registers = true;

uintptr_t machine_pc(const void *context)
{
    const ucontext_t *interrupted = context;
    return (uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP];
}

uintptr_t machine_stack_pointer(const void *context)
{
    const ucontext_t *interrupted = context;
    return (uintptr_t)interrupted->uc_mcontext.gregs[REG_RSP];
}

/* Linux enters a handler with both units reset, and longjmp restores
   neither. */
void machine_restore_float(const void *context)
{
    const ucontext_t *interrupted = context;
    const fpregset_t state = interrupted->uc_mcontext.fpregs;

    if (!state)
        return;
    __asm__ volatile("fldcw %0" : : "m"(state->cwd));
    __asm__ volatile("ldmxcsr %0" : : "m"(state->mxcsr));
}
