/* SPDX-License-Identifier: MIT */
/*
 * What a program compiled with RIPCORD_CHECKED finds out at once: at the next
 * defer or leave, whatever it is of.
 */
#ifndef RIPCORD_CHECKED
#define RIPCORD_CHECKED
#endif
#include "support.h"

#include <setjmp.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}
RIPCORD_DEFERRABLE(say, const char *)

static void never(void) { say("A STALE CALL RAN\n"); }
RIPCORD_DEFERRABLE(never)

static void ck_diagnosed(void (*function)(void), const char *text)
{
    ck_assert_ptr_null(strstr(run_apart(function).output, "A STALE CALL"));
    ck_dies(function, text);
}

static void recovers(ripcord_panic *p) { trace(recover(p)->message); }
RIPCORD_RECOVERER(recovers)

static void uses_everything(int i)
{
    defer(trace_number, i);
    defer_scope(calls);
    defer_to(calls, trace, "scope");
    recoverable () {
        defer(recovers);
        attempt () {
            defer_as(early, trace, "early");
            defer_as(cancelled, trace, "cancelled");
            (void)defer_cancel(cancelled);
            (void)defer_run(early);
            panic("inner");
        } rescue (p) {
            trace(p->message);
        }
        panic("outer");
    }
}

START_TEST(a_program_without_a_mistake_runs_as_ever)
{
    for (int i = 0; i < 3; i++)
        uses_everything(i);
    ck_traced("early inner outer scope 0 early inner outer scope 1 "
              "early inner outer scope 2");
}
END_TEST

/* A sanitizer's own frames overwrite what is behind. */
#ifndef SANITIZED
static jmp_buf foreign;

static ON_STACK void jumps(void)
{
    volatile char room[16384];
    KEEP(room);
    defer(never);
    longjmp(foreign, 1);
}

static void defers_after_a_jump(void)
{
    if (setjmp(foreign) == 0)
        jumps();
    defer(say, "the next call ran\n");
    say("deferred\n");
}

START_TEST(a_call_that_was_jumped_over_is_found_at_the_next_defer)
{
    struct ending ending = run_apart(defers_after_a_jump);
    ck_assert_msg(!ending.signal, "%s", ending.output);
    ck_assert_ptr_nonnull(strstr(ending.output, "noticed by the check at "));
    ck_assert_ptr_nonnull(strstr(
        ending.output, " in jumps\ndeferred\nthe next call ran\n"));
    ck_assert_ptr_null(strstr(ending.output, "A STALE CALL RAN"));
}
END_TEST
#endif

static const char no_site[64] = "not a site, although it can be read";

static void older_site_overwritten(void)
{
    defer(never);
    ripcord__thread.top->site = (const void *)no_site;
    defer(trace, "newer");
}

static void older_site_overwritten_at_a_leave(void)
{
    defer(never);
    struct ripcord__entry *older = ripcord__thread.top;
    {
        defer(trace, "newer");
        older->site = (const void *)no_site;
    }
}

static void own_site_overwritten(void)
{
    defer(never);
    ripcord__thread.top->site = (const void *)no_site;
}

static void own_site_lost(void)
{
    defer(never);
    ripcord__thread.top->site = (const void *)8;
}

static void circle(void)
{
    defer(never);
    struct ripcord__entry *oldest = ripcord__thread.top;
    defer(never);
    defer(never);
    oldest->previous = ripcord__thread.top;
    defer(never);
}

START_TEST(a_damaged_entry_is_found_wherever_it_is)
{
    ck_diagnosed(older_site_overwritten, "the defer stack is damaged");
    ck_diagnosed(older_site_overwritten, "noticed by the check at ");
    ck_diagnosed(older_site_overwritten, " in older_site_overwritten");
    ck_diagnosed(older_site_overwritten_at_a_leave,
                 "the defer stack is damaged");
    ck_diagnosed(own_site_overwritten, "the defer stack is damaged");
    ck_diagnosed(own_site_lost, "the defer stack is damaged");
    ck_diagnosed(circle, "the defer stack is damaged");
}
END_TEST

RUN_SUITE("validate", a_program_without_a_mistake_runs_as_ever,
          UNSANITIZED(a_call_that_was_jumped_over_is_found_at_the_next_defer)
          a_damaged_entry_is_found_wherever_it_is)
