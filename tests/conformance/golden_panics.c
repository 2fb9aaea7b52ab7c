/* SPDX-License-Identifier: MIT */
/*
 * Go programs of golden/ in C, in the form that doc/go.md gives to each
 * construct, to be read side by side: what panics carry, and panics that
 * meet.
 */
#include "golden_cases.h"

static const ripcord_kind ERROR = RIPCORD_KIND("error", NULL);

/* ---- values ---- */

static void plain(void) { panic("hello"); }
static void error(void) { panic_as(&ERROR, "an error"); }
static void integer(void) { panic("%d", 42); }
static void empty(void) { panic("%s", ""); }
static void real(void) { panic("%+e", 1.5); }
static void lines(void) { panic("one\ntwo\n\nfour"); }

static void lines_nested(void)
{
    defer(panics, "second\nof two lines");
    panic("first\nof two lines");
}

static void lines_recovered(void)
{
    recoverable () {
        defer(recovers_then_panics, "second\n");
        panic("first\nof two lines");
    }
}

static RIPCORD__PRINTF(1, 2) _Noreturn void panics_with(
    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ripcord_vpanic(__FILE__, __LINE__, __func__, NULL, format, arguments);
}

static void nil_value(void) { panics_with(NULL); }

static void nil_recovered(void)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        panics_with(NULL);
    }
}

/* ---- panics in deferred calls ---- */

static void nested(void)
{
    defer(panics, "second");
    panic("first");
}

static void nested_thrice(void)
{
    defer(panics, "third");
    defer(panics, "second");
    panic("first");
}

static void panics_deeper(void)
{
    defer(panics, "third");
    panic("second");
}
RIPCORD_DEFERRABLE(panics_deeper)

static void nested_deeper(void)
{
    defer(panics_deeper);
    panic("first");
}

static void recovers_its_own(void)
{
    recoverable () {
        defer(recovers);
        panic("second");
    }
}
RIPCORD_DEFERRABLE(recovers_its_own)

static void nested_recovered(void)
{
    defer(recovers_its_own);
    panic("first");
}

/* ---- recovered, and then another one ---- */

static void recovered_then_panicked(void)
{
    recoverable () {
        defer(recovers_then_panics, "second");
        panic("first");
    }
}

static void recovered_then_nested(void)
{
    recoverable () {
        defer(panics, "third");
        defer(recovers_then_panics, "second");
        panic("first");
    }
}

static void recovered_chain(void)
{
    recoverable () {
        defer(recovers_then_panics, "third");
        defer(recovers_then_panics, "second");
        panic("first");
    }
}

static void wraps(ripcord_panic *p)
{
    panic_as(&ERROR, "wrapped: %s", recover(p)->message);
}
RIPCORD_RECOVERER(wraps)

static void wrapped(void)
{
    recoverable () {
        defer(wraps);
        panic_as(&ERROR, "cause");
    }
}

static void recovered_before(void)
{
    recoverable () {
        defer(panics, "second");
        defer(recovers);
        panic("first");
    }
}

static void recovered_before_thrice(void)
{
    recoverable () {
        defer(panics, "third");
        defer(recovers);
        defer(panics, "second");
        panic("first");
    }
}

static void recovered_outside(void)
{
    defer(panics, "third");
    recoverable () {
        defer(recovers);
        nested();
    }
    println("goes on");
}

/* ---- the same panic again ---- */

static void repanicked(void)
{
    recoverable () {
        defer(again);
        panic("first");
    }
}

static void repanicked_twice(void)
{
    recoverable () {
        defer(again);
        repanicked();
    }
}

static void repanicked_middle(void)
{
    recoverable () {
        defer(recovers_then_panics, "outer");
        recoverable () {
            defer(again);
            recoverable () {
                defer(recovers_then_panics, "middle");
                panic("inner");
            }
        }
    }
}

static void recovers_then_raises(ripcord_panic *p, ripcord_panic *other)
{
    (void)recover(p);
    panic_again(other);
}
RIPCORD_RECOVERER(recovers_then_raises, ripcord_panic *)

static void between(ripcord_panic *outer)
{
    (void)recover(outer);
    recoverable () {
        defer(recovers_then_raises, outer);
        panic("inner");
    }
}
RIPCORD_RECOVERER(between)

static void repanicked_sandwich(void)
{
    recoverable () {
        defer(between);
        panic("outer");
    }
}

static void raises(ripcord_panic *p) { panic_again(p); }
RIPCORD_DEFERRABLE(raises, ripcord_panic *)

static void raises_behind(ripcord_panic *outer)
{
    (void)recover(outer);
    defer(raises, outer);
    panic("inner");
}
RIPCORD_RECOVERER(raises_behind)

static void repanicked_behind(void)
{
    recoverable () {
        defer(raises_behind);
        panic("outer");
    }
}

static void raises_without_recovering(ripcord_panic *p) { panic_again(p); }
RIPCORD_RECOVERER(raises_without_recovering)

static void not_recovered_again(void)
{
    recoverable () {
        defer(raises_without_recovering);
        panic("first");
    }
}

/* A panic of its own that has the same text. */
static void same_text(void)
{
    recoverable () {
        defer(recovers_then_panics, "first");
        panic("first");
    }
}

static void again_later(void)
{
    attempt () {
        panic("first");
    } rescue (p) {
        panic_again(p);
    }
}

static void another_later(void)
{
    attempt () {
        panic("first");
    } rescue (p) {
        panic("second");
    }
}

const struct golden_case golden_panics[] = {
    { "plain", plain },
    { "error", error },
    { "integer", integer },
    { "empty", empty },
    { "float", real },
    { "lines", lines },
    { "lines_nested", lines_nested },
    { "lines_recovered", lines_recovered },
    { "nil_value", nil_value },
    { "nil_recovered", nil_recovered },
    { "nested", nested },
    { "nested_thrice", nested_thrice },
    { "nested_deeper", nested_deeper },
    { "nested_recovered", nested_recovered },
    { "recovered_then_panicked", recovered_then_panicked },
    { "recovered_then_nested", recovered_then_nested },
    { "recovered_chain", recovered_chain },
    { "wrapped", wrapped },
    { "recovered_before", recovered_before },
    { "recovered_before_thrice", recovered_before_thrice },
    { "recovered_outside", recovered_outside },
    { "repanicked", repanicked },
    { "repanicked_twice", repanicked_twice },
    { "repanicked_middle", repanicked_middle },
    { "repanicked_sandwich", repanicked_sandwich },
    { "repanicked_behind", repanicked_behind },
    { "not_recovered_again", not_recovered_again },
    { "same_text", same_text },
    { "again_later", again_later },
    { "another_later", another_later },
    { NULL, NULL }
};
