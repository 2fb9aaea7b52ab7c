/* SPDX-License-Identifier: MIT */
/*
 * checked.c - the panics of the checked operations.
 */
#include "internal.h"

/* Enough for 128 bits in decimal, a sign and the zero. */
#define DIGITS 48

/* printf has no conversion for these. Returns where the number starts. */
static const char *decimal(char digits[DIGITS], ripcord__wide number)
{
    char *first = digits + DIGITS - 1;
    ripcord__unsigned_wide rest = (ripcord__unsigned_wide)number;
    if (number < 0)
        rest = 0 - rest;
    *first = '\0';
    do
        *--first = (char)('0' + (int)(rest % 10));
    while (rest /= 10);
    if (number < 0)
        *--first = '-';
    return first;
}

void ripcord__index_signed_failed(long long index, size_t length,
                                  const char *file, int line,
                                  const char *function)
{
    if (index >= 0)
        ripcord__index_unsigned_failed((unsigned long long)index, length,
                                       file, line, function);
    ripcord__panic_as(file, line, function, &RIPCORD_INDEX_ERROR,
                      "runtime error: index out of range [%lld]", index);
}

void ripcord__index_unsigned_failed(unsigned long long index, size_t length,
                                    const char *file, int line,
                                    const char *function)
{
    ripcord__panic_as(file, line, function, &RIPCORD_INDEX_ERROR,
                      "runtime error: index out of range [%llu] with length "
                      "%zu", index, length);
}

void ripcord__divide_failed(const char *file, int line, const char *function)
{
    ripcord__panic_as(file, line, function, &RIPCORD_DIVIDE_ERROR,
                      "runtime error: integer divide by zero");
}

void ripcord__overflow_failed(const char *file, int line,
                              const char *function, const char *operation,
                              ripcord__wide a, ripcord__wide b)
{
    char left[DIGITS], right[DIGITS];
    ripcord__panic_as(file, line, function, &RIPCORD_OVERFLOW_ERROR,
                      "runtime error: integer overflow: %s %s %s",
                      decimal(left, a), operation, decimal(right, b));
}

void ripcord__narrow_failed(const char *file, int line, const char *function,
                            const char *type, ripcord__wide a)
{
    char digits[DIGITS];
    ripcord__panic_as(file, line, function, &RIPCORD_OVERFLOW_ERROR,
                      "runtime error: integer overflow: %s does not fit %s",
                      decimal(digits, a), type);
}

void ripcord__shift_failed(const char *file, int line, const char *function,
                           ripcord__wide amount, int width)
{
    char digits[DIGITS];
    if (amount < 0)
        ripcord__panic_as(file, line, function, &RIPCORD_SHIFT_ERROR,
                          "runtime error: negative shift amount");
    ripcord__panic_as(file, line, function, &RIPCORD_SHIFT_ERROR,
                      "runtime error: shift amount %s of a type with %d bits",
                      decimal(digits, amount), width);
}

void ripcord__null(const char *file, int line, const char *function)
{
    ripcord__panic_as(file, line, function, &RIPCORD_NULL_ERROR,
                      "runtime error: invalid memory address or nil pointer "
                      "dereference");
}
