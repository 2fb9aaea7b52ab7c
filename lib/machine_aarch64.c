/* SPDX-License-Identifier: MIT */
/*
 * machine_aarch64.c - what the registers of a 64-bit ARM tell.
 */
#include "crash.h"

#include <ucontext.h>

const bool machine_has_registers = true;

uintptr_t machine_pc(const void *context)
{
    const ucontext_t *interrupted = context;
    return (uintptr_t)interrupted->uc_mcontext.pc;
}

uintptr_t machine_stack_pointer(const void *context)
{
    const ucontext_t *interrupted = context;
    return (uintptr_t)interrupted->uc_mcontext.sp;
}

/* A handler starts with the control register as it was. */
void machine_restore_float(const void *context)
{
    (void)context;
}
