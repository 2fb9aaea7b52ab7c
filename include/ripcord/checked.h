/* SPDX-License-Identifier: MIT */
/*
 * ripcord/checked.h - operations that panic where C has undefined or silent
 * behaviour: Go's runtime errors, in Go's words where Go has them.
 *
 * All are macros that evaluate each argument once and take down the place.
 * The bare names (at, checked_add, must, ...) are in <ripcord/short.h>.
 */
#ifndef RIPCORD_CHECKED_H
#define RIPCORD_CHECKED_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <ripcord/base.h>
#include <ripcord/integer.h>
#include <ripcord/panic.h>

/*
 * RIPCORD_AT(array, index)
 *
 * The element array[index], which may be assigned to. `array` must be an
 * array whose length is a constant; a pointer does not compile. Any integer
 * type of up to 64 bits may index. Outside it panics with RIPCORD_INDEX_ERROR:
 * "runtime error: index out of range [5] with length 3".
 */
#define RIPCORD_AT(array, index) \
    ((array)[RIPCORD__INDEX(index, RIPCORD__LENGTH(array))])

/* The same of `length` elements behind a pointer; none if it is negative. */
#define RIPCORD_AT_N(pointer, index, length) \
    ((pointer)[RIPCORD__INDEX(index, RIPCORD__ANY_LENGTH(length))])

/*
 * RIPCORD_CHECKED_ADD(a, b), _SUB, _MUL, _DIV, _REM, _NEG(a)
 *
 * The exact result of the operation in the type that C gives to it (at
 * least int). If it does not fit that type they panic with
 * RIPCORD_OVERFLOW_ERROR: "runtime error: integer overflow: 2147483647 + 1".
 * A division by zero panics with RIPCORD_DIVIDE_ERROR: "runtime error:
 * integer divide by zero". Operands are integers of any type, of one
 * signedness or two; those of a division must fit that type themselves.
 */
#define RIPCORD_CHECKED_ADD(a, b) \
    RIPCORD__OPERATION(RIPCORD__UNIQUE, __builtin_add_overflow, +, a, b)
#define RIPCORD_CHECKED_SUB(a, b) \
    RIPCORD__OPERATION(RIPCORD__UNIQUE, __builtin_sub_overflow, -, a, b)
#define RIPCORD_CHECKED_MUL(a, b) \
    RIPCORD__OPERATION(RIPCORD__UNIQUE, __builtin_mul_overflow, *, a, b)
#define RIPCORD_CHECKED_DIV(a, b) \
    RIPCORD__DIVISION(RIPCORD__UNIQUE, a, b)
#define RIPCORD_CHECKED_REM(a, b) \
    RIPCORD__REMAINDER(RIPCORD__UNIQUE, a, b)
#define RIPCORD_CHECKED_NEG(a) \
    RIPCORD__OPERATION(RIPCORD__UNIQUE, __builtin_sub_overflow, -, 0, a)

/*
 * RIPCORD_CHECKED_SHL(a, n), RIPCORD_CHECKED_SHR(a, n)
 *
 * a * 2^n, which panics with RIPCORD_OVERFLOW_ERROR when it does not fit the
 * type of a (at least int); and a / 2^n rounded down. An amount that is
 * negative ("runtime error: negative shift amount", as Go) or not less than
 * the width of the type panics with RIPCORD_SHIFT_ERROR.
 */
#define RIPCORD_CHECKED_SHL(a, n) \
    RIPCORD__SHIFT_LEFT(RIPCORD__UNIQUE, a, n)
#define RIPCORD_CHECKED_SHR(a, n) \
    RIPCORD__SHIFT_RIGHT(RIPCORD__UNIQUE, a, n)

/*
 * RIPCORD_CHECKED_CAST(type, a)
 *
 * The value of the integer a in the integer type `type`, which is neither
 * bool nor an enumeration; panics with
 * RIPCORD_OVERFLOW_ERROR if it cannot represent it: "runtime error: integer
 * overflow: 300 does not fit unsigned char".
 */
