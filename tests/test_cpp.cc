// SPDX-License-Identifier: MIT
//
// The border between panics and exceptions: ripcord/cpp.hpp.
#include <cstdio>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <string>

#include "cpp.h"
#include <ripcord/cpp.hpp>
// Its macros leave the header above alone.
#include <ripcord/short.h>

RIPCORD_DEFERRABLE(leave_letter, char)

static std::string letters;
static int failed;

void leave_letter(char letter)
{
    letters += letter;
}

static void check(const char *name, const std::string &expected)
{
    bool same = letters == expected;
    std::printf("%s %s\n", same ? "ok" : "not ok", name);
    if (!same)
        std::printf("    %s, not %s\n", letters.c_str(), expected.c_str());
    letters.clear();
    failed += !same;
}

// Leaves a letter when it is destroyed, and owns memory.
class witness {
public:
    explicit witness(char letter) : letter_(std::make_unique<char>(letter)) {}
    ~witness() { leave_letter(*letter_); }
    witness(const witness &) = delete;
    witness &operator=(const witness &) = delete;

private:
    std::unique_ptr<char> letter_;
};

// ---- A panic arrives as an exception ----

static void catches_a_panic()
{
    witness outer('o');
    try {
        witness inner('i');
        int number = -5;
        ripcord::call([&] { return c_function(number); });
        letters += "not reached";
    } catch (const ripcord::panic_error &error) {
        letters += std::string("[") + error.what() + "]";
        letters += error.get().function;
        letters += error.is(RIPCORD_PLAIN) ? "+" : "-";
        letters += error.is(RIPCORD_RUNTIME_ERROR) ? "+" : "-";
    }
}

static void throws_through_call()
{
    try {
        witness inner('i');
        ripcord::call([] {
            witness innermost('j');
            throw std::runtime_error("thrown");
        });
    } catch (const std::runtime_error &error) {
        letters += error.what();
    }
}

// Has no default constructor, and can only be moved.
struct movable {
    explicit movable(int n) : number(std::make_unique<int>(n)) {}
    std::unique_ptr<int> number;
};

static void returns_through_call()
{
    int number = ripcord::call([] { return c_function(1); });
    letters += std::to_string(number);
    movable moved = ripcord::call([] { return movable(7); });
    letters += std::to_string(*moved.number);
    int &same = ripcord::call([&]() -> int & { return number; });
    same = 9;
    letters += std::to_string(number);
    ripcord::call([] { leave_letter('v'); });
    auto owner = std::make_unique<int>(3);
    auto taken = ripcord::call(
        [p = std::move(owner)]() mutable { return std::move(p); });
    letters += std::to_string(*taken);
}

static void an_error_outlives_its_handler()
{
    std::exception_ptr kept;
    try {
        ripcord::call([] { return c_function(-6); });
    } catch (...) {
        kept = std::current_exception();
    }
    try {
        std::rethrow_exception(kept);
    } catch (const std::exception &error) {
        letters += error.what();
    }
}

// ---- An exception leaves as a panic ----

extern "C" {
static int throws_runtime_error(int number)
{
    return ripcord::guard([&] {
        witness inner('i');
        if (number == 0)
            throw std::runtime_error("thrown");
        return number + 1;
    });
}

static int throws_bad_alloc(int)
{
    return ripcord::guard([&]() -> int { throw std::bad_alloc(); });
}

static int throws_number(int number)
{
    return ripcord::guard([&]() -> int { throw number; });
}

static int throws_long_text(int length)
{
    return ripcord::guard([&]() -> int {
        throw std::runtime_error(std::string(size_t(length), 'x'));
    });
}

// C++ that calls C that panics, called by C.
static int passes_a_panic(int number)
{
    return ripcord::guard([&] {
        witness inner('i');
        return ripcord::call([&] { return c_function(number); });
    });
}

static int nests(int depth)
{
    return ripcord::guard([&] {
        witness inner(char('0' + depth));
        if (depth == 0)
            throw std::runtime_error("deep");
        return ripcord::call([&] { return c_calls_back(nests, depth - 1); });
    });
}
}

