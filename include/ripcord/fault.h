/* SPDX-License-Identifier: MIT */
/*
 * ripcord/fault.h - signals into panics, and cleanup when a program crashes.
 *
 * Off until it is enabled. Then a fault, such as the use of a null pointer,
 * is a panic: the deferred calls of the thread run, and it may be recovered.
 * If it is not, the process dies of the original signal, at the instruction
 * that faulted.
 *
 * A compiler may delete, move or duplicate an access that faults: faults are
 * a net under a program, and <ripcord/checked.h> is the dependable way.
 */
#ifndef RIPCORD_FAULT_H
#define RIPCORD_FAULT_H

#include <stddef.h>

#include <ripcord/base.h>
#include <ripcord/panic.h>

RIPCORD__BEGIN

/* Faults, as bits of a set. */
enum ripcord_fault_set {
    RIPCORD_FAULT_NULL = 1,         /* SIGSEGV, address below 64 KiB */
    RIPCORD_FAULT_ADDRESS = 2,      /* SIGSEGV, any other address */
    RIPCORD_FAULT_STACK = 4,        /* SIGSEGV, the stack overflowed */
    RIPCORD_FAULT_BUS = 8,          /* SIGBUS: truncated, misaligned */
    RIPCORD_FAULT_ARITHMETIC = 16,  /* SIGFPE: integer division, ... */
    RIPCORD_FAULT_INSTRUCTION = 32, /* SIGILL */
    RIPCORD_FAULT_TRAP = 64,        /* SIGTRAP: a breakpoint instruction */
    RIPCORD_FAULT_ALL = 127
};

/* Signals that run the deferred calls and then end the process, likewise. */
enum ripcord_cleanup_set {
    RIPCORD_CLEANUP_ABRT = 1,       /* SIGABRT: abort, a failed assert */
    RIPCORD_CLEANUP_SYS = 2,        /* SIGSYS: a refused system call */
    RIPCORD_CLEANUP_TERM = 4,       /* SIGTERM */
    RIPCORD_CLEANUP_INT = 8,        /* SIGINT */
    RIPCORD_CLEANUP_HUP = 16,       /* SIGHUP */
    RIPCORD_CLEANUP_QUIT = 32,      /* SIGQUIT */
    RIPCORD_CLEANUP_ALL = 63
};

typedef struct ripcord_fault_options {
    unsigned handled;           /* of enum ripcord_fault_set: panics */
    unsigned recoverable;       /* those of them that may be recovered */
    unsigned cleanup;           /* of enum ripcord_cleanup_set */
    unsigned watchdog_seconds;  /* how long the calls may take; 0: for ever */
    size_t stack_size;          /* of alternate stacks, bytes, from 65536 */
} ripcord_fault_options;

/* The default, an initialiser. */
#define RIPCORD_FAULT_OPTIONS                                         \
    { RIPCORD_FAULT_ALL,                                              \
      RIPCORD_FAULT_NULL | RIPCORD_FAULT_STACK |                      \
          RIPCORD_FAULT_ARITHMETIC,                                   \
      0, 10, 262144 }

/*
 * Installs handlers for the signals of `options` (NULL: the default), and
 * attaches the calling thread. Returns 0, or -1 with errno set, and then
 * nothing has changed: EALREADY when they are enabled, EINVAL for options
 * that make no sense, EPERM when a handler or a timer was refused, which a
 * sanitizer or a filter of system calls may do; ripcord_faults_reason tells
 * more. What is handled but not recoverable runs the deferred calls, whose
 * recoverers get NULL from ripcord_recover. Termination signals that are
 * ignored stay so. Not for signal handlers.
 */
int ripcord_faults_enable(const ripcord_fault_options *options);

/*
 * Puts every signal back to what it was, and the calling thread's alternate
 * stack, if this library gave it one. Returns 0, or -1 with errno EALREADY
 * when nothing is enabled, or EBUSY when somebody has installed another
 * handler since, or deferred calls of a fault are running in this thread:
 * then nothing is changed. To be called while no thread runs such calls. Not
 * for signal handlers.
 */
int ripcord_faults_disable(void);

/*
 * Why the last of these functions failed in the calling thread: a sentence
 * without a full stop, valid until the thread calls one of them again; ""
 * if none failed.
 */
const char *ripcord_faults_reason(void);

/*
 * Gives the calling thread an alternate stack for its handlers until it
 * ends, without which it can recover all but stack overflows. One that it
 * has already is used if it has 64 KiB or more, and stays its owner's.
 * Called again it does nothing. Returns 0, or -1 with errno ENOMEM or EPERM
 * (called on an alternate stack). Not for signal handlers.
 */
int ripcord_thread_attach(void);

/*
 * Makes SIGTERM, SIGINT, SIGHUP and SIGQUIT, those that are not ignored,
 * panics of the kind RIPCORD_INTERRUPT, raised at the next safe point. The
 * second of them that comes before the first was raised ends the process.
 * Blocking system calls return EINTR. Returns as ripcord_faults_enable; a
 * signal that is in its `cleanup` cannot be had here: EALREADY. Not for
 * signal handlers.
 */
int ripcord_interrupts_enable(void);

/* Puts these signals back to what they were; as ripcord_faults_disable. */
int ripcord_interrupts_disable(void);

/*
 * RIPCORD_CHECK_INTERRUPT()
 *
 * A safe point: if a signal is pending that ripcord_interrupts_enable takes,
 * panics, with `code` the signal; otherwise costs a load. A signal is raised
 * once, in the first thread that comes here. The `must` operations of
 * <ripcord/checked.h> are safe points when they fail with EINTR. If nobody
 * recovers it, the process dies of the signal, and nothing is reported. Not
 * for signal handlers.
 */
#define RIPCORD_CHECK_INTERRUPT() \
    ripcord__check_interrupt(__FILE__, __LINE__, __func__)

/* ---- What the macro is made of. ---- */

/* The signal that is pending, or 0. */
extern int ripcord__interrupt;
RIPCORD__COLD void ripcord__interrupted(const char *file, int line,
                                        const char *function);

RIPCORD__INLINE void ripcord__check_interrupt(const char *file, int line,
                                              const char *function)
{
    if (RIPCORD__RARELY(__atomic_load_n(&ripcord__interrupt,
                                        __ATOMIC_RELAXED)))
        ripcord__interrupted(file, line, function);
}

RIPCORD__END

#endif
