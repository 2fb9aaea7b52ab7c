/* SPDX-License-Identifier: MIT */
/*
 * ripcord/integer.h - the integer operations of <ripcord/checked.h>, for
 * every integer type.
 *
 * Nothing here is meant to be used directly.
 */
#ifndef RIPCORD_INTEGER_H
#define RIPCORD_INTEGER_H

#include <ripcord/base.h>
#include <ripcord/context.h>

#ifdef __cplusplus
#define RIPCORD__AUTO auto
#else
#define RIPCORD__AUTO __auto_type
#endif

#define RIPCORD__UNIQUE RIPCORD__JOIN(ripcord__value, __COUNTER__)

/* Types that hold the operands of every operation, to print them. */
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 ripcord__wide;
__extension__ typedef unsigned __int128 ripcord__unsigned_wide;
#else
typedef long long ripcord__wide;
typedef unsigned long long ripcord__unsigned_wide;
#endif

#define RIPCORD__NO_INTEGER "this must be an integer"

RIPCORD__BEGIN

RIPCORD__COLD RIPCORD__NORETURN void ripcord__index_signed_failed(
    long long index, size_t length,
    const char *file, int line, const char *function);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__index_unsigned_failed(
    unsigned long long index, size_t length,
    const char *file, int line, const char *function);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__divide_failed(
    const char *file, int line, const char *function);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__overflow_failed(
    const char *file, int line, const char *function,
    const char *operation, ripcord__wide a, ripcord__wide b);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__narrow_failed(
    const char *file, int line, const char *function,
    const char *type, ripcord__wide a);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__shift_failed(
    const char *file, int line, const char *function,
    ripcord__wide amount, int width);

RIPCORD__INLINE size_t ripcord__index_signed(
    long long index, size_t length,
    const char *file, int line, const char *function)
{
    if (RIPCORD__RARELY(index < 0 || (unsigned long long)index >= length))
        ripcord__index_signed_failed(index, length, file, line, function);
    return RIPCORD__CAST(size_t, index);
}

RIPCORD__INLINE size_t ripcord__index_unsigned(
    unsigned long long index, size_t length,
    const char *file, int line, const char *function)
{
    if (RIPCORD__RARELY(index >= length))
        ripcord__index_unsigned_failed(index, length, file, line, function);
    return RIPCORD__CAST(size_t, index);
}

/* A negative length is that of nothing. */
RIPCORD__INLINE size_t ripcord__signed_length(long long length)
{
    return RIPCORD__CAST(size_t, length < 0 ? 0 : length);
}

RIPCORD__INLINE size_t ripcord__unsigned_length(unsigned long long length)
{
    return RIPCORD__CAST(size_t, length);
}

RIPCORD__END

#ifdef __cplusplus

template <class Element, size_t Length>
constexpr size_t ripcord__length(Element (&)[Length]) { return Length; }
#define RIPCORD__LENGTH(array) ripcord__length(array)

template <class Index>
inline __attribute__((always_inline)) size_t ripcord__index(
    Index index, size_t length, const char *file, int line,
    const char *function)
{
    static_assert(RIPCORD__IS_INTEGER(Index), RIPCORD__NO_INTEGER);
    static_assert(sizeof(Index) <= sizeof(long long),
                  "an index has at most 64 bits");
    if constexpr (static_cast<Index>(-1) > static_cast<Index>(1))
        return ripcord__index_unsigned(index, length, file, line, function);
    else
        return ripcord__index_signed(index, length, file, line, function);
}
#define RIPCORD__INDEX(index, length) \
    ripcord__index(+(index), length, __FILE__, __LINE__, __func__)

template <class Length>
inline __attribute__((always_inline)) size_t ripcord__any_length(
    Length length)
{
    static_assert(RIPCORD__IS_INTEGER(Length), RIPCORD__NO_INTEGER);
    if constexpr (static_cast<Length>(-1) > static_cast<Length>(1))
        return ripcord__unsigned_length(length);
    else
        return ripcord__signed_length(length);
}
#define RIPCORD__ANY_LENGTH(length) ripcord__any_length(+(length))

#else

#define RIPCORD__LENGTH(array)                                             \
    __extension__({                                                        \
        _Static_assert(                                                    \
            !RIPCORD__SAME_TYPE(array, __typeof__(&(array)[0])),           \
            "this is a pointer, not an array: use at_n with its length");  \
        _Static_assert(sizeof(array) < (size_t)-1,                         \
                       "the length of this array must be a constant");     \
        sizeof(array) / sizeof((array)[0]);                                \
    })