static void caught(int (*call_back)(int), int argument)
{
    const char *message = "no panic";
    int kind = -1;
    int result = c_catches(call_back, argument, &message, &kind);
    letters += "[" + std::string(message) + "]" + std::to_string(kind) +
               std::to_string(result);
}

static movable returns_movable()
{
    return ripcord::guard([] { return movable(8); });
}

static bool exception_is_over()
{
    return !std::current_exception() && std::uncaught_exceptions() == 0;
}

static void fails_by_exception()
{
    RIPCORD_DEFER_ON_SUCCESS(leave_letter, 's');
    RIPCORD_DEFER_ON_FAILURE(leave_letter, 'f');
    throw std::runtime_error("thrown");
}

static int fails_by_panic(int)
{
    RIPCORD_DEFER_ON_SUCCESS(leave_letter, 's');
    RIPCORD_DEFER_ON_FAILURE(leave_letter, 'f');
    return ripcord::guard([]() -> int {
        throw std::runtime_error("thrown");
    });
}

// ---- Threads that end ----

extern "C" {
static int exits_inside(int)
{
    return ripcord::guard([&]() -> int {
        witness inner('i');
        pthread_exit(nullptr);
    });
}

static void *exits_through_both(void *argument)
{
    witness outer('o');
    ripcord::call([] { return c_calls_back(exits_inside, 1); });
    letters += "not reached";
    return argument;
}

static void *exits_as_a_goroutine(void *argument)
{
    witness outer('o');
    ripcord::guard([&] {
        witness inner('i');
        ripcord::call([] { c_exits(); });
    });
    letters += "not reached";
    return argument;
}

static void *panics_at_the_top(void *argument)
{
    ripcord::guard([&] { throw std::runtime_error("of a thread"); });
    return argument;
}
}

static void in_thread(void *(*function)(void *))
{
    ripcord_thread thread;
    ripcord_panic panic;
    if (RIPCORD_THREAD_START(&thread, nullptr, function, nullptr) != 0 ||
        RIPCORD_THREAD_JOIN(thread, nullptr, &panic) != 0)
        letters += "no thread";
    if (panic.kind)
        letters += panic.message;
}

int main()
{
    catches_a_panic();
    check("a panic arrives as an exception, and destructors run",
          "ci[number -5]c_function+-o");
    throws_through_call();
    check("an exception passes a call", "jithrown");
    returns_through_call();
    check("a call returns values, objects, references and nothing",
          "c279v3");
    an_error_outlives_its_handler();
    check("a panic that was caught can be kept", "cnumber -6");

    caught(throws_runtime_error, 0);
    check("an exception leaves as a panic, and destructors run",
          "ib[thrown (throws_runtime_error)]2-1");
    letters += exception_is_over() ? "over" : "alive";
    check("the exception is over then", "over");
    caught(throws_runtime_error, 5);
    check("a guard returns values", "irb[no panic]-16");
    letters += std::to_string(*returns_movable().number);
    check("a guard returns objects that can only be moved", "8");
    caught(throws_bad_alloc, 0);
    check("std::bad_alloc leaves as the panic of no memory",
          "b[std::bad_alloc (throws_bad_alloc)]1-1");
    caught(throws_number, 5);
    check("what is no std::exception leaves as one that is unknown",
          "b[unknown exception (throws_number)]2-1");
    caught(throws_long_text, 300);
    check("a long text is cut and marked as such",
          "b[" + std::string(252, 'x') + "... (throws_long_text)]2-1");
    caught(passes_a_panic, -3);
    check("a panic passes C++ and is what it was",
          "cib[number -3 (c_function)]0-1");
    caught(nests, 3);
    check("both may be nested",
          "0b1b2b3b[deep (nests)]2-1");

    try {
        fails_by_exception();
    } catch (const std::exception &) {
    }
    check("a block that an exception leaves has failed", "f");
    caught(fails_by_panic, 0);
    check("the panic that a guard makes of it is a failure",
          "fb[thrown (fails_by_panic)]2-1");

    in_thread(exits_through_both);
    check("pthread_exit passes both, and destructors run", "ibo");
    in_thread(exits_as_a_goroutine);
    check("the exit of a thread passes both, and destructors run", "eio");
    in_thread(panics_at_the_top);
    check("a panic of a thread of C++ is joined", "of a thread");
    return failed != 0;
}
