// SPDX-License-Identifier: MIT
//
// raii.cc - C++: destructors, throw and catch.
#include "bench.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace {

struct failure {};

class holder {
    thing *held;
public:
    explicit holder(thing *t) : held(t) { must_acquire(t); }
    ~holder() { release(held); }
    holder(const holder &) = delete;
    holder &operator=(const holder &) = delete;
};

NOINLINE void defer_1(thing *t)
{
    holder first(t);
    must_use(t);
}

NOINLINE void defer_4(thing *t)
{
    holder first(t), second(t), third(t), fourth(t);
    must_use(t);
}

class bare_holder {
    thing *held;
public:
    explicit bare_holder(thing *t) : held(t) { t->acquired++; }
    ~bare_holder() { release(held); }
};

NOINLINE void defer_bare(thing *t)
{
    bare_holder first(t);
    BARRIER();
}

// What is done in a loop, newest first; a vector destroys oldest first.
class released_numbers {
    std::vector<long> held;
public:
    void add(long number) { held.push_back(number); }
    ~released_numbers()
    {
        while (!held.empty()) {
            long number = held.back();
            held.pop_back();
            release_number(number);
        }
    }
};

NOINLINE void loop(long count)
{
    released_numbers released;
    for (long i = 0; i < count; i++)
        released.add(i);
    bench_registered(count);
}

// ---- Failing ----

NOINLINE void breaks(thing *t)
{
    if (!t->whole)
        throw failure();
}

NOINLINE void breaks_literal(thing *t)
{
    if (!t->whole)
        throw std::runtime_error("broken");
}

NOINLINE void breaks_formatted(thing *t)
{
    char message[256];
    if (t->whole)
        return;
    std::snprintf(message, sizeof message, "broken: order %d of %s",
                  4711 + t->broken, "somebody");
    throw std::runtime_error(message);
}

NOINLINE void landing(thing *t)
{
    try {
        must_use(t);
    } catch (const failure &) {
        t->caught++;
    }
}

NOINLINE void panic_caught(thing *t)
{
    try {
        breaks(t);
    } catch (const failure &) {
        t->caught++;
    }
}

NOINLINE void literal_caught(thing *t)
{
    try {
        breaks_literal(t);
    } catch (const std::runtime_error &) {
        t->caught++;
    }
}

NOINLINE void formatted_caught(thing *t)
{
    try {
        breaks_formatted(t);
    } catch (const std::runtime_error &) {
        t->caught++;
    }
}

NOINLINE void frame(thing *t, int depth)
{
    holder first(t);
    if (depth > 1)
        frame(t, depth - 1);
    else
        breaks(t);
    t->used++;
}

NOINLINE void bare_frame(thing *t, int depth)
{
    if (depth > 1)
        bare_frame(t, depth - 1);
    else
        breaks(t);
    t->used++;
}

NOINLINE void frames(thing *t, int depth)
{
    try {
        frame(t, depth);
    } catch (const failure &) {
        t->caught++;
    }
}

NOINLINE void bare_frames(thing *t, int depth)
{
    try {
        bare_frame(t, depth);
    } catch (const failure &) {
        t->caught++;
    }
}

// ---- The real function ----

class guard {
    pthread_mutex_t *lock;
public:
    explicit guard(pthread_mutex_t *l) : lock(l)
    {
        if (pthread_mutex_lock(l) != 0)
            throw failure();
    }
    ~guard() { pthread_mutex_unlock(lock); }
    guard(const guard &) = delete;
    guard &operator=(const guard &) = delete;
};

struct freed {
    void operator()(char *buffer) const { std::free(buffer); }
};

NOINLINE void process(account *a, size_t size)
{
    guard locked(&a->lock);
    std::unique_ptr<char, freed> buffer(
        static_cast<char *>(std::malloc(size)));
    if (!buffer)
        throw std::bad_alloc();
    std::memset(buffer.get(), 1, size);
    note(a, buffer.get());
}

void run_process(account *a)
{
    process(a, NOTE_SIZE);
}

// ---- What is measured ----

MEASURED(defer_1, defer_1(&subject))
MEASURED(defer_4, defer_4(&subject))
MEASURED(defer_bare, defer_bare(&subject))
MEASURED(loop_1000, digest = 0; loop(1000))
MEASURED(loop_1000000, digest = 0; loop(1000000))
MEASURED(landing, landing(&subject))
MEASURED(panic, panic_caught(&subject))
MEASURED(frames_10, frames(&subject, 10))
MEASURED(frames_100, frames(&subject, 100))
MEASURED(bare_100, bare_frames(&subject, 100))
MEASURED(literal, literal_caught(&subject))
MEASURED(formatted, formatted_caught(&subject))

}

extern "C" void fail(struct thing *)
{
    throw failure();
}

int main(int argc, char **argv)
{
    static const workload workloads[] = {
        { "defer-1", run_defer_1, nullptr },
        { "defer-4", run_defer_4, nullptr },
        { "defer-bare", run_defer_bare, nullptr },
        { "loop-1000", run_loop_1000, nullptr },
        { "loop-1000000", run_loop_1000000, nullptr },
        { "landing", run_landing, nullptr },
        { "panic", run_panic, nullptr },
        { "frames-10", run_frames_10, nullptr },
        { "frames-100", run_frames_100, nullptr },
        { "bare-100", run_bare_100, nullptr },
        { "message-literal", run_literal, nullptr },
        { "message-formatted", run_formatted, nullptr },
        { "real", nullptr, run_process },
        { "threads-1", nullptr, run_process },
        { "threads-cores", nullptr, run_process },
        { "threads-64", nullptr, run_process },
        { nullptr, nullptr, nullptr }
    };
    return bench_main(argc, argv, workloads);
}
