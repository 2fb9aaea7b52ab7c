/* SPDX-License-Identifier: MIT */
/*
 * crash.h - what the files about signals share.
 *
 *     fault.c          enabling and disabling, and the options
 *     signals.c        the signals taken, and what becomes of each
 *     fault_handler.c  from a signal to a panic, and back to die
 *     fault_kinds.c    what a fault is, in words
 *     crash.c          what panics do for those of signals
 *     altstack.c       a stack for the handlers of each thread
 *     watchdog.c       a limit for the time that deferred calls take
 *     interrupt.c      termination signals at safe points
 *     machine_*.c      what only the processor's registers tell
 *
 * A handler runs on the thread's alternate stack, and panics there:
 *
 *     thread's stack           alternate stack
 *     main                     struct ripcord__crash  <- oldest
 *     block { call: ... }      panic_start, walk
 *     landing                  a deferred call, which may fault again
 *     *NULL    -> signal ->    struct ripcord__crash
 *
 * so the frames that faulted are whole while the deferred calls run, and
 * when nothing has landed the handler returns into them, to die there.
 */
#ifndef RIPCORD_CRASH_H
#define RIPCORD_CRASH_H

#include "internal.h"

#include <signal.h>

/* What a handler holds while the deferred calls run on top of it. Reached
   from the list of what is running by `running->crash`. */
struct ripcord__crash {
    ripcord_panic panic;
    siginfo_t *info;            /* of the signal */
    void *context;              /* that it interrupted */
    bool fatal;                 /* no landing may end it */
    bool quiet;                 /* a signal that asks the process to end */
    bool watched;               /* the watchdog is there for it */
    int late;                   /* how often the watchdog has come */
    int below;                  /* crashes on the alternate stack before */
    jmp_buf end;                /* where its handler gives up */
};

/* ---- fault.c ---- */

/* What was enabled last; zero before. Constant while handlers are there. */
extern INTERNAL ripcord_fault_options fault_options;

/* Keeps the text of ripcord_faults_reason and sets errno. Returns -1. */
INTERNAL int refuse(int error, const char *format, ...)
    RIPCORD__PRINTF(2, 3);
/* One at a time enables, disables and attaches. */
INTERNAL void configuration_lock(void);
INTERNAL void configuration_unlock(void);

/* ---- signals.c ---- */

typedef void signal_handler(int signal, siginfo_t *info, void *context);

/* Installs a handler that is called with no signal blocked that was not
   blocked before; `restarts`: system calls go on after it. Reads back what is
   installed then: returns 0, or -1 with the reason when it is not this. */
INTERNAL int signal_take(int signal, signal_handler *handler, bool restarts);
INTERNAL bool signal_is_taken(int signal);
INTERNAL bool signal_is_taken_by(int signal, signal_handler *handler);
/* As nohup makes a program start. */
INTERNAL bool signal_is_ignored(int signal);
/* Refuses when others have installed a handler over one of these. */
INTERNAL int signals_check(signal_handler *handler);
/* Puts back what was there. */
INTERNAL void signal_give_back(int signal);
/* For handlers: what would have happened if it had not been taken. */
INTERNAL void signal_pass_on(int signal, siginfo_t *info, void *context);
/* Gives the signal back and sends it to the thread again, for the moment
   when the handler returns, to end the process or for a handler that was
   there before. */
INTERNAL void signal_repeat(int signal, siginfo_t *info, void *context);
/* The same, for a signal that is to end the process also where it had a
   handler that returns: that is called before. */
INTERNAL void signal_end(int signal, siginfo_t *info, void *context);
/* Ends the process by a signal. It is not _Noreturn, for before a call of
   such a function AddressSanitizer takes a lock. */
INTERNAL void signal_kill(int signal);

/* ---- crash.c ---- */

/* The crash that the process is to die of, of those at `newest` and older;
   or NULL. The oldest one that nobody could recover comes first. */
INTERNAL struct ripcord__crash *crash_of(struct ripcord__running *newest);
/* The one that the watchdog is there for, or NULL. One that was recovered
   counts too, until it has landed. */
INTERNAL struct ripcord__crash *crash_watched(void);
/* Whether deferred calls of a crash are running, on whatever stack, for the
   list of panics that is in use. */
