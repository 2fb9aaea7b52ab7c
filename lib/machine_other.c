/* SPDX-License-Identifier: MIT */
/*
 * machine_other.c - a processor whose registers nobody has looked up yet:
 * faults are recovered, but a stack overflow is an address like any other.
 */
#include "crash.h"

const bool machine_has_registers = false;

uintptr_t machine_pc(const void *context)
{
    (void)context;
    return 0;
}

uintptr_t machine_stack_pointer(const void *context)
{
    (void)context;
    return 0;
}

void machine_restore_float(const void *context)
{
    (void)context;
}
