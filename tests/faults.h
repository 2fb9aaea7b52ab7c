/* SPDX-License-Identifier: MIT */
/*
 * faults.h - functions that fault, in ways that no compiler can see through
 * and no sanitizer looks at.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "support.h"

#include <signal.h>
#include <stdint.h>

/* Whether a sanitizer watches; ThreadSanitizer sets errno in handlers. */
#ifdef SANITIZED
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif
#if defined __SANITIZE_THREAD__
#define IS_THREAD_SANITIZED true
#elif defined __has_feature
#define IS_THREAD_SANITIZED __has_feature(thread_sanitizer)
#else
#define IS_THREAD_SANITIZED false
#endif

/* Where no memory is, whatever a sanitizer has mapped. */
#define WILD ((uintptr_t)0x200000000000)

/* Processors of whose faults the suites know all. */
#ifdef __x86_64__
#define ON_X86_64(test) test,
#else
#define ON_X86_64(test)
#endif

void store_at(uintptr_t address);
int load_from(uintptr_t address);
void store_null(void);
int divide(int a, int b);
void execute_illegal(void);
void execute_trap(void);
/* Reads a page of a file that has none. */
void load_truncated(void);
/* Calls itself until the stack is used up. */
int use_stack(int depth);

RIPCORD_DEFERRABLE(store_null)

/* Enables with these options, or fails the test. */
void enable(const ripcord_fault_options *options);
/* Enables with the default, with these faults recoverable besides. */
void enable_for(unsigned recoverable);

/* What is reported of store_null, as ck_ends shows it. */
#define NIL_PANIC "panic: runtime error: invalid memory address or nil " \
                  "pointer dereference"
#define NIL_SIGNAL "[signal SIGSEGV: segmentation violation code=? addr=? " \
                   "pc=?]\n"

/* Writes a line to stderr at once. */
void say(const char *line);
RIPCORD_DEFERRABLE(say, const char *)

/* Expects that a function ends its process by this signal, and what it says
   on stderr: each code=, addr= and pc= is replaced by "?". */
void ck_ends(void (*function)(void), int signal, const char *output);
/* The same, of which the output holds the text. */
void ck_ends_saying(void (*function)(void), int signal, const char *text);

#endif