INTERNAL bool crash_is_running(void);
/* For the handler of the watchdog's signal, with the frame that this has
   interrupted; returns if it comes too late. */
INTERNAL void crash_expired(const char *frame);
/* Says why a crash ends before its deferred calls have run, on one line. */
INTERNAL void crash_say(const char *why);

/* ---- fault_handler.c ---- */

INTERNAL void fault_handler(int signal, siginfo_t *info, void *context);
INTERNAL void cleanup_handler(int signal, siginfo_t *info, void *context);
/* For each handler, with its frame, before all else: whether the process dies
   of the signal because its frames have overwritten those of a crash. */
INTERNAL bool handler_is_lost(int signal, siginfo_t *info, void *context,
                              const char *here);

/* ---- fault_kinds.c ---- */

struct fault_class {
    unsigned bit;               /* of enum ripcord_fault_set */
    const ripcord_kind *kind;
    const char *message;        /* after "runtime error: " */
};

/* What a signal tells; `pc` stays 0. */
INTERNAL ripcord_fault fault_describe(const siginfo_t *info);
INTERNAL const struct fault_class *fault_classify(const ripcord_fault *fault,
                                                  uintptr_t stack_pointer);
/* Fills in kind and message; one that is fatal has a message of its own. */
INTERNAL void fault_name(ripcord_panic *panic,
                         const struct fault_class *class, bool fatal);
INTERNAL const char *signal_name(int signal);

/* ---- altstack.c ---- */

/* The room that deferred calls and a report want. */
#define STACK_MINIMUM ((size_t)65536)
/* What lies below a stack pointer may be in use. */
#define RED_ZONE 128

/* Attaches the calling thread; returns 0, or -1 with the reason. */
INTERNAL int altstack_attach(void);
/* Gives back what the calling thread was given, if it can. */
INTERNAL void altstack_release(void);
INTERNAL bool altstack_is_attached(void);
/* For handlers: takes down where the alternate stack is. */
INTERNAL void altstack_note(const void *context, uintptr_t stack_pointer);
/* Whether that stack has no room for one more crash. */
INTERNAL bool altstack_is_full(const char *here);
/* Whether it has overflowed: what was on it is overwritten. */
INTERNAL bool altstack_is_lost(uintptr_t stack_pointer);
/* How many crashes run their deferred calls on that stack. */
INTERNAL int altstack_crashes(void);
/* One more, if the frame of its handler is there; and so many again. */
INTERNAL void altstack_hold(const char *frame);
INTERNAL void altstack_restore(int crashes);
/* Whether the handler whose frame is `here` has overwritten them: the kernel
   begins at the top when the thread was on another stack again. */
INTERNAL bool altstack_is_overwritten(const char *here,
                                      uintptr_t stack_pointer);
/* Whether the thread's own stack has overflowed. */
INTERNAL bool stack_has_overflowed(uintptr_t address,
                                   uintptr_t stack_pointer);

/* ---- watchdog.c ---- */

/* So often the watchdog comes, at equal distances, before it kills. */
#define WATCHDOG_TIMES 3

/* Returns 0, or -1 with errno when the system has no timers for us. */
INTERNAL int watchdog_try(void);
INTERNAL void watchdog_start(void);
/* Has it come once more; only after it has come. */
INTERNAL void watchdog_again(void);
INTERNAL void watchdog_stop(void);
/* At the end of a thread; in the child after fork, which has no timers. */
INTERNAL void watchdog_release(void);
INTERNAL void watchdog_forget(void);
/* Whether a signal comes from the watchdog of a thread. */
INTERNAL bool watchdog_sent(const siginfo_t *info);

/* ---- machine_*.c, as configure chooses ---- */

/* Whether the registers are known. If not, these are 0. */
INTERNAL extern const bool machine_has_registers;
/* Of the code that a signal interrupted. */
INTERNAL uintptr_t machine_pc(const void *context);
INTERNAL uintptr_t machine_stack_pointer(const void *context);
/* Rounding and exceptions of floating point as in the interrupted code:
   some systems start a handler with the default. */
INTERNAL void machine_restore_float(const void *context);

#endif