/* Every integer type, promoted; a floating type matches none. */
#define RIPCORD__INDEX(index, length)                                      \
    _Generic(+(index),                                                     \
             int: ripcord__index_signed,                                   \
             long: ripcord__index_signed,                                  \
             long long: ripcord__index_signed,                             \
             unsigned: ripcord__index_unsigned,                            \
             unsigned long: ripcord__index_unsigned,                       \
             unsigned long long: ripcord__index_unsigned)                  \
    (index, length, __FILE__, __LINE__, __func__)

#define RIPCORD__ANY_LENGTH(length)                                        \
    _Generic(+(length),                                                    \
             int: ripcord__signed_length,                                  \
             long: ripcord__signed_length,                                 \
             long long: ripcord__signed_length,                            \
             unsigned: ripcord__unsigned_length,                           \
             unsigned long: ripcord__unsigned_length,                      \
             unsigned long long: ripcord__unsigned_length)(length)

#endif

/* Whether a type is unsigned, and its largest and smallest value. */
#define RIPCORD__UNSIGNED(type) ((type)-1 > (type)1)
#define RIPCORD__WIDTH(type) ((int)sizeof(type) * __CHAR_BIT__)
#define RIPCORD__LARGEST(type)                                             \
    (RIPCORD__UNSIGNED(type)                                               \
         ? (type)-1                                                        \
         : (type)(~(ripcord__unsigned_wide)0 >>                            \
                  (RIPCORD__WIDTH(ripcord__wide) -                         \
                   RIPCORD__WIDTH(type) + 1)))
#define RIPCORD__SMALLEST(type) \
    (RIPCORD__UNSIGNED(type) ? (type)0 : (type)(-RIPCORD__LARGEST(type) - 1))

