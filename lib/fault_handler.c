/* SPDX-License-Identifier: MIT */
/*
 * fault_handler.c - from a signal to a panic, on the alternate stack; and
 * back, to die of the signal where it came from.
 */
#include "crash.h"

#include <errno.h>
#include <pthread.h>
#include <ucontext.h>

/* A fault is what the processor found, which the kernel tells by a positive
   code; what somebody has sent has another. BUS_MCEERR_AO is memory that has
   gone bad somewhere, not an access of this thread. */
static bool is_fault(int signal, const siginfo_t *info)
{
    return info->si_code > 0 &&
           !(signal == SIGBUS && info->si_code == BUS_MCEERR_AO);
}

/* Whether whoever wraps handlers blocks signals in them, as ThreadSanitizer
   does: 0 until the first fault, whose own signal cannot have been blocked
   before it. Then a landing must find the mask of the interrupted code, and
   only then it costs a system call. */
enum { UNKNOWN, KEPT, CHANGED };
static int mask_in_handlers;

static void restore_mask(int signal, const void *context)
{
    const ucontext_t *interrupted = context;
    int how = __atomic_load_n(&mask_in_handlers, __ATOMIC_RELAXED);

    if (how == UNKNOWN) {
        sigset_t now;
        (void)pthread_sigmask(SIG_SETMASK, NULL, &now);
        how = sigismember(&now, signal) ? CHANGED : KEPT;
        __atomic_store_n(&mask_in_handlers, how, __ATOMIC_RELAXED);
    }
    if (how == CHANGED)
        (void)pthread_sigmask(SIG_SETMASK, &interrupted->uc_sigmask, NULL);
}

/* That of the interrupted code, below which nothing of its stack is alive; or
   that of the handler, if nobody knows. */
static const char *interrupted_frame(const void *context, const char *handler)
{
    uintptr_t stack_pointer = machine_stack_pointer(context);
    return stack_pointer ? (const char *)stack_pointer - RED_ZONE : handler;
}

/* The place is not known; the program counter is. Returns where the panic is
   made: a fatal one lands nowhere. */
static ripcord_panic *begin(struct ripcord__crash *crash, siginfo_t *info,
                            void *context, const char *handler)
{
    const char *frame = interrupted_frame(context, handler);
    ripcord_panic *panic = &crash->panic;

    panic->ripcord__own.frame = frame;
    panic->ripcord__own.state = RIPCORD__RUNNING;
    if (!crash->fatal)
        panic = panic_place(panic, frame);
    panic_fill(panic, "unknown", 0, "unknown", NULL);
    if (panic == &crash->panic)
        panic->ripcord__own.crash = crash;
    crash->info = info;
    crash->context = context;
    crash->watched = false;
    crash->late = 0;
    crash->below = altstack_crashes();
    restore_mask(info->si_signo, context);
    machine_restore_float(context);
    return panic;
}

/* One among others is watched with them. */
static void watch(struct ripcord__crash *crash)
{
    if (crash_watched())
        return;
    crash->watched = true;
    watchdog_start();
}

/* Comes back only to die, but a handler that was there before may jump out:
   the list must not lead to this frame then. A panic that lands at once runs
   nothing that could hang. */
static void run(struct ripcord__crash *crash, ripcord_panic *panic)
{
    if (_setjmp(crash->end) == 0) {
        if (panic == &crash->panic) {
            altstack_hold(__builtin_frame_address(0));
            watch(crash);
        }
        panic_start(panic);
    }
    watchdog_stop();
    altstack_restore(crash->below);
    ripcord__thread.running = crash->panic.ripcord__own.older;
    if (crash->quiet)
        signal_end(crash->info->si_signo, crash->info, crash->context);
    else
        signal_repeat(crash->info->si_signo, crash->info, crash->context);
}

