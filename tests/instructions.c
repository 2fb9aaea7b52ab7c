/* SPDX-License-Identifier: MIT */
/*
 * instructions.c - the hot paths, each in a function path_NAME that takes it
 * REPEAT times, for instructions.sh to count what they execute.
 */
#include <ripcord/short.h>

#define NOINLINE __attribute__((noinline))

#ifndef REPEAT
#define REPEAT 1000
#endif

static volatile long used, released, caught;

static NOINLINE void use(long number)
{
    used += number;
}

static NOINLINE void release(long number)
{
    released += number;
}
RIPCORD_DEFERRABLE(release, long)

static NOINLINE void fail(long number)
{
    if (number)
        panic("failed");
}

static void on_failure(ripcord_panic *p)
{
    if (recover(p))
        caught++;
}
RIPCORD_RECOVERER(on_failure)

/* Takes a path REPEAT times. */
#define PATH(name)                               \
    NOINLINE void path_##name(void);             \
    NOINLINE void path_##name(void)              \
    {                                            \
        for (int i = 0; i < REPEAT; i++)         \
            name();                              \
    }

static NOINLINE void nothing(void)
{
    use(1);
}
PATH(nothing)

static NOINLINE void one_defer(void)
{
    defer(release, 1);
    use(1);
}
PATH(one_defer)

static NOINLINE void four_defers(void)
{
    defer(release, 1);
    defer(release, 1);
    defer(release, 1);
    defer(release, 1);
    use(1);
}
PATH(four_defers)

static NOINLINE void on_failure_only(void)
{
    defer_on_failure(release, 1);
    use(1);
}
PATH(on_failure_only)

static NOINLINE void on_success_only(void)
{
    defer_on_success(release, 1);
    use(1);
}
PATH(on_success_only)

static NOINLINE void defer_and_cancel(void)
{
    defer_as(call, release, 1);
    use(1);
    defer_cancel(call);
}
PATH(defer_and_cancel)

static NOINLINE void scope_of_8(void)
{
    defer_scope(calls);
    for (long i = 0; i < 8; i++)
        defer_to(calls, release, i);
}
PATH(scope_of_8)

static NOINLINE void scope_of_100(void)
{
    defer_scope(calls);
    for (long i = 0; i < 100; i++)
        defer_to(calls, release, i);
}
PATH(scope_of_100)

static NOINLINE void recoverable_left(void)
{
    recoverable () {
        use(1);
    }
}
PATH(recoverable_left)

static NOINLINE void attempt_left(void)
{
    attempt () {
        use(1);
    }
}
PATH(attempt_left)

static NOINLINE void panic_rescued(void)
{
    attempt () {
        fail(1);
    } rescue (p) {
        caught++;
    }
}
PATH(panic_rescued)

static NOINLINE void panic_recovered(void)
{
    recoverable () {
        defer(on_failure);
        fail(1);
    }
}
PATH(panic_recovered)

static NOINLINE void frame(int depth)
{
    defer(release, 1);
    if (depth > 1)
        frame(depth - 1);
    fail(depth == 1);
}

static NOINLINE void panic_through_10(void)
{
    attempt () {
        frame(10);
    } rescue (p) {
        caught++;
    }
}
PATH(panic_through_10)

int main(void)
{
    path_nothing();
    path_one_defer();
    path_four_defers();
    path_on_failure_only();
    path_on_success_only();
    path_defer_and_cancel();
    path_scope_of_8();
    path_scope_of_100();
    path_recoverable_left();
    path_attempt_left();
    path_panic_rescued();
    path_panic_recovered();
    path_panic_through_10();
    return released == 0 || caught != 3 * REPEAT;
}