#define RIPCORD_CHECKED_CAST(type, a) \
    RIPCORD__NARROW(RIPCORD__UNIQUE, type, #type, a)

/* The pointer; panics with RIPCORD_NULL_ERROR, in Go's words for a nil
   dereference, if it is NULL. */
#define RIPCORD_NOT_NULL(pointer) \
    RIPCORD__NOT_NULL(RIPCORD__UNIQUE, pointer)

/*
 * RIPCORD_MUST(pointer)
 * RIPCORD_MUST_ZERO(call)
 * RIPCORD_MUST_NOT_NEGATIVE(call)
 *
 * The value, when it is not NULL, is 0, or is not negative; otherwise they
 * panic with RIPCORD_SYSTEM_ERROR, errno, and the source text of the
 * argument: "fopen(path, "r"): No such file or directory". For
 * RIPCORD_MUST_ZERO a positive value is the error number itself, as the
 * pthread functions return it.
 */
#define RIPCORD_MUST(pointer) \
    RIPCORD__MUST(RIPCORD__UNIQUE, #pointer, pointer)
#define RIPCORD_MUST_ZERO(call) \
    RIPCORD__MUST_ZERO(RIPCORD__UNIQUE, #call, call)
#define RIPCORD_MUST_NOT_NEGATIVE(call) \
    RIPCORD__MUST_NOT_NEGATIVE(RIPCORD__UNIQUE, #call, call)

/*
 * The functions of the C library that these are named for, which panic
 * instead of returning NULL or -1: the first four with
 * RIPCORD_OUT_OF_MEMORY, the others with RIPCORD_SYSTEM_ERROR and the path.
 * What they return is the caller's, to be released as usual. A size of 0 is
 * taken as 1, so that every result is unique and not NULL; after a panic of
 * RIPCORD_MUST_REALLOC the old memory is untouched. RIPCORD_MUST_OPEN takes
 * a mode when the flags want one; it retries on EINTR and adds O_CLOEXEC.
 */
#define RIPCORD_MUST_MALLOC(size) \
    ripcord__malloc(__FILE__, __LINE__, __func__, size)
#define RIPCORD_MUST_CALLOC(count, size) \
    ripcord__calloc(__FILE__, __LINE__, __func__, count, size)
#define RIPCORD_MUST_REALLOC(pointer, size) \
    ripcord__realloc(__FILE__, __LINE__, __func__, pointer, size)
#define RIPCORD_MUST_STRDUP(string) \
    ripcord__strdup(__FILE__, __LINE__, __func__, string)
#define RIPCORD_MUST_FOPEN(path, mode) \
    ripcord__fopen(__FILE__, __LINE__, __func__, path, mode)
#define RIPCORD_MUST_OPEN(...) \
    ripcord__open(__FILE__, __LINE__, __func__, __VA_ARGS__)

/* ---- What the macros are made of. ---- */

RIPCORD__BEGIN

RIPCORD__COLD RIPCORD__NORETURN void ripcord__malloc_failed(
    const char *file, int line, const char *function, size_t size);
void *ripcord__calloc(const char *file, int line, const char *function,
                      size_t count, size_t size)
    __attribute__((malloc, alloc_size(4, 5), returns_nonnull));
void *ripcord__realloc(const char *file, int line, const char *function,
                       void *pointer, size_t size)
    __attribute__((alloc_size(5), returns_nonnull, warn_unused_result));
char *ripcord__strdup(const char *file, int line, const char *function,
                      const char *string)
    __attribute__((malloc, returns_nonnull));
FILE *ripcord__fopen(const char *file, int line, const char *function,
                     const char *path, const char *mode)
    __attribute__((returns_nonnull, warn_unused_result));
int ripcord__open(const char *file, int line, const char *function,
                  const char *path, int flags, ...);

RIPCORD__COLD RIPCORD__NORETURN void ripcord__null(
    const char *file, int line, const char *function);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__must_failed(
    const char *file, int line, const char *function, const char *call,
    int error);

/* A compiler must not see memory that nobody uses and leave malloc out: that
   it fails is to be seen. */
RIPCORD__INLINE void *ripcord__malloc(const char *file, int line,
                                      const char *function, size_t size)
{
    void *memory = malloc(size ? size : 1);
    __asm__ volatile("" : : "r"(memory));
    if (RIPCORD__RARELY(!memory))
        ripcord__malloc_failed(file, line, function, size);
    return memory;
}

RIPCORD__END

#define RIPCORD__NOT_NULL(name, pointer)                                   \
    __extension__({                                                        \
        RIPCORD__AUTO name = (pointer);                                    \
        RIPCORD__ASSERT(RIPCORD__IS_POINTER(name),                         \
                        "this must be a pointer");                         \
        if (RIPCORD__RARELY(!name))                                        \
            ripcord__null(__FILE__, __LINE__, __func__);                   \
        name;                                                              \
    })

#define RIPCORD__MUST(name, text, pointer)                                 \
    __extension__({                                                        \
        RIPCORD__AUTO name = (pointer);                                    \
        RIPCORD__ASSERT(RIPCORD__IS_POINTER(name),                         \
                        "this must be a pointer");                         \
        if (RIPCORD__RARELY(!name))                                        \
            ripcord__must_failed(__FILE__, __LINE__, __func__, text, -1);  \
        name;                                                              \
    })

#define RIPCORD__MUST_ZERO(name, text, call)                               \
    __extension__({                                                        \
        RIPCORD__AUTO name = +(call);                                      \
        if (RIPCORD__RARELY(name != 0))                                    \
            ripcord__must_failed(                                          \
                __FILE__, __LINE__, __func__, text,                        \
                name > 0 && name <= __INT_MAX__ ? (int)name : -1);         \
        name;                                                              \
    })

#define RIPCORD__MUST_NOT_NEGATIVE(name, text, call)                       \
    __extension__({                                                        \
        RIPCORD__AUTO name = (call);                                       \
        RIPCORD__ASSERT((__typeof__(name))-1 < (__typeof__(name))1,        \
                        "this is never negative: its type is unsigned");   \
        if (RIPCORD__RARELY(name < 0))                                     \
            ripcord__must_failed(__FILE__, __LINE__, __func__, text, -1);  \
        name;                                                              \
    })

#endif
