/* SPDX-License-Identifier: MIT */
/* Every way to defer, with all numbers and many types of arguments. */
#include <ripcord/short.h>

#include "trace.h"

RIPCORD_DEFERRABLE(trace, const char *)
RIPCORD_DEFERRABLE(trace_number, long long)

struct point {
    int x;
    double y;
    char name[8];
};
typedef void (*callback)(const char *);
enum color { RED, GREEN };

static void none(void) { trace("0"); }
static void two(const char *const a, int b) { trace(a); trace_number(b); }
static void three(struct point p, const struct point *q, double d)
{
    trace(p.name);
    trace(q->name);
    trace_number((long long)(d + p.y + q->x));
}
static int four(callback f, const char *const *words, enum color c, char last)
{
    char word[2] = { last, '\0' };
    f(words[c]);
    f(word);
    return 4;
}
static inline long five(unsigned char a, short b, float c, bool d, size_t e)
{
    trace_number(a + b + (long long)c + d + (long long)e);
    return 5;
}
static void six(int a, unsigned b, long c, unsigned long d, long long e,
                unsigned long long f)
{
    trace_number(a + (long long)b + c + (long long)d + e + (long long)f);
}
static void rows(int (*matrix)[2], void (*f)(long long), volatile int *v)
{
    f(matrix[1][1]);
    f(*v);
}
RIPCORD_DEFERRABLE(none)
RIPCORD_DEFERRABLE(two, const char *, const int)
RIPCORD_DEFERRABLE(three, struct point, const struct point *, double)
RIPCORD_DEFERRABLE(four, callback, const char *const *, enum color, char)
RIPCORD_DEFERRABLE(five, unsigned char, short, float, bool, size_t)
RIPCORD_DEFERRABLE(six, int, unsigned, long, unsigned long, long long,
                   unsigned long long)
RIPCORD_DEFERRABLE(rows, int (*)[2], void (*)(long long), volatile int *)

static void arguments(void)
{
    static const char *const colors[] = { "red", "green" };
    static const struct point q = { 3, 0.5, "q" };
    struct point p = { 1, 2.5, "p" };
    int matrix[2][2] = { { 1, 2 }, { 3, 4 } };
    volatile int seen = 1;
    defer(rows, matrix, trace_number, &seen);
    defer(six, -1, 2u, 3L, 4uL, 5LL, 6uLL);
    defer(five, 200, -1, 2.5f, true, sizeof p);
    defer(four, trace, colors, GREEN, 'x');
    defer(three, p, &q, 1);
    p.name[0] = '!';
    defer(two, "two", 2);
    defer(none);
    seen = 9;
    /* The commas of a cast or an initialiser stand in an argument. */
    defer(trace_number, (long long)sizeof(char[2]) + seen);
}

static void outcomes(bool fail)
{
    attempt () {
        defer_on_failure(trace, "failure");
        defer_on_success(trace, "success");
        defer(trace, "always");
        if (fail)
            panic("fail");
    } rescue (p) {
        trace(p->message);
    }
}

static void names(int which)
{
    defer_as(first, trace, "first");
    defer_as(second, two, "second", which);
    if (which == 1 && !defer_cancel(first))
        trace("impossible");
    if (which == 2)
        (void)defer_run(second);
    trace(defer_run(second) ? "ran" : "had run");
    if (which == 3) {
        defer_as(first_inside, trace, "inside");
        (void)defer_cancel(first_inside);
    }
}

static void add(ripcord_scope *scope, int n)
{
    defer_to(*scope, trace_number, n);
}

static void scopes(int n)
{
    defer_scope(all);
    for (int i = 0; i < n; i++)
        if (i % 2)
            defer_to(all, two, "odd", i);
        else
            defer_to(all, trace_number, i);
    for (int i = 0; i < n; i++)
        defer_to(all, none);
    add(&all, n);
    {
        defer_scope(inner);
        defer_to(inner, trace, "inner");
        defer_to(all, trace, "outer");
    }
}

static void recover_all(ripcord_panic *p, int n)
{
    trace_number(n);
    (void)recover(p);
}
RIPCORD_RECOVERER(recover_all, int)

static void recovering_scope(int n)
{
    recoverable () {
        defer_scope(all);
        for (int i = 0; i < n; i++)
            defer_to(all, recover_all, i);
        if (n > 2)
            panic("now");
    }
    trace("behind");
}

static int in_switch(int n)
{
    switch (n) {
    case 0: {
        defer(trace, "zero");
        return 1;
    }
    case 1: {
        defer(trace, "one");
        break;
    }
    default: {
        defer(trace, "default");
        n = 5;
    }
    }
    return n;
}

static void loop(int n)
{
    for (int i = 0; i < n; i++) {
        defer(trace_number, i);
        if (i == 1)
            continue;
        defer(trace, "even");
        if (i == 2)
            break;
    }
    while (n-- > 0) {
        defer(trace_number, n);
    }
    if (n < 0) {
        defer(trace, "if");
    } else {
        defer(trace, "else");
    }
}

int main(void)
{
    arguments();
    expect("arguments", "11 0 two 2 p q 6 green x 226 19 4 9");
    outcomes(false);
    outcomes(true);
    expect("outcomes", "always success always failure fail");
    for (int i = 0; i < 4; i++)
        names(i);
    expect("names", "second 0 ran first second 1 ran second 2 had run first "
                    "second 3 ran first");
    scopes(3);
    expect("scopes", "inner outer 3 0 0 0 2 odd 1 0");
    recovering_scope(2);
    recovering_scope(3);
    expect("recovering scope", "1 0 behind 2 1 0 behind");
    for (int i = 0; i < 3; i++)
        trace_number(in_switch(i));
    expect("switch", "zero 1 one 1 default 5");
    loop(3);
    expect("loop", "even 0 1 even 2 2 1 0 if");
    return finish();
}
