/* SPDX-License-Identifier: MIT */
/* Landings of all kinds, nested, in loops, and left in every way. */
#include <ripcord/short.h>

#include "trace.h"

RIPCORD_DEFERRABLE(trace, const char *)
RIPCORD_DEFERRABLE(trace_number, long long)

static void to_status(ripcord_panic *p, volatile int *status)
{
    if (recover(p))
        *status = 500;
}
RIPCORD_RECOVERER(to_status, volatile int *)

static void ignore(ripcord_panic *p)
{
    (void)recover(p);
}
RIPCORD_RECOVERER(ignore)

static int may_panic(int n)
{
    if (n < 0)
        panic("negative: %d", n);
    return n;
}

static int status_of(int n, const char *name)
{
    volatile int status = 200;
    recoverable (status) {
        defer(to_status, &status);
        defer(trace, name);
        (void)may_panic(n);
    }
    trace(name);                /* parameters, used after the landing */
    trace_number(n);
    return status;
}

static int named_result(int n)
{
    volatile int result = 0;
    recoverable (result) {
        defer(to_status, &result);
        if (n == 0)
            recoverable_return(1);
        if (n == 1)
            return 2;
        recoverable_return(may_panic(n));
    }
    return result;
}

static const char *text_result(int n)
{
    const char *volatile text = "before";
    volatile size_t length = 0;
    recoverable (text, length) {
        defer(ignore);
        text = "after";
        length = strlen("after");
        (void)may_panic(n);
    }
    trace_number((long long)length);
    return text;
}

struct pair {
    int first;
    long second;
};

static long struct_result(struct pair in, int n)
{
    volatile struct pair out;
    out.first = in.first;
    out.second = 0;
    recoverable (out) {
        defer(ignore);
        out.second = in.second;
        (void)may_panic(n);
        out.first = 0;
    }
    return out.first + out.second;
}

static int nested(int n, int depth)
{
    volatile int result = 0;
    recoverable (result) {
        defer(to_status, &result);
        attempt (result) {
            recoverable () {
                defer(ignore);
                attempt () {
                    (void)may_panic(n);
                    result = result + 1;
                } rescue (inner) {
                    trace(inner->message);
                    if (depth > 1)
                        panic_again(inner);
                }
                trace("level 3");
                if (depth > 2)
                    panic("level 3");
            }
            trace("level 2");
            if (depth > 3)
                panic("level 2");
        } rescue (outer) {
            trace(outer->message);
            panic_again(outer);
        }
    }
    return result;
}

/* False when the loop shall end. */
static bool item(int number, volatile int *failed)
{
    attempt () {
        defer(trace_number, number);
        switch (number) {
        case 1:
            trace("one");
            break;
        case 99:
            return false;
        default:
            (void)may_panic(number);
        }
    } rescue (p) {
        *failed = *failed + 1;
        trace(p->message);
    }
    return true;
}

static int loops(const int *numbers, size_t count)
{
    volatile int failed = 0;
    /* Not in a register, which setjmp might leave indeterminate. */
    volatile int i = 0;
    for (size_t n = 0; n < count; n++) {
        if (numbers[n] == 0)
            continue;
        if (!item(numbers[n], &failed))
            return failed;
    }
    do {
        recoverable () {
            defer(ignore);
            (void)may_panic(numbers[i]);
            break;              /* leaves the block only */
        }
        i = i + 1;
    } while (i < 2);
    for (; i > 0; i = i - 1)
        attempt ()
            (void)may_panic(-1);
        rescue (p)
            trace(p->message);
    return failed;
}

static int without_braces(int n, int flag)
{
    if (flag)
        attempt ()
            return may_panic(n);
        rescue (p)
            trace(p->message);
    else
        recoverable ()
            trace("else");
    if (flag > 1)
        recoverable () {
            defer(ignore);
            (void)may_panic(n);
        }
    else
        trace("plain else");
    return 0;
}

static int early(int n)
{
    defer(trace, "left");
    if (n == 1)
        return n;
    {
        defer(trace, "inner");
        if (n == 2)
            goto out;
        attempt () {
            defer(trace, "attempt");
            if (n == 3)
                return n;
            if (n == 4)
                goto out;
        } rescue (p) {
            (void)p;
            return -1;
        }
    }
    trace("end");
out:
    return n;
}

