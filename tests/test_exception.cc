// SPDX-License-Identifier: MIT
//
// A C++ exception that passes frames with deferred calls, of C and of C++,
// runs them once, and the defer stack is as before.
#include <cstdio>
#include <stdexcept>
#include <string>

#include "exception.h"
#include <ripcord/short.h>

static std::string letters;

void leave_letter(char letter)
{
    letters += letter;
}
RIPCORD_DEFERRABLE(leave_letter, char)

static void leave_number(int number)
{
    letters += std::to_string(number);
}
RIPCORD_DEFERRABLE(leave_number, int)

static void throws()
{
    defer(leave_number, 1);
    throw std::runtime_error("exception");
}

static void through_cpp()
{
    defer_scope(calls);
    for (int i = 2; i < 5; i++)
        defer_to(calls, leave_number, i);
    through_c(throws);
}

static void throws_too()
{
    throw std::runtime_error("exception");
}
RIPCORD_DEFERRABLE(throws_too)

static void throws_out_of_a_panic()
{
    defer(leave_number, 5);
    defer(throws_too);
    panic("left behind");
}

static void throws_out_of_a_scope()
{
    defer_scope(calls);
    defer_to(calls, leave_number, 6);
    defer_to(calls, throws_too);
    defer_to(calls, leave_number, 7);
}

static void nothing()
{
}

static void throws_only()
{
    throw std::runtime_error("exception");
}

// Catches what `function` throws.
static void catches(void (*function)())
{
    try {
        function();
    } catch (const std::exception &) {
        letters += 'c';
    }
}

// Calls a function when it is destroyed.
struct at_end {
    ~at_end() { function(); }
    void (*function)();
};

template <void (*function)()> static void both()
{
    succeeds_or_fails(function);
}

template <void (*function)()> static void caught()
{
    catches(function);
}

template <void (*function)()> static void throws_past()
{
    at_end end{function};
    throw std::runtime_error("exception");
}

static void panics_inside()
{
    attempt () {
        succeeds_or_fails([] { panic("inside"); });
    } rescue (p) {
        letters += 'r';
    }
}

static void throws_in_a_handler()
{
    try {
        throw std::runtime_error("exception");
    } catch (const std::exception &) {
        succeeds_or_fails(nothing);
        succeeds_or_fails([] { throw; });
    }
}

static void recovers(ripcord_panic *p)
{
    (void)recover(p);
}
RIPCORD_RECOVERER(recovers)

static void throws_after_a_recovery()
{
    recoverable () {
        defer_on_success(leave_letter, 's');
        defer_on_failure(leave_letter, 'f');
        defer(throws_too);
        defer_on_success(leave_letter, 'S');
        defer_on_failure(leave_letter, 'F');
        defer(recovers);
        panic("recovered");
    }
}

static unsigned panics_running()
{
    unsigned count = 99;
    attempt () {
        panic("next");
    } rescue (p) {
        count = p->replaced.count;
    }
    return count;
}

static void adds_one(ripcord_panic *, volatile long *number)
{
    *number = *number + 1;
}
RIPCORD_RECOVERER(adds_one, volatile long *)

template <class Type> static Type returns(Type value)
{
    volatile Type result = 0;
    recoverable (result) {
        defer(adds_one, &result);
        recoverable_return(value);
    }
    return 0;
}

static int check(const char *name, const std::string &expected)
{
    bool same = letters == expected;
    std::printf("%s %s\n", same ? "ok" : "not ok", name);
    if (!same)
        std::printf("    %s, not %s\n", letters.c_str(), expected.c_str());
    letters.clear();
    return same ? 0 : 1;
}

int main()
{
    int failed = 0;
    try {
        through_cpp();
    } catch (const std::exception &exception) {
        letters += exception.what();
    }
    failed += check("an exception runs the calls of the frames it passes",
                    "1xyz432exception");
    attempt () {
        defer(leave_number, 7);
        panic("panic");
    } rescue (p) {
        letters += p->message;
    }
    failed += check("a panic lands as if there had been no exception",
                    "7panic");
    try {
        throws_out_of_a_panic();
    } catch (const std::exception &exception) {
        letters += exception.what() + std::to_string(panics_running());
    }
    failed += check("an exception ends the panic that it leaves",
                    "5exception0");
    try {
        throws_out_of_a_scope();
    } catch (const std::exception &exception) {
        letters += exception.what();
    }
    failed += check("an exception of a scope's call runs those behind it",
                    "76exception");
    catches(both<throws_only>);
    failed += check("a block that an exception leaves has failed", "fc");
    succeeds_or_fails(caught<both<throws_only>>);
    failed += check("a block that it does not leave has not", "fcs");
    catches(both<throws_past<both<nothing>>>);
    failed += check("a block in a destructor may complete meanwhile", "sfc");
    catches(both<throws_past<caught<both<throws_only>>>>);
    failed += check("and fail by an exception of its own", "fcfc");
    catches(both<throws_past<both<panics_inside>>>);
    failed += check("and contain a panic that is recovered", "frsfc");
    catches(both<throws_in_a_handler>);
    failed += check("a handler completes blocks, or throws on", "sffc");
    catches(throws_after_a_recovery);
    failed += check("after a recovery the rest of a block may fail", "Sfc");
    succeeds_or_fails(nothing);
    failed += check("afterwards blocks complete as ever", "s");
    letters += std::to_string(returns(41L));
    failed += check("a template may name a result of its own type", "42");
    return failed != 0;
}