static void raise_fault(siginfo_t *info, void *context)
{
    struct ripcord__crash crash;
    ripcord_panic *panic;
    ripcord_fault fault = fault_describe(info);
    const struct fault_class *class =
        fault_classify(&fault, machine_stack_pointer(context));

    if (!(fault_options.handled & class->bit)) {
        signal_pass_on(info->si_signo, info, context);
        return;
    }
    crash.fatal = !(fault_options.recoverable & class->bit);
    crash.quiet = false;
    panic = begin(&crash, info, context, __builtin_frame_address(0));
    fault.pc = machine_pc(context);
    panic->fault = fault;
    fault_name(panic, class, crash.fatal);
    run(&crash, panic);
}

/* When one more panic makes no sense: the process dies of the oldest signal,
   or of this one. */
static void give_up(int signal, siginfo_t *info, void *context,
                    const char *why)
{
    crash_say(why);
    crash_end(ripcord__thread.running);
    signal_repeat(signal, info, context);
}

/* Each nested crash takes a few kilobytes of the stack it is on. */
static bool is_too_deep(void)
{
    const struct ripcord__running *running = ripcord__thread.running;
    return altstack_is_full(__builtin_frame_address(0)) ||
           (running && running->depth >= MAXIMUM_DEPTH);
}

/* What was on the alternate stack, the list of panics with it, is gone:
   nothing is left but to die. A handler that was there before may take a
   signal that was sent for a request, and return. */
bool handler_is_lost(int signal, siginfo_t *info, void *context,
                     const char *here)
{
    uintptr_t stack_pointer = machine_stack_pointer(context);

    if (altstack_is_lost(stack_pointer))
        crash_say("the alternate stack overflowed");
    else if (altstack_is_overwritten(here, stack_pointer))
        crash_say("the alternate stack was overwritten: a signal came on "
                  "another stack");
    else
        return false;
    /* It would cut the core dump off. */
    watchdog_stop();
    if (is_fault(signal, info))
        signal_repeat(signal, info, context);
    else
        signal_kill(signal);
    return true;
}

void fault_handler(int signal, siginfo_t *info, void *context)
{
    uintptr_t stack_pointer = machine_stack_pointer(context);
    int error = errno;

    if (handler_is_lost(signal, info, context, __builtin_frame_address(0)))
        return;
    altstack_note(context, stack_pointer);
    if (watchdog_sent(info))
        crash_expired(interrupted_frame(context,
                                        __builtin_frame_address(0)));
    else if (!is_fault(signal, info))
        signal_pass_on(signal, info, context);
    else if (uncaught_here() && !ripcord__thread.top)
        give_up(signal, info, context, "a fault while a panic was reported");
    else if (is_too_deep())
        give_up(signal, info, context,
                "deferred calls fault again and again");
    else
        raise_fault(info, context);
    errno = error;
}

static const ripcord_kind cleanup = RIPCORD_KIND("cleanup", NULL);

/* Also for a signal that somebody has sent. */
static void raise_cleanup(siginfo_t *info, void *context)
{
    struct ripcord__crash crash;

    crash.fatal = true;
    crash.quiet = true;
    (void)begin(&crash, info, context, __builtin_frame_address(0));
    crash.panic.kind = &cleanup;
    crash.panic.code = info->si_signo;
    text_copy(crash.panic.message, sizeof crash.panic.message,
              signal_name(info->si_signo));
    run(&crash, &crash.panic);
}

/* Cleans up once: while the deferred calls run, further signals that ask the
   process to end are not news; abort is their end. */
void cleanup_handler(int signal, siginfo_t *info, void *context)
{
    const struct ripcord__crash *crash = crash_of(ripcord__thread.running);
    int error = errno;

    if (handler_is_lost(signal, info, context, __builtin_frame_address(0)))
        return;
    altstack_note(context, machine_stack_pointer(context));
    if (watchdog_sent(info))
        crash_expired(interrupted_frame(context,
                                        __builtin_frame_address(0)));
    else if (crash && crash->quiet && signal == SIGABRT)
        crash_end(ripcord__thread.running);
    else if (!crash && !ripcord__thread.top)
        signal_end(signal, info, context);
    else if (!crash || !crash->quiet)
        raise_cleanup(info, context);
    errno = error;
}