#define RIPCORD__OPERATION(name, overflows, operation, a, b)               \
    RIPCORD__OPERATION_(name, overflows, operation, #operation, a, b)
#define RIPCORD__OPERATION_(name, overflows, operation, text, a, b)        \
    __extension__({                                                        \
        RIPCORD__AUTO RIPCORD__JOIN(name, _a) = +(a);                      \
        RIPCORD__AUTO RIPCORD__JOIN(name, _b) = +(b);                      \
        __typeof__(RIPCORD__JOIN(name, _a) operation                       \
                   RIPCORD__JOIN(name, _b)) name;                          \
        if (RIPCORD__RARELY(overflows(RIPCORD__JOIN(name, _a),             \
                                      RIPCORD__JOIN(name, _b), &name)))    \
            ripcord__overflow_failed(                                      \
                __FILE__, __LINE__, __func__, text,                        \
                (ripcord__wide)RIPCORD__JOIN(name, _a),                    \
                (ripcord__wide)RIPCORD__JOIN(name, _b));                   \
        name;                                                              \
    })

/* Both operands are brought to the type of the result first, and must fit
   it; there only the smallest value divided by -1 overflows. */
#define RIPCORD__DIVISION(name, a, b)                                      \
    RIPCORD__DIVISION_(name, RIPCORD__JOIN(name, _a),                      \
                       RIPCORD__JOIN(name, _b), RIPCORD__JOIN(name, _x),   \
                       RIPCORD__JOIN(name, _y), a, b)
#define RIPCORD__DIVISION_(name, a_, b_, x_, y_, a, b)                     \
    __extension__({                                                        \
        RIPCORD__AUTO a_ = +(a);                                           \
        RIPCORD__AUTO b_ = +(b);                                           \
        __typeof__(a_ / b_) x_, y_, name;                                  \
        if (RIPCORD__RARELY(b_ == 0))                                      \
            ripcord__divide_failed(__FILE__, __LINE__, __func__);          \
        if (RIPCORD__RARELY(__builtin_add_overflow(a_, 0, &x_) ||          \
                            __builtin_add_overflow(b_, 0, &y_) ||          \
                            (!RIPCORD__UNSIGNED(__typeof__(name)) &&       \
                             y_ == (__typeof__(name))-1 &&                 \
                             __builtin_sub_overflow(0, x_, &name))))       \
            ripcord__overflow_failed(__FILE__, __LINE__, __func__, "/",    \
                                     (ripcord__wide)a_,                    \
                                     (ripcord__wide)b_);                   \
        name = x_ / y_;                                                    \
        name;                                                              \
    })

/* As a division, but that one overflow leaves a remainder of 0. */
#define RIPCORD__REMAINDER(name, a, b)                                     \
    RIPCORD__REMAINDER_(name, RIPCORD__JOIN(name, _a),                     \
                        RIPCORD__JOIN(name, _b), RIPCORD__JOIN(name, _x),  \
                        RIPCORD__JOIN(name, _y), a, b)
#define RIPCORD__REMAINDER_(name, a_, b_, x_, y_, a, b)                    \
    __extension__({                                                        \
        RIPCORD__AUTO a_ = +(a);                                           \
        RIPCORD__AUTO b_ = +(b);                                           \
        __typeof__(a_ % b_) x_, y_, name = 0;                              \
        if (RIPCORD__RARELY(b_ == 0))                                      \
            ripcord__divide_failed(__FILE__, __LINE__, __func__);          \
        if (RIPCORD__RARELY(__builtin_add_overflow(a_, 0, &x_) ||          \
                            __builtin_add_overflow(b_, 0, &y_)))           \
            ripcord__overflow_failed(__FILE__, __LINE__, __func__, "%",    \
                                     (ripcord__wide)a_,                    \
                                     (ripcord__wide)b_);                   \
        if (RIPCORD__UNSIGNED(__typeof__(name)) ||                         \
            y_ != (__typeof__(name))-1)                                    \
            name = x_ % y_;                                                \
        name;                                                              \
    })

#define RIPCORD__SHIFT_LEFT(name, a, n)                                    \
    RIPCORD__SHIFT_LEFT_(name, RIPCORD__JOIN(name, _n), a, n)
#define RIPCORD__SHIFT_LEFT_(name, n_, a, n)                               \
    __extension__({                                                        \
        RIPCORD__AUTO name = +(a);                                         \
        RIPCORD__ASSERT(RIPCORD__IS_INTEGER(__typeof__(+(n))),             \
                        RIPCORD__NO_INTEGER);                              \
        ripcord__wide n_ = (ripcord__wide)(n);                             \
        RIPCORD__SHIFT_CHECK(name, n_)                                     \
        if (RIPCORD__RARELY(                                               \
                name > RIPCORD__LARGEST(__typeof__(name)) >> (int)n_ ||    \
                name < RIPCORD__SMALLEST(__typeof__(name)) >> (int)n_))    \
            ripcord__overflow_failed(__FILE__, __LINE__, __func__, "<<",   \
                                     (ripcord__wide)name, n_);             \
        (__typeof__(name))((ripcord__unsigned_wide)name << (int)n_);       \
    })

#define RIPCORD__SHIFT_RIGHT(name, a, n)                                   \
    RIPCORD__SHIFT_RIGHT_(name, RIPCORD__JOIN(name, _n), a, n)
#define RIPCORD__SHIFT_RIGHT_(name, n_, a, n)                              \
    __extension__({                                                        \
        RIPCORD__AUTO name = +(a);                                         \
        RIPCORD__ASSERT(RIPCORD__IS_INTEGER(__typeof__(+(n))),             \
                        RIPCORD__NO_INTEGER);                              \
        ripcord__wide n_ = (ripcord__wide)(n);                             \
        RIPCORD__SHIFT_CHECK(name, n_)                                     \
        name >> (int)n_;                                                   \
    })

#define RIPCORD__SHIFT_CHECK(name, n_)                                     \
    if (RIPCORD__RARELY(n_ < 0 ||                                          \
                        n_ >= RIPCORD__WIDTH(__typeof__(name))))           \
        ripcord__shift_failed(__FILE__, __LINE__, __func__, n_,            \
                              RIPCORD__WIDTH(__typeof__(name)));

#define RIPCORD__NARROW(name, type, text, a)                               \
    RIPCORD__NARROW_(name, RIPCORD__JOIN(name, _a), type, text, a)
#define RIPCORD__NARROW_(name, a_, type, text, a)                          \
    __extension__({                                                        \
        RIPCORD__AUTO a_ = +(a);                                           \
        type name;                                                         \
        if (RIPCORD__RARELY(__builtin_add_overflow(a_, 0, &name)))         \
            ripcord__narrow_failed(__FILE__, __LINE__, __func__, text,     \
                                   (ripcord__wide)a_);                     \
        name;                                                              \
    })

#endif
