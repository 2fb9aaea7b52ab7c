/* SPDX-License-Identifier: MIT */
/*
 * ripcord/panic.h - raising panics, and what they carry.
 *
 * A panic runs the deferred calls of its thread, newest first, on top of the
 * stack that raised it, until one of them recovers it or an `attempt` takes
 * it. If none does, it is reported and the process ends.
 *
 * The bare names (panic, panic_as, ...) are in <ripcord/short.h>.
 */
#ifndef RIPCORD_PANIC_H
#define RIPCORD_PANIC_H

#include <stdarg.h>
#include <stdint.h>

#include <ripcord/arity.h>
#include <ripcord/base.h>

RIPCORD__BEGIN

/*
 * A kind of panic: a static object, told from others by its address. Define
 * your own with RIPCORD_KIND; `parent` is the more general kind, or NULL.
 */
typedef struct ripcord_kind {
    const char *name;
    const struct ripcord_kind *parent;
} ripcord_kind;

/* An initialiser: const ripcord_kind NO_STOCK = RIPCORD_KIND("no stock",
   NULL); name and parent must live as long as any panic of the kind. */
#define RIPCORD_KIND(name, parent) { name, parent }

/* The kind of a plain panic("..."). */
extern const ripcord_kind RIPCORD_PLAIN;
/* A call of the system or the C library failed; `error` says why. */
extern const ripcord_kind RIPCORD_SYSTEM_ERROR;
extern const ripcord_kind RIPCORD_OUT_OF_MEMORY;    /* a system error */
/* What Go calls runtime errors, see <ripcord/checked.h>. */
extern const ripcord_kind RIPCORD_RUNTIME_ERROR;
extern const ripcord_kind RIPCORD_NULL_ERROR;       /* a runtime error */
extern const ripcord_kind RIPCORD_INDEX_ERROR;      /* a runtime error */
extern const ripcord_kind RIPCORD_DIVIDE_ERROR;     /* a runtime error */
extern const ripcord_kind RIPCORD_OVERFLOW_ERROR;   /* a runtime error */
extern const ripcord_kind RIPCORD_SHIFT_ERROR;      /* a runtime error */
/* Signals, see <ripcord/fault.h>. */
extern const ripcord_kind RIPCORD_ADDRESS_ERROR;    /* a runtime error */
extern const ripcord_kind RIPCORD_BUS_ERROR;        /* an address error */
extern const ripcord_kind RIPCORD_FLOAT_ERROR;      /* a runtime error */
extern const ripcord_kind RIPCORD_INSTRUCTION_ERROR; /* a runtime error */
extern const ripcord_kind RIPCORD_STACK_OVERFLOW;   /* a runtime error */
extern const ripcord_kind RIPCORD_INTERRUPT;        /* `code`: the signal */

/* Sizes in bytes, the terminating zero included. A longer message is cut
   between two characters of UTF-8 and ends in "...". */
#define RIPCORD_MESSAGE_SIZE 256
#define RIPCORD_REPLACED_SIZE 128

/*
 * What is kept of the panic that another one superseded. A panic that was
 * raised while no other one ran has `kind` NULL and `count` 0.
 */
typedef struct ripcord_replaced {
    const ripcord_kind *kind;
    const char *file;
    const char *function;
    int line;
    unsigned count;         /* how many were running: this one and older */
    char message[RIPCORD_REPLACED_SIZE];
} ripcord_replaced;

/*
 * The signal that a panic was made of, see <ripcord/fault.h>. In an ordinary
 * panic `signal` is 0 and the rest is undefined.
 */
typedef struct ripcord_fault {
    int signal;             /* SIGSEGV, ... */
    int code;               /* its si_code */
    bool has_address;       /* whether the processor told the address */
    uintptr_t address;      /* that could not be used; 0 if not known */
    uintptr_t pc;           /* of the instruction; 0 if not known */
} ripcord_fault;

/* What runs the deferred calls of a thread: a panic, which contains one of
   these, or the exit of the thread. The library's own. */