static void body(void *argument)
{
    int *number = (int *)argument;
    *number = may_panic(*number);
}

static void protect(int n)
{
    ripcord_panic panicked;
    if (ripcord_protect(body, &n, &panicked))
        trace_number(n);
    else
        trace(panicked.message);
}

static const ripcord_kind NO_STOCK = RIPCORD_KIND("no stock", NULL);

static void kinds(int which, void *value)
{
    attempt () {
        if (which == 0)
            panic_as(&NO_STOCK, "nothing");
        else if (which == 1)
            panic_code(&NO_STOCK, 7, "%s", "code");
        else if (which == 2)
            panic_value(&NO_STOCK, value, "value %d", 3);
        else
            panic_errno("open %s", "file");
    } rescue (p) {
        if (panic_is(p, &NO_STOCK))
            trace("no stock");
        trace_number(p->code);
        trace(p->value == value ? "same" : "other");
    }
}

/* ---- In C++ also callbacks with the linkage of C, and templates ---- */

#ifdef __cplusplus
extern "C" {
#endif

int callback(int n);

int callback(int n)
{
    volatile int status = 0;
    volatile long length = 0;
    recoverable (status) {
        defer(to_status, &status);
        recoverable (length) {
            length = may_panic(n);
        }
        recoverable_return((int)length);
    }
    attempt () {
        recoverable () {
            (void)may_panic(n);
        }
    } rescue (p) {
        trace(p->message);
    }
    return status;
}

#ifdef __cplusplus
}

template <class Number> static Number any(Number n)
{
    volatile Number result = 0;
    recoverable (result) {
        defer_scope(scope);
        defer_to(scope, to_status, &result);
        recoverable_return(*not_null(&n) + may_panic(n));
    }
    return result;
}
#else
static int any(int n)
{
    return n < 0 ? 500 : n + n;
}
#endif

int main(void)
{
    static const int numbers[] = { 1, 0, -2, 5, 99, 1 };
    struct pair pair = { 1, 2 };
    int n;

    trace_number(status_of(3, "three"));
    trace_number(status_of(-3, "minus"));
    expect("status", "three three 3 200 minus minus -3 500");
    for (n = -1; n < 4; n++)
        trace_number(named_result(n));
    expect("named result", "500 1 2 2 3");
    trace(text_result(1));
    trace(text_result(-1));
    expect("text result", "5 after 5 after");
    trace_number(struct_result(pair, 1));
    trace_number(struct_result(pair, -1));
    expect("struct result", "2 3");
    for (n = 1; n < 5; n++)
        trace_number(nested(-1, n));
    expect("nested", "negative: -1 level 3 level 2 0 "
                     "negative: -1 level 2 0 negative: -1 level 2 0 "
                     "negative: -1 level 2 level 2 500");
    trace_number(loops(numbers, sizeof numbers / sizeof *numbers));
    trace_number(loops(numbers, 2));
    expect("loops", "one 1 -2 negative: -2 5 99 1 "
                    "one 1 negative: -1 negative: -1 0");
    for (n = 0; n < 3; n++)
        trace_number(without_braces(n - 1, n));
    expect("without braces", "else plain else 0 0 1");
    trace_number(without_braces(-1, 2));
    expect("without braces, panicking", "negative: -1 0");
    for (n = 1; n < 6; n++)
        trace_number(early(n));
    expect("early", "left 1 inner left 2 attempt inner left 3 "
                    "attempt inner left 4 attempt inner end left 5");
    protect(4);
    protect(-4);
    expect("protect", "4 negative: -4");
    for (n = 0; n < 4; n++)
        kinds(n, &pair);
    expect("kinds", "no stock 0 other no stock 7 other no stock 0 same "
                    "0 other");
    trace_number(callback(3));
    trace_number(callback(-3));
    expect("callback", "3 negative: -3 500");
    trace_number(any(4));
    trace_number(any(-4));
    expect("any", "8 500");
    return finish();
}
