/* SPDX-License-Identifier: MIT */
/*
 * crash.c - what is different with a panic that a signal handler has raised:
 * some cannot be recovered, and the process dies of the signal.
 */
#include "crash.h"

#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Whether a panic was recovered, and is not on its way again. */
static bool is_over(const struct ripcord__running *running,
                    const struct ripcord__running *newer)
{
    return running->state == RIPCORD__RECOVERED &&
           !(newer && newer->repeats == REPEATS_NEWEST);
}

struct ripcord__crash *crash_of(struct ripcord__running *newest)
{
    struct ripcord__crash *found = NULL;
    const struct ripcord__running *newer = NULL;

    for (struct ripcord__running *running = newest; running;
         newer = running, running = running->older) {
        struct ripcord__crash *crash = running->crash;
        if (crash && !is_over(running, newer) &&
            (crash->fatal || !found || !found->fatal))
            found = crash;
    }
    return found;
}

bool crash_is_fatal(const ripcord_panic *panic)
{
    return panic->ripcord__own.crash && panic->ripcord__own.crash->fatal;
}

bool crash_is_between(const struct ripcord__landing *landing)
{
    const struct ripcord__running *running = ripcord__thread.running;

    while (running && running != landing->running &&
           !(running->crash && running->crash->fatal))
        running = running->older;
    return running && running != landing->running;
}

bool crash_is_quiet(const ripcord_panic *newest)
{
    const struct ripcord__crash *crash = newest->ripcord__own.crash;
    return (crash && crash->quiet) || newest->kind == &RIPCORD_INTERRUPT;
}

void crash_dropped(struct ripcord__crash *crash)
{
    if (crash->watched)
        watchdog_stop();
    crash->watched = false;
    altstack_restore(crash->below);
}

bool crash_is_running(void)
{
    const struct ripcord__running *running = ripcord__thread.running;

    while (running && !running->crash)
        running = running->older;
    return running != NULL;
}

void crash_drop(const struct ripcord__running *newest,
                const struct ripcord__running *until)
{
    for (; newest && newest != until; newest = newest->older)
        if (newest->crash)
            crash_dropped(newest->crash);
}

void crash_end(struct ripcord__running *newest)
{
    struct ripcord__crash *crash = crash_of(newest);
    if (crash)
        jump(crash->end);
}

void crash_exit(void)
{
    struct ripcord__crash *crash = crash_of(ripcord__thread.running);
    struct ripcord__running *running = ripcord__thread.running;

    if (crash && crash->fatal)
        uncaught(panic_of(running));
    crash_drop(running, NULL);
}

void crash_say(const char *why)
{
    struct text text = { .descriptor = STDERR_FILENO };
    text_string(&text, "fatal error: ripcord: ");
    text_string(&text, why);
    text_string(&text, "\n");
    text_flush(&text);
}

struct ripcord__crash *crash_watched(void)
{
    struct ripcord__running *running = ripcord__thread.running;
    while (running && !(running->crash && running->crash->watched))
        running = running->older;
    return running ? running->crash : NULL;
}

/* The report has time of its own, also where it has begun, here or in another
   thread that ends the process; and so has the way back to the handler. If
   that hangs too, as it may when the signal came while a lock was held that
   it needs, the process ends from here. The frames are those of the call
   that hangs, and of all that led to it. */
void crash_expired(const char *frame)
{
    struct ripcord__crash *crash = crash_watched();

    if (!crash)
        return;
    if (crash->late == WATCHDOG_TIMES - 1) {
        watchdog_stop();
        signal_kill(crash->info->si_signo);
    }
    watchdog_again();
    if (crash->late++ == 0) {
        if (!uncaught_claim())
            return;
        crash_say("the deferred calls of a crash did not end in time");
        report_write(panic_of(ripcord__thread.running), frame);
    }
    jump(crash->end);
}

/* ---- What the report says ---- */

void crash_write_fatal(struct text *text, const ripcord_panic *panic)
{
    bool has_address = ripcord_panic_is(panic, &RIPCORD_ADDRESS_ERROR) ||
                       ripcord_panic_is(panic, &RIPCORD_NULL_ERROR);

    text_string(text, has_address ? "" : "fatal error: ");
    text_string(text, panic->message);
    text_string(text, has_address ? "\nfatal error: fault" : "");
}

static void write_number(struct text *text, const char *name, bool is_known,
                         uintptr_t number)
{
    text_string(text, name);
    if (is_known)
        text_hex(text, number);
    else
        text_string(text, "unknown");
}

/* Go's line, for the newest panic that has something to tell there. A
   program with privileges of its own tells no addresses. */
void crash_write_signal(struct text *text, const ripcord_panic *newest)
{
    bool secure = getauxval(AT_SECURE) != 0;
    const ripcord_fault *fault;

    while (newest && !newest->fault.signal)
        newest = panic_of(newest->ripcord__own.older);
    if (!newest)
        return;
    fault = &newest->fault;
    text_string(text, "[signal ");
    text_string(text, signal_name(fault->signal));
    write_number(text, " code=", true, (uintptr_t)fault->code);
    write_number(text, " addr=", fault->has_address && !secure,
                 fault->address);
    write_number(text, " pc=", machine_has_registers && !secure, fault->pc);
    text_string(text, "]\n");
}
