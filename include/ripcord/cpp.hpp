// SPDX-License-Identifier: MIT
//
// ripcord/cpp.hpp - the border between panics and C++ exceptions.
//
// A panic reaches its landing by longjmp: the frames that it leaves run their
// deferred calls, but not their destructors, which C++ does not define when
// there are any. So a panic must not pass frames of C++ that have objects to
// destroy, nor leave a handler of an exception. Where the two languages meet,
// the functions here turn one into the other:
//
//     C++ frames                      destructors run
//     ripcord::call([&] { ... })      a panic arrives as ripcord::panic_error
//     C frames                        deferred calls run
//     ripcord::guard([&] { ... })     an exception leaves as a panic
//     C++ frames                      destructors run
//
// An exception may pass frames with deferred calls: it runs them. The exit or
// the cancellation of a thread passes both functions as what it is.
#ifndef RIPCORD_CPP_HPP
#define RIPCORD_CPP_HPP

#ifdef RIPCORD_SHORT_H
#error "include ripcord/short.h last: its macros, such as `at`, are in the way"
#endif

#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include <ripcord.h>

namespace ripcord {

/// The kind of a panic that an exception became; std::bad_alloc becomes
/// RIPCORD_OUT_OF_MEMORY, and a panic_error the panic that it was.
inline constexpr ripcord_kind exception_kind =
    RIPCORD_KIND("C++ exception", nullptr);

/// A panic that arrived as an exception. It holds a copy of the panic, which
/// stays valid as far as what its `value` points to does. Copying it does not
/// throw.
class panic_error : public std::exception {
public:
    explicit panic_error(const ripcord_panic &panic) noexcept : panic_(panic)
    {
    }

    /// The message of the panic, valid as long as this object.
    const char *what() const noexcept override { return panic_.message; }

    /// The panic; not named so, for <ripcord/short.h> has a macro `panic`.
    const ripcord_panic &get() const noexcept { return panic_; }

    /// Whether the panic's kind is `kind` or descends from it.
    bool is(const ripcord_kind &kind) const noexcept
    {
        return ripcord_panic_is(&panic_, &kind);
    }

private:
    ripcord_panic panic_;
};

namespace detail {

// Keeps what a function returns while only pointers can be passed: an
// object, the address of what a reference names, or nothing.
template <class Result> class slot {
public:
    template <class Function> void fill(Function &&function)
    {
        value_.emplace(from_call{}, function);
    }
    Result take() { return std::move(value_->result); }

private:
    struct from_call {};
    // The call initialises the member itself: no move is needed for that.
    struct holder {
        template <class Function>
        holder(from_call, Function &function)
            : result(std::forward<Function>(function)())
        {
        }
        Result result;
    };
    std::optional<holder> value_;
};

template <class Result> class slot<Result &> {
public:
    template <class Function> void fill(Function &&function)
    {
        value_ = std::addressof(std::forward<Function>(function)());
    }
    Result &take() { return *value_; }

private:
    Result *value_ = nullptr;
};

template <> class slot<void> {
public:
    template <class Function> void fill(Function &&function)
    {
        std::forward<Function>(function)();
    }
    void take() {}
};

template <class Function> struct protected_call {
    Function &&function;
    slot<std::invoke_result_t<Function>> result;

    static void run(void *argument)
    {
        auto *self = static_cast<protected_call *>(argument);
        self->result.fill(std::forward<Function>(self->function));
    }
};

// What an exception was, to be raised when it and its handler are gone.
// Nothing in it has a destructor.
struct raised {
    const ripcord_kind *kind = &exception_kind;
    bool was_panic = false;
    ripcord_panic panic{};
    // A byte more than a panic keeps, so that a cut is seen and marked.
    char message[RIPCORD_MESSAGE_SIZE + 1] = "";

    void set(const panic_error &error) noexcept
    {
        was_panic = true;
        panic = error.get();
    }
    void set(const ripcord_kind &of, const char *what) noexcept
    {
        kind = &of;
        (void)std::snprintf(message, sizeof message, "%s", what);
    }
    [[noreturn]] void raise(const char *file, int line,
                            const char *function) const
    {
        if (was_panic)
            ripcord__panic_again(file, line, function, &panic);
        ripcord__panic_as(file, line, function, kind, "%s", message);
    }
};

} // namespace detail

/// Calls function() and returns its result. If a panic leaves it, all calls
/// that were deferred inside it have run, and it is thrown as panic_error.
/// `function` stands for C code: frames of C++ inside it that a panic passes
/// must have nothing to destroy, and what it captures belongs to the caller.
/// An exception that it throws passes. In a thread that exits, the exit goes
/// on instead. The result may be an object that can only be moved, a
/// reference, or void.
template <class Function>
std::invoke_result_t<Function> call(Function &&function)
{
    detail::protected_call<Function> protect{
        std::forward<Function>(function), {}};
    ripcord_panic panic{};

    if (!ripcord_protect(protect.run, &protect, &panic))
        throw panic_error(panic);
    return protect.result.take();
}

/// Calls function() and returns its result, for functions that C calls. An
/// exception that leaves it is destroyed, and then raised as a panic: a
/// panic_error as the panic that it was, with its origin; std::bad_alloc with
/// the kind RIPCORD_OUT_OF_MEMORY; another std::exception with its what() and
/// the kind exception_kind; any other as "unknown exception". The caller's
/// frame must have nothing to destroy: let the call be all that the function
/// does. The exit and the cancellation of a thread pass, as do exceptions of
/// other languages. Where it stands is the place of the panic.
template <class Function>
std::invoke_result_t<Function> guard(
    Function &&function, const char *file = __builtin_FILE(),
    int line = __builtin_LINE(), const char *where = __builtin_FUNCTION())
{
    detail::raised raised;

    try {
        return std::forward<Function>(function)();
    } catch (const panic_error &error) {
        raised.set(error);
    } catch (const std::bad_alloc &error) {
        raised.set(RIPCORD_OUT_OF_MEMORY, error.what());
    } catch (const std::exception &error) {
        raised.set(exception_kind, error.what());
    } catch (...) {
        // What is no exception of C++ is a thread that is unwound.
        if (!std::current_exception())
            throw;
        raised.set(exception_kind, "unknown exception");
    }
    raised.raise(file, line, where);
}

} // namespace ripcord

#endif