struct ripcord__running {
    struct ripcord__running *older;     /* the next older one */
    struct ripcord__crash *crash;       /* the signal handler's, or NULL */
    const char *frame;                  /* of the function that raised it */
    unsigned state;                     /* of enum ripcord__state */
    unsigned depth;                     /* how many panics: this and older */
    int error;                          /* errno when it was raised */
    int cancellation;                   /* state to restore */
    unsigned repeats;                   /* how it repeats another one */
    bool in_recoverer;                  /* runs a call that may recover */
};

/* The exit of a thread, with what it was given and where. */
struct ripcord__exit {
    struct ripcord__running running;
    bool of_process;                    /* and of all of it */
    int status;                         /* that the process exits with */
    void *result;                       /* that the thread exits with */
    const char *file;
    const char *function;
    int line;
};

/*
 * A panic. It may be copied; a copy stays valid, as far as what `value`
 * points to does. The strings it points to are static. One that is handed to
 * a recoverer is valid until the recoverer returns; one that a rescue block
 * has, until the block ends.
 */
typedef struct ripcord_panic {
    const ripcord_kind *kind;   /* never NULL */
    const char *file;           /* where it was raised first */
    const char *function;
    int line;
    int code;                   /* of panic_code, otherwise 0 */
    int error;                  /* errno of a system error, otherwise 0 */
    void *value;                /* of panic_value, otherwise NULL */
    ripcord_fault fault;        /* of a signal, otherwise `signal` is 0 */
    struct ripcord__running ripcord__own;
    ripcord_replaced replaced;
    char message[RIPCORD_MESSAGE_SIZE];
} ripcord_panic;

/*
 * RIPCORD_PANIC(format, ...)
 *
 * Panics with a message, formatted as by printf (without conversions it is
 * copied as it is), and the kind RIPCORD_PLAIN. A NULL format gives the
 * runtime error that panic(nil) is in Go. Does not return, and does not
 * allocate. File, line and function are taken down. errno is kept: where the
 * panic lands it is what it was here, or at the oldest of several panics that
 * end there. The calling thread cannot be cancelled while deferred calls run.
 * Not for asynchronous signal handlers.
 */
#define RIPCORD_PANIC(...)                                           \
    RIPCORD__JOIN(RIPCORD__PANIC_, RIPCORD__MORE(__VA_ARGS__))       \
    (__VA_ARGS__)

/* As RIPCORD_PANIC, with `kind`, a const ripcord_kind *. */
#define RIPCORD_PANIC_AS(kind, ...) \
    ripcord__panic_as(__FILE__, __LINE__, __func__, kind, __VA_ARGS__)

/* As RIPCORD_PANIC_AS, with `code`, an int of the caller's choice. */
#define RIPCORD_PANIC_CODE(kind, code, ...) \
    ripcord__panic_code(__FILE__, __LINE__, __func__, kind, code, __VA_ARGS__)

/* As RIPCORD_PANIC_AS, with `pointer`. What it points to stays the caller's:
   it must outlive the frames that the panic leaves. */
#define RIPCORD_PANIC_VALUE(kind, pointer, ...)                      \
    ripcord__panic_value(__FILE__, __LINE__, __func__, kind, pointer, \
                         __VA_ARGS__)

/* Panics with the message, ": " and the description of errno; its kind is
   RIPCORD_SYSTEM_ERROR and `error` is errno. */
#define RIPCORD_PANIC_ERRNO(...) \
    ripcord__panic_errno(__FILE__, __LINE__, __func__, __VA_ARGS__)

/*
 * RIPCORD_PANIC_AGAIN(panic)
 *
 * Raises `panic` once more, with everything it carried and the place where
 * it was raised first. `panic` is one that a recoverer was given, one of a
 * rescue block, or a copy of such a one; a dead one ends the process with a
 * message. Does not return.
 */
#define RIPCORD_PANIC_AGAIN(panic) \
    ripcord__panic_again(__FILE__, __LINE__, __func__, panic)

/*
 * Whether the panic's kind is `kind` or descends from it. False when either
 * is NULL.
 */
