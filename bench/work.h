/* SPDX-License-Identifier: MIT */
/*
 * work.h - what is done between the cleanups: the same calls in every program
 * that is written in C or C++.
 *
 * They stand in a file of their own, without link-time optimisation, so that
 * no compiler inlines them, drops them, or knows what they leave alone.
 */
#ifndef WORK_H
#define WORK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#define NORETURN [[noreturn]]
#else
#define NORETURN _Noreturn
#endif

#define NOINLINE __attribute__((noinline))
#define RARELY(condition) __builtin_expect(!!(condition), 0)
/* What is before it has happened, and what is behind it has not. */
#define BARRIER() __asm__ volatile("" ::: "memory")

/* What a program acquires, uses and releases, and how often it did. */
struct thing {
    bool broken;            /* acquiring and using it fails; never set */
    bool whole;             /* what must fail does not; never set */
    long acquired, used, released, caught;
};

/* For programs that return error codes: 0, or -1 when it failed. */
int acquire(struct thing *thing);
int use(struct thing *thing);
/* For those that leave by other ways: fail() is the program's own. */
void must_acquire(struct thing *thing);
void must_use(struct thing *thing);
NORETURN void fail(struct thing *thing);
/* For both. */
void release(struct thing *thing);

/* A cleanup whose calls are many: counts, and notes the order. */
void release_number(long number);
extern long numbers, digest;

/* What many threads do, each with an account of its own. */
struct account {
    pthread_mutex_t lock;
    long entries;
} __attribute__((aligned(128)));

#define NOTE_SIZE 1024
/* Something is done with the buffer, here and nowhere else. */
static inline void note(struct account *account, char *buffer)
{
    __asm__ volatile("" : : "r"(buffer) : "memory");
    account->entries++;
}

#ifdef __cplusplus
}
#endif

#endif
