/* SPDX-License-Identifier: MIT */
/* The checked operations with every integer type, nested too. */
#include <ripcord/short.h>

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "trace.h"

/* What an expression says when it panics; its value otherwise. */
#define TRY(expression)                             \
    do {                                            \
        attempt () {                                \
            trace_number((long long)(expression));  \
        } rescue (panicked) {                       \
            trace(panicked->message);               \
        }                                           \
    } while (0)

#define OVERFLOWS "runtime error: integer overflow: "

static void small_types(unsigned char uc, signed char sc, char c, bool b,
                        unsigned short us, short s)
{
    TRY(checked_add(uc, uc));
    TRY(checked_sub(sc, us));
    TRY(checked_mul(s, c));
    TRY(checked_add(b, b));
    TRY(checked_neg(b));
    TRY(checked_div(us, sc));
    TRY(checked_rem(c, s));
    TRY(checked_shl(uc, 3));
    TRY(checked_shr(s, b));
    expect("small types", "510 -65540 -195 2 -1 -13107 2 2040 -2");
}

static void large_types(int i, unsigned u, long l, unsigned long ul,
                        long long ll, unsigned long long ull, size_t size)
{
    TRY(checked_add(i, 1));
    TRY(checked_sub(u, 1u));
    TRY(checked_mul(l, 2L));
    TRY(checked_mul(ul, size));
    TRY(checked_neg(ll));
    TRY(checked_sub(ull, 1));
    TRY(checked_add(u, i));
    TRY(checked_div(l, ll));
    TRY(checked_rem(ull, size));
    TRY(checked_div(i, i - i));
    TRY(checked_shl(l, 63));
    TRY(checked_shr(ul, 1u));
    TRY(checked_shl(size, -1));
    expect("large types",
           OVERFLOWS "2147483647 + 1 " OVERFLOWS "0 - 1 6 14 -5 "
           OVERFLOWS "0 - 1 2147483647 0 0 "
           "runtime error: integer divide by zero "
           OVERFLOWS "3 << 63 3 runtime error: negative shift amount");
}

#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

static void wide_types(int shift)
{
    volatile wide w = (wide)1 << shift;
    volatile unsigned_wide u = (unsigned_wide)1 << shift;
    TRY(checked_add(w, w) >> shift);
    TRY(checked_mul(u, 2u) >> shift);
    TRY(checked_div(w, 4) >> 61);
    TRY(checked_sub(u, 1) >> 62);
    TRY(checked_mul(w, w));
    TRY(checked_cast(int, w));
    expect("wide types", "2 2 2 3 " OVERFLOWS "18446744073709551616 * "
                         "18446744073709551616 " OVERFLOWS
                         "18446744073709551616 does not fit int");
}
#else
static void wide_types(int shift)
{
    (void)shift;
}
#endif

static void casts(long long n, unsigned long long u)
{
    TRY(checked_cast(int, n));
    TRY(checked_cast(unsigned char, n));
    TRY(checked_cast(signed char, u));
    TRY(checked_cast(uint64_t, u));
    TRY(checked_cast(size_t, n));
    expect("casts", "300 " OVERFLOWS "300 does not fit unsigned char "
                    OVERFLOWS "200 does not fit signed char 200 300");
}

static void nested(int a, int b)
{
    TRY(checked_add(checked_mul(a, b), checked_sub(checked_neg(a), b)));
    TRY(checked_add(checked_add(checked_add(a, b), checked_add(a, b)),
                    checked_add(a, INT_MAX)));
    volatile int once = 0;
    TRY(checked_add(once++, 1));
    trace_number(once);
    expect("nested", "-1 " OVERFLOWS "1 + 2147483647 1 1");
}

enum which { FIRST, SECOND };

static void indices(const int *pointer, size_t length, unsigned char uc,
                    enum which e)
{
    int array[3] = { 10, 11, 12 };
    long matrix[2][2] = { { 1, 2 }, { 3, 4 } };
    at(array, 2) = 20;
    at(array, 0)++;
    TRY(at(array, 0) + at(array, 2u));
    TRY(at(at(matrix, 1), e));
    TRY(at(array, length));
    TRY(at(array, -1));
    TRY(at_n(pointer, uc, length));
    TRY(at_n(pointer, 1LL, length));
    TRY(at("text", 5uL));
    expect("indices",
           "31 4 runtime error: index out of range [3] with length 3 "
           "runtime error: index out of range [-1] "
           "runtime error: index out of range [255] with length 3 2 "
           "runtime error: index out of range [5] with length 5");
}

static void pointers(int *good, const char *none)
{
    TRY(*not_null(good));
    TRY(strlen(not_null(none)));
    TRY(*must(good));
    TRY(must_zero(*good));
    TRY(must_not_negative(*good));
    expect("pointers", "0 runtime error: invalid memory address or nil "
                       "pointer dereference 0 0 0");
}

static void calls(void)
{
    int *numbers = (int *)must_malloc(sizeof *numbers);
    int *more = (int *)must_realloc(numbers, 2 * sizeof *numbers);
    defer(free, more);
    char *zeros = (char *)must_calloc(2, 3);
    defer(free, zeros);
    char *copy = must_strdup("copy");
    defer(free, copy);
    FILE *file = must_fopen("/dev/null", "r");
    defer(fclose, file);
    int descriptor = must_open("/dev/null", O_RDONLY);
    defer(close, descriptor);
    attempt () {
        FILE *missing = must_fopen("/nowhere/at/all", "r");
        (void)fclose(missing);
    } rescue (p) {
        trace(p->message);
    }
    TRY(must_open("/nowhere/at/all", O_RDWR | O_CREAT, 0600));
    TRY(must_zero(close(-1)));
    trace(copy);
    trace_number(zeros[5]);
    expect("calls", "open /nowhere/at/all: No such file or directory "
                    "open /nowhere/at/all: No such file or directory "
                    "close(-1): Bad file descriptor copy 0");
}

int main(void)
{
    static const int numbers[] = { 1, 2, 3 };
    int zero = 0;
    small_types(255, -5, 'A', true, 65535, -3);
    large_types(INT_MAX, 0, 3, 7, 5, 0, 2);
    wide_types(64);
    casts(300, 200);
    nested(1, 0);
    indices(numbers, 3, 255, SECOND);
    pointers(&zero, NULL);
    calls();
    return finish();
}
