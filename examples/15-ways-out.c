/* SPDX-License-Identifier: MIT */
/*
 * 15-ways-out.c - ends of a process: which of them run deferred calls. Each
 * is shown in a child, which first drops the calls that it has copied from
 * its parent; the parent releases what they are for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ripcord/short.h>

static void say(const char *what)
{
    printf("    %s\n", what);
}
RIPCORD_DEFERRABLE(say, const char *)

static void flush(void) { (void)fflush(stdout); }

static void leave_by_exit(void) { exit(1); }
static void leave_by_ripcord_exit(void) { ripcord_exit(2); }
static void leave_by__exit(void) { flush(); _exit(3); }

/* Two frames with a call each, and a way out of the innermost. */
static void work(void (*leave)(void))
{
    defer(say, "temporary file removed");
    {
        defer(say, "lock released");
        leave();
    }
}

static void show(const char *name, void (*leave)(void))
{
    int status;

    printf("%s\n", name);
    flush();
    pid_t child = must_not_negative(fork());
    if (child == 0) {
        ripcord_fork_child();
        work(leave);
    }
    (void)must_not_negative(waitpid(child, &status, 0));
    printf("    status %d\n", WEXITSTATUS(status));
}

int main(void)
{
    defer(say, "this belongs to the parent, and runs once");
    show("exit runs none:", leave_by_exit);
    show("_exit runs none:", leave_by__exit);
    show("ripcord_exit runs all of the thread:", leave_by_ripcord_exit);
    printf("main returns:\n");
    return 0;
}
