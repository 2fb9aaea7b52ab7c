/* SPDX-License-Identifier: MIT */
/*
 * support.h - what the suites share: a trace of events, and processes that
 * are expected to die.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <check.h>
#include <ripcord/short.h>

/* Whether a sanitizer watches the test: then it owns the allocator, and
   reports of a dead frame come from it. */
#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#endif

/* For a function whose locals have to lie on the stack. */
#define ON_STACK __attribute__((noinline, no_sanitize_address))

/* Keeps an array whole on the stack: clang leaves away what is not used of
   one, volatile or not. */
#define KEEP(array) __asm__ volatile("" : : "r"(array) : "memory")

/* A test of the list below that goes without a sanitizer only. */
#ifdef SANITIZED
#define UNSANITIZED(test)
#else
#define UNSANITIZED(test) test,
#endif

/* The trace: words that calls leave behind, in order, separated by spaces.
   It is empty at the start of every test. */
void trace_reset(void);
void trace(const char *word);
void trace_number(int number);
const char *traced(void);

/* The same as deferrables. */
RIPCORD_DEFERRABLE(trace, const char *)
RIPCORD_DEFERRABLE(trace_number, int)

#define ck_traced(expected) ck_assert_str_eq(traced(), expected)

/* How a process ended. */
struct ending {
    int signal;         /* it died of, or 0 */
    int status;         /* it exited with, if it died of no signal */
    char output[32768]; /* what it wrote to stderr */
};

/* Runs a function in a process of its own, which exits with 0 if the
   function returns. Dumps no core. */
struct ending run_apart(void (*function)(void));

/* Expects that a function kills its process by SIGABRT and says `text`. */
void ck_dies(void (*function)(void), const char *text);

/* Expects that a function returns, in a process of its own, and says `text`. */
void ck_says(void (*function)(void), const char *text);

/* From now on a system call does nothing and answers with an error (0: with
   success), as the filter of a container may have it. */
void answer_call(unsigned number, unsigned error);

/* A recoverer that leaves "recovered:MESSAGE" in the trace. */
void trace_recovery(ripcord_panic *panic);
RIPCORD_RECOVERER(trace_recovery)

/* Runs a suite of one case and returns the exit status of the program. */
int run_suite(const char *name, const TTest *const *tests, size_t count);
#define RUN_SUITE(name, ...)                                    \
    int main(void)                                              \
    {                                                           \
        const TTest *const tests[] = { __VA_ARGS__ };           \
        return run_suite(name, tests,                           \
                         sizeof tests / sizeof tests[0]);       \
    }

#endif
