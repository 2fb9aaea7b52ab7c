/* SPDX-License-Identifier: MIT */
/*
 * 13-temporary-files.c - a tool that removes its temporary file whether it
 * ends well, is killed, is interrupted at a safe point, aborts or crashes.
 * It runs itself once for each of these, and looks what was left.
 *
 * Only what a handler may do stands in the deferred call: unlink is on the
 * list of signal-safety(7). So the path is in memory of its own, and nothing
 * is printed by stdio there.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ripcord/short.h>

static char path[64];
static int *volatile nowhere;

enum way { WELL, KILLED, INTERRUPTED, ABORTED, CRASHED, WAYS };

static const char *const names[WAYS] = {
    "ends well", "is killed", "is interrupted", "aborts", "crashes"
};

static void work(enum way way)
{
    fclose(must_fopen(path, "w"));
    defer(unlink, path);
    if (way == KILLED)
        (void)raise(SIGTERM);       /* cleans up here, wherever that is */
    if (way == INTERRUPTED)
        (void)raise(SIGINT);        /* only waits for ... */
    check_interrupt();              /* ... a safe point between two steps */
    if (way == ABORTED)
        abort();
    if (way == CRASHED)
        *nowhere = 1;
}

static void tool(enum way way)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    const struct rlimit no_core = { 0, 0 };

    (void)setrlimit(RLIMIT_CORE, &no_core);
    options.cleanup = RIPCORD_CLEANUP_ABRT;
    if (way == KILLED)
        options.cleanup |= RIPCORD_CLEANUP_TERM;
    must_zero(ripcord_faults_enable(&options));
    if (way == INTERRUPTED)
        must_zero(ripcord_interrupts_enable());
    must(freopen("/dev/null", "w", stderr));
    work(way);
    exit(0);
}

static void run(enum way way)
{
    int status;

    (void)fflush(stdout);
    /* Whoever has started this may ignore it, as a shell does for what it
       runs in the background. */
    (void)signal(SIGINT, SIG_DFL);
    pid_t child = must_not_negative(fork());
    if (child == 0)
        tool(way);
    must_not_negative(waitpid(child, &status, 0));
    printf("a tool that %s: ", names[way]);
    if (WIFSIGNALED(status))
        printf("%s", strsignal(WTERMSIG(status)));
    else
        printf("status %d", WEXITSTATUS(status));
    printf("; its file is %s\n", access(path, F_OK) == 0 ? "left" : "gone");
}

int main(void)
{
    char directory[] = "/tmp/ripcord-XXXXXX";

    must(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/draft", directory);
    for (int way = WELL; way < WAYS; way++)
        run((enum way)way);
    /* Deferred, it would also run in each child that crashes. */
    return rmdir(directory) == 0 ? 0 : 1;
}
