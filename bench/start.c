/* SPDX-License-Identifier: MIT */
/*
 * start.c - what it costs to start a program and wait for its end.
 *
 *     start PROGRAM ITERATIONS        runs `PROGRAM --nothing'
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void start(char *program)
{
    char nothing[] = "--nothing";
    char *arguments[] = { program, nothing, NULL };
    pid_t child;
    int status;

    if (posix_spawn(&child, program, NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0)
        exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    long count = atol(argv[2]);
    double elapsed = now();
    for (long i = 0; i < count; i++)
        start(argv[1]);
    elapsed = now() - elapsed;
    printf("ns=%.0f\n", elapsed / (double)count);
    return 0;
}