bool ripcord_panic_is(const ripcord_panic *panic, const ripcord_kind *kind);

/*
 * For functions that wrap these macros: panics at the given place with
 * `kind` (NULL: plain) and a message formatted as by vprintf. The strings
 * `file` and `function` must be static.
 */
RIPCORD__COLD RIPCORD__NORETURN void ripcord_vpanic(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, const char *format, va_list arguments)
    RIPCORD__PRINTF(5, 0);

/* What ends the process when nobody recovers: see ripcord_set_uncaught. */
typedef enum ripcord_uncaught {
    RIPCORD_UNCAUGHT_ABORT,     /* abort(): SIGABRT, a core dump */
    RIPCORD_UNCAUGHT_EXIT       /* _exit(2): the status of a Go program */
} ripcord_uncaught;

/*
 * Selects how a process with an uncaught panic ends, and returns the former
 * choice. Unless it is called the environment decides: RIPCORD_UNCAUGHT is
 * "abort" (as when it is not set) or "exit"; a program that runs with
 * privileges of its own (AT_SECURE) ignores it. Neither way flushes stdio.
 * Any thread may call it at any time.
 */
ripcord_uncaught ripcord_set_uncaught(ripcord_uncaught policy);

/*
 * Sets what is called after an uncaught panic was reported and before the
 * process ends, on the thread that panicked, and returns what was set
 * before; NULL (the default) calls nothing. `panic` is valid during the
 * call. The hook may end the process itself; a panic that leaves it is
 * reported and ends the process too. Any thread may call it at any time;
 * async-signal-safe.
 */
typedef void ripcord_uncaught_hook(const ripcord_panic *panic);
ripcord_uncaught_hook *ripcord_set_uncaught_hook(ripcord_uncaught_hook *hook);

/* ---- What the macros are made of. ---- */

/* What a panic or an exit is at the moment. */
enum ripcord__state {
    RIPCORD__RUNNING = 0x72635001,  /* deferred calls run for the panic */
    RIPCORD__RECOVERED,             /* the same, and it will land */
    RIPCORD__CAUGHT,                /* a copy, of one that has landed */
    RIPCORD__EXITING,               /* deferred calls run for the exit */
    RIPCORD__SUSPENDED,             /* an exit while a rescue block runs */
    RIPCORD__DEAD                   /* dropped */
};

RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic(
    const char *file, int line, const char *function,
    const char *format, ...) RIPCORD__PRINTF(4, 5);
/* A message of `length` bytes, to be taken as it is. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_text(
    const char *file, int line, const char *function, const char *text,
    size_t length);
/* A format without arguments, which may still have conversions in it. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_format(
    const char *file, int line, const char *function, const char *format);

/* A literal without conversions is known when it is compiled, and copying it
   is all that is left to do. */
RIPCORD__INLINE RIPCORD__NORETURN
void ripcord__panic_one(const char *file, int line, const char *function,
                        const char *format)
{
    if (format && __builtin_constant_p(*format) &&
        !__builtin_strchr(format, '%'))
        ripcord__panic_text(file, line, function, format,
                            __builtin_strlen(format));
    ripcord__panic_format(file, line, function, format);
}

/* The call that is not made has the compiler check the format. */
#define RIPCORD__PANIC_ONE(format)                                        \
    (0 ? ripcord__panic(__FILE__, __LINE__, __func__, format)             \
       : ripcord__panic_one(__FILE__, __LINE__, __func__, format))
#define RIPCORD__PANIC_MORE(...) \
    ripcord__panic(__FILE__, __LINE__, __func__, __VA_ARGS__)
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_as(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, const char *format, ...) RIPCORD__PRINTF(5, 6);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_code(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, int code, const char *format, ...)
    RIPCORD__PRINTF(6, 7);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_value(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, void *value, const char *format, ...)
    RIPCORD__PRINTF(6, 7);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_errno(
    const char *file, int line, const char *function,
    const char *format, ...) RIPCORD__PRINTF(4, 5);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__panic_again(
    const char *file, int line, const char *function,
    const ripcord_panic *panic);

RIPCORD__END

#endif
