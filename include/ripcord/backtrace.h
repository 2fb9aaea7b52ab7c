/* SPDX-License-Identifier: MIT */
/*
 * ripcord/backtrace.h - where a panic came from: the stack, while it is
 * there.
 *
 * A panic runs deferred calls on top of the stack that raised it, so they
 * can look at all of it. A panic alone does not: what these functions do is
 * done only when they are called, and for the report of an uncaught panic.
 */
#ifndef RIPCORD_BACKTRACE_H
#define RIPCORD_BACKTRACE_H

#include <ripcord/panic.h>

RIPCORD__BEGIN

/*
 * Stores the addresses of the calls that led to `panic`, the newest first:
 * the first is in the function that raised it. With NULL, of those that led
 * here: the first is in the caller. `panic` must be running: for one of a
 * rescue block, or a copy, the stack is gone and 0 is returned.
 *
 * Returns how many there are, and stores at most `size` of them, so that
 * (panic, NULL, 0) counts. Each address lies within the instruction that its
 * frame is at, as addr2line and dladdr want it. A function without unwind
 * tables ends the trace. Does not allocate, and keeps errno. Async-signal-safe
 * with glibc 2.35 and later; older ones lock the list of loaded objects.
 */
size_t ripcord_backtrace(const ripcord_panic *panic, void **addresses,
                         size_t size);

/*
 * Writes the thread and the same calls to a file descriptor, in the form of
 * the report of an uncaught panic, but whatever RIPCORD_TRACEBACK is. Writes
 * nothing if the stack of `panic` is gone.
 *
 * First what can be told without debug information, by write(2) and without
 * allocating; then, if there is some and libdw is installed, the same with
 * source lines. That is read by a copy of the process, which is killed if it
 * takes more than 3 seconds. Gives up if the descriptor takes nothing for 2
 * seconds. Keeps errno; not a cancellation point. As async-signal-safe as
 * ripcord_backtrace.
 */
void ripcord_print_backtrace(const ripcord_panic *panic, int descriptor);

RIPCORD__END

#endif
