/* SPDX-License-Identifier: MIT */
/*
 * trace.h - what the files that trace a stack share.
 *
 *     backtrace.c  walking the live stack: addresses
 *     module.c     which file an address is mapped from
 *     symbol.c     the function at an address, from that file's symbols
 *     traceback.c  the frames of the report: plain first
 *     helper.c     a process that adds source lines, or is cut off
 *     debuginfo.c  what that process does: libdw
 *
 * None of it but module.c, of which stale.c asks where a large stack ends, runs
 * before a panic is uncaught or somebody asks, and none allocates, or
 * changes errno for good. All but debuginfo.c, which only ever runs in the
 * helper, works when the heap is damaged or its locks are held.
 */
#ifndef RIPCORD_TRACE_H
#define RIPCORD_TRACE_H

#include "internal.h"

/* ---- backtrace.c ---- */

/* As Go shows of a long stack: its newest frames and its oldest ones. */
#define TRACE_HALF 50

struct frame {
    uintptr_t address;      /* in the instruction that it is at */
    struct ripcord__running *raised;    /* the panic or exit that it raised,
                                           if that is running, or NULL */
    uintptr_t entry;        /* of its function; 0: not known */
    bool of_library;        /* of ripcord, between two panics */
    bool placed;            /* its place is known without debug information */
};

struct trace {
    size_t total;                   /* frames there were */
    size_t count;                   /* of them, to be shown: see trace_at */
    struct frame frames[2 * TRACE_HALF];
};

/* Takes the stack of this thread from the frame that raised `panic`, or from
   the caller of the function whose frame address is `start`. */
INTERNAL void trace_take(struct trace *trace, const ripcord_panic *panic,
                         const char *start);
/* The frame of that number, below `count`; the newest is 0. */
INTERNAL struct frame *trace_at(struct trace *trace, size_t index);
/* How many frames are left out before that one. */
INTERNAL size_t trace_elided(const struct trace *trace, size_t index);

/* ---- module.c ---- */

/* A part of the address space, and what is mapped there. */
struct module {
    uintptr_t start;
    uintptr_t end;
    uintptr_t offset;   /* of `start` in the file */
    char path[512];     /* "": nothing that has a name */
};

/* Finds what is mapped at the address, in /proc/self/maps. */
INTERNAL bool module_find(struct module *module, uintptr_t address);

/* ---- symbol.c ---- */

struct symbol {
    uintptr_t entry;    /* where the function starts, in memory; 0: unknown */
    uintptr_t offset;   /* of the address in the module: for addr2line */
    char name[128];     /* without what compilers append; "": unknown */
};

/* Looks the address up in the symbols of the file, local ones included. */
INTERNAL void symbol_find(struct symbol *symbol, const struct module *module,
                          uintptr_t address);

/* ---- traceback.c ---- */

enum traceback {
    TRACEBACK_SINGLE,   /* the thread that panicked */
    TRACEBACK_NONE,     /* the panics only */
    TRACEBACK_CRASH     /* as single, and the process aborts */
};

/* What RIPCORD_TRACEBACK asks for. */
INTERNAL enum traceback traceback_of_environment(void);
/* Says so when it asks for something that there is not. */
INTERNAL void traceback_check_environment(void);
/* The thread and its stack, from where `panic` was raised or from the caller
   of the function whose frame address is `start`. */
INTERNAL void traceback_write(struct text *text, const ripcord_panic *panic,
                              const char *start);
/* "thread 4711 "worker" [STATE]:" */
INTERNAL void traceback_write_thread(struct text *text, const char *state);
/* One frame, without debug information. */
INTERNAL void traceback_write_frame(struct text *text, struct trace *trace,
                                    size_t index);
/* "FUNCTION(...)" and a newline. */
INTERNAL void traceback_write_name(struct text *text, const char *function);
/* "FILE:LINE" behind a tab, and " +0x1d" unless that is 0 or secret. */
INTERNAL void traceback_write_line(struct text *text, const char *file,
                                   long long line, uintptr_t offset);

/* ---- helper.c ---- */

/* Writes the trace once more, with source lines, if there are any. */
INTERNAL void helper_write(struct text *text, struct trace *trace);

/* ---- debuginfo.c ---- */

/* Loads libdw; false when there is none. For a process of its own: it may
   hang or crash. */
INTERNAL bool debuginfo_open(void);
/* Whether there are source lines for the address. */
INTERNAL bool debuginfo_knows(uintptr_t address);
/* The frame with the calls that are inlined in it; false, and nothing, when
   there are no source lines. */
INTERNAL bool debuginfo_write(struct text *text, const struct frame *frame);

#endif
