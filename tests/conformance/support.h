/* SPDX-License-Identifier: MIT */
/*
 * support.h - what the random programs share, and the main function that
 * runs each of them in a process of its own.
 */
#ifndef CONFORMANCE_SUPPORT_H
#define CONFORMANCE_SUPPORT_H

#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ripcord/short.h>

static const ripcord_kind SHOP_ERROR = RIPCORD_KIND("shop error", NULL);
static const ripcord_kind ORDER_ERROR =
    RIPCORD_KIND("order error", &SHOP_ERROR);
static const ripcord_kind STOCK_ERROR =
    RIPCORD_KIND("stock error", &SHOP_ERROR);

/* Compilers must not know these. */
static volatile int zero;
static int *volatile nothing;
static int three[3];
static int stock[5] = { 0, 11, 22, 33, 44 };

/* Written at once: a process may end at any time. */
__attribute__((format(printf, 1, 2)))
static void say(const char *format, ...)
{
    char line[600];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(3);
}

static inline void event(int id, int value)
{
    say("%d %d\n", id, value);
}

static inline int mix(int value, int constant)
{
    return (value * 7 + constant) % 97;
}

/* What a program has in its hands, or that it has nothing. */
static inline void describe(int id, const ripcord_panic *p)
{
    if (!p) {
        say("%d nothing\n", id);
        return;
    }
    int code = p->kind == &STOCK_ERROR ? *(int *)p->value : p->code;
    say("%d %s, %s, %d\n", id, p->kind->name, p->message, code);
}

/* The ways to panic. In functions because most programs have many. */
static inline void fail_null(void) { (void)not_null(nothing); }
static inline void fail_index(void) { at(three, zero + 5) = 1; }
static inline void fail_negative(void) { at(three, zero - 4) = 1; }
static inline void fail_divide(void) { three[0] = checked_div(7, zero); }
static inline void fail_overflow(void)
{
    three[0] = checked_add(INT_MAX - zero, 1);
}
static inline void fail_shift(void) { three[0] = checked_shl(1, zero - 1); }

struct program {
    int number;
    int (*run)(int);
    int in_thread;
};
extern const struct program programs[];
extern const int program_count;

#ifdef CONFORMANCE_MAIN

static void *in_thread(void *argument)
{
    const struct program *program = argument;
    say("end %d\n", program->run(1));
    return argument;
}

/* A thread that exits returns NULL. */
static void run(const struct program *program)
{
    pthread_t thread;
    void *result;

    (void)dup2(STDOUT_FILENO, STDERR_FILENO);
    if (!program->in_thread) {
        say("end %d\n", program->run(1));
        return;
    }
    if (pthread_create(&thread, NULL, in_thread, (void *)program) != 0 ||
        pthread_join(thread, &result) != 0)
        _exit(3);
    if (!result)
        say("end exit\n");
}

int main(void)
{
    for (int i = 0; i < program_count; i++) {
        int status;
        say("\n=== %d\n", programs[i].number);
        pid_t child = fork();
        if (child == 0) {
            alarm(60);  /* one that hangs */
            run(&programs[i]);
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            return 3;
        say("\n=== status %d\n", WIFEXITED(status) ? WEXITSTATUS(status)
                                                 : 128 + WTERMSIG(status));
    }
    return 0;
}

#endif
#endif
