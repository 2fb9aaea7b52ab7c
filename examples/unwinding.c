/* SPDX-License-Identifier: MIT */
/*
 * unwinding.c - one unwinding, told by the functions that take part in it.
 */
#include <stdarg.h>

#include "colour.h"
#include <ripcord/short.h>

/* What the frames of this program work on. */
struct job {
    int stock;
    bool locked;
    const int *written;     /* a local variable of `record`, while it runs */
};

/* How deep the frame is that speaks: each is indented by two. */
enum { MAIN, SERVE, RECORD, APPEND };

static void __attribute__((format(printf, 3, 4)))
tell(int depth, const char *function, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("  %*s%-*s", 2 * depth, "", 16 - 2 * depth, function);
    vprintf(format, arguments);
    printf("%s\n", plain());
    va_end(arguments);
}

static void __attribute__((format(printf, 3, 4)))
tell_call(const char *function, const char *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("  %s%-8s%s  deferred by %-8s", yellow(), function, plain(),
           place);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

static void heading(const char *text)
{
    printf("\n%s%s%s\n", bold(), text, plain());
}

static void unlock(struct job *job)
{
    job->locked = false;
    tell_call("unlock", "record", "locked: true -> false");
}
RIPCORD_DEFERRABLE(unlock, struct job *)

/* Nothing has been unwound while deferred calls run: `record` did not return,
   so its local variable may still be read from here. */
static void restore(struct job *job, int quantity)
{
    int before = job->stock;
    job->stock += quantity;
    tell_call("restore", "serve", "stock: %d -> %d", before, job->stock);
    printf("%32ssees record's own variable: written = %d\n", "",
           *job->written);
}
RIPCORD_DEFERRABLE(restore, struct job *, int)

static void answer(ripcord_panic *panic, volatile int *status)
{
    if (!recover(panic))
        return;
    tell_call("answer", "serve", "recover() returns \"%s\"",
              panic->message);
    printf("%32sstatus: %d -> 500\n", "", *status);
    *status = 500;
    printf("%32sno jump yet: answer runs to its end\n", "");
}
RIPCORD_RECOVERER(answer, volatile int *)

static void append(int line)
{
    tell(APPEND, "append", "line %d", line);
    if (line < 2)
        return;
    tell(APPEND, "append", "%spanic(\"the disk is full\")", red());
    heading("All four frames stay. The deferred calls run on top of them, "
            "newest first:");
    panic("the disk is full");
}

static void record(struct job *job)
{
    int written = 0;

    job->locked = true;
    tell(RECORD, "record", "locked = true");
    tell(RECORD, "record", "%sdefer(unlock, job)", yellow());
    defer(unlock, job);

    job->written = &written;
    for (int line = 1; line <= 3; line++) {
        append(line);
        written++;
    }
    job->written = NULL;
}

static int serve(struct job *job, int quantity)
{
    volatile int status = 200;
    tell(SERVE, "serve", "%srecoverable (status) {", green());
    recoverable (status) {
        tell(SERVE, "serve", "%s  defer(answer, &status)", yellow());
        defer(answer, &status);

        job->stock -= quantity;
        tell(SERVE, "serve", "  stock = %d", job->stock);
        tell(SERVE, "serve", "%s  defer_on_failure(restore, job, %d)",
             yellow(), quantity);
        defer_on_failure(restore, job, quantity);

        record(job);
    }
    heading("One longjmp cuts off record and append. It lands in serve, "
            "behind the block:");
    tell(SERVE, "serve", "%s}", green());
    tell(SERVE, "serve", "return status, which is %d", status);
    return status;
}

int main(void)
{
    struct job job = { .stock = 10 };

    heading("One unwinding. Each line is told by the function on its left:");
    tell(MAIN, "main", "stock = %d, locked = false", job.stock);
    int status = serve(&job, 3);
    tell(MAIN, "main", "status = %d, stock = %d, locked = %s", status,
         job.stock, job.locked ? "true" : "false");
    return status == 500 && job.stock == 10 && !job.locked ? 0 : 1;
}
