/* SPDX-License-Identifier: MIT */
/*
 * fault_kinds.c - what a fault is, in Go's words.
 */
#include "crash.h"

#include <string.h>
#include <sys/auxv.h>

/* Nobody has memory below this address, and small members of an object that
   is not there are. */
#define NULL_LIMIT 65536

#define BAD_ADDRESS "invalid memory address or nil pointer dereference"

static const struct fault_class
    null = { RIPCORD_FAULT_NULL, &RIPCORD_NULL_ERROR, BAD_ADDRESS },
    address = { RIPCORD_FAULT_ADDRESS, &RIPCORD_ADDRESS_ERROR, BAD_ADDRESS },
    stack = { RIPCORD_FAULT_STACK, &RIPCORD_STACK_OVERFLOW,
              "stack overflow" },
    bus = { RIPCORD_FAULT_BUS, &RIPCORD_BUS_ERROR, BAD_ADDRESS },
    divide = { RIPCORD_FAULT_ARITHMETIC, &RIPCORD_DIVIDE_ERROR,
               "integer divide by zero" },
    overflow = { RIPCORD_FAULT_ARITHMETIC, &RIPCORD_OVERFLOW_ERROR,
                 "integer overflow" },
    floating = { RIPCORD_FAULT_ARITHMETIC, &RIPCORD_FLOAT_ERROR,
                 "floating point error" },
    instruction = { RIPCORD_FAULT_INSTRUCTION, &RIPCORD_INSTRUCTION_ERROR,
                    "illegal instruction" },
    trap = { RIPCORD_FAULT_TRAP, &RIPCORD_INSTRUCTION_ERROR,
             "trace trap" };

/* The kernel knows no address of what it calls a general protection fault,
   such as an access to an address that no processor has, and gives 0. */
ripcord_fault fault_describe(const siginfo_t *info)
{
    ripcord_fault fault = {
        .signal = info->si_signo, .code = info->si_code,
        .has_address = info->si_code != SI_KERNEL
    };
    if (fault.has_address)
        fault.address = (uintptr_t)info->si_addr;
    return fault;
}

static const struct fault_class *classify_segv(const ripcord_fault *fault,
                                               uintptr_t stack_pointer)
{
    if (!fault->has_address || (fault->code != SEGV_MAPERR &&
                                fault->code != SEGV_ACCERR))
        return &address;
    if (fault->address < NULL_LIMIT)
        return &null;
    return stack_has_overflowed(fault->address, stack_pointer) ? &stack
                                                               : &address;
}

const struct fault_class *fault_classify(const ripcord_fault *fault,
                                         uintptr_t stack_pointer)
{
    switch (fault->signal) {
    case SIGSEGV:
        return classify_segv(fault, stack_pointer);
    case SIGBUS:
        return &bus;
    case SIGFPE:
        return fault->code == FPE_INTDIV ? &divide
             : fault->code == FPE_INTOVF ? &overflow : &floating;
    case SIGILL:
        return &instruction;
    default:
        return &trap;
    }
}

/* Messages are put together by hand: printf may allocate. */
static void join(ripcord_panic *panic, const char *start, const char *end)
{
    size_t length = strlen(start);
    memcpy(panic->message, start, length);
    text_copy(panic->message + length, sizeof panic->message - length, end);
}

static void name_address(ripcord_panic *panic)
{
    struct text digits = { .length = 0 };

    if (!panic->fault.has_address || getauxval(AT_SECURE)) {
        join(panic, "unexpected fault address unknown", "");
        return;
    }
    text_hex(&digits, panic->fault.address);
    digits.buffer[digits.length] = '\0';
    join(panic, "unexpected fault address ", digits.buffer);
}

void fault_name(ripcord_panic *panic, const struct fault_class *class,
                bool fatal)
{
    panic->kind = class->kind;
    if (!fatal)
        join(panic, "runtime error: ", class->message);
    else if (strcmp(class->message, BAD_ADDRESS) == 0)
        name_address(panic);
    else
        join(panic, class->message, "");
}

const char *signal_name(int signal)
{
    switch (signal) {
    case SIGSEGV: return "SIGSEGV: segmentation violation";
    case SIGBUS: return "SIGBUS: bus error";
    case SIGFPE: return "SIGFPE: floating-point exception";
    case SIGILL: return "SIGILL: illegal instruction";
    case SIGTRAP: return "SIGTRAP: trace trap";
    case SIGABRT: return "SIGABRT: abort";
    case SIGSYS: return "SIGSYS: bad system call";
    case SIGTERM: return "SIGTERM: termination";
    case SIGINT: return "SIGINT: interrupt";
    case SIGHUP: return "SIGHUP: terminal line hangup";
    default: return "SIGQUIT: quit";
    }
}
