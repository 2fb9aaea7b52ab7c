/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNTIME "runtime error: "

/* Expects that an expression panics with a kind and a message. */
#define ck_panics(expression, expected_kind, expected)       \
    do {                                                     \
        volatile bool done = false;                          \
        attempt (done) {                                     \
            __typeof__(expression) value = (expression);     \
            /* Memory that nobody looks at may be left out. */ \
            __asm__ volatile("" : : "g"(&value) : "memory"); \
            done = true;                                     \
        } rescue (p) {                                       \
            ck_assert_str_eq(p->message, expected);          \
            ck_assert_ptr_eq(p->kind, &expected_kind);       \
            /* Compilers differ on which line of a call counts. */ \
            ck_assert_int_le(__LINE__ - p->line, 2);         \
            ck_assert(strstr(p->file, "test_checked.c"));    \
        }                                                    \
        ck_assert_msg(!done, "%s did not panic", #expression); \
    } while (0)

#define ck_overflows(expression, operands)                     \
    ck_panics(expression, RIPCORD_OVERFLOW_ERROR,              \
              RUNTIME "integer overflow: " operands)

START_TEST(at_gives_the_element_and_can_be_assigned_to)
{
    int array[3] = { 1, 2, 3 };
    int index = 0;
    at(array, 1) = 20;
    at(array, index++) += 9;
    ck_assert_int_eq(index, 1);
    ck_assert_int_eq(at(array, 0) + at(array, 1L) + at(array, 2ULL), 33);
    ck_assert_int_eq(at_n(&array[1], 1, 2), 3);
    ck_assert_ptr_eq(&at(array, 2), array + 2);
    ck_assert_int_eq(at("abc", (char)3), 0);
}
END_TEST

START_TEST(an_index_outside_panics_in_gos_words)
{
    int array[3] = { 0 };
    volatile int five = 5, minus = -5;
    volatile unsigned char byte = 255;
    volatile unsigned long long huge = ULLONG_MAX;
    ck_panics(at(array, five), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [5] with length 3");
    ck_panics(at(array, 3), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [3] with length 3");
    ck_panics(at(array, minus), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [-5]");
    ck_panics(at(array, byte), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [255] with length 3");
    ck_panics(at(array, huge), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [18446744073709551615] with "
              "length 3");
    ck_panics(at_n(array, five, (size_t)2), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [5] with length 2");
    ck_panics(at_n(array, 0, minus), RIPCORD_INDEX_ERROR,
              RUNTIME "index out of range [0] with length 0");
}
END_TEST

START_TEST(sums_differences_and_products_are_exact_or_panic)
{
    ck_assert_int_eq(checked_add(INT_MAX - 1, 1), INT_MAX);
    ck_assert_int_eq(checked_sub(INT_MIN + 1, 1), INT_MIN);
    ck_assert_int_eq(checked_mul(46341, -46340), -2147441940);
    ck_overflows(checked_add(INT_MAX, 1), "2147483647 + 1");
    ck_overflows(checked_sub(INT_MIN, 1), "-2147483648 - 1");
    ck_overflows(checked_mul(65536, 65536), "65536 * 65536");
    ck_overflows(checked_sub(0U, 1U), "0 - 1");
    ck_overflows(checked_add(UINT64_MAX, 1), "18446744073709551615 + 1");
    ck_overflows(checked_mul(INT64_MIN, -1), "-9223372036854775808 * -1");
    ck_overflows(checked_add(UINT_MAX, 1U), "4294967295 + 1");
    ck_assert_int_eq(checked_add(checked_mul(2, 3), checked_sub(9, 5)), 10);
}
END_TEST

START_TEST(small_and_mixed_types_are_as_wide_as_in_c)
{
    signed char small = 127;
    unsigned char byte = 255;
    short word = SHRT_MAX;
    bool yes = true;
    ck_assert_int_eq(checked_add(small, small), 254);
    ck_assert_int_eq(checked_mul(byte, byte), 65025);
    ck_assert_int_eq(checked_add(word, yes), SHRT_MAX + 1);
    ck_assert_uint_eq(checked_add(-1, 2U), 1);
    ck_overflows(checked_add(-2, 1U), "-2 + 1");
    ck_assert_int_eq(checked_add(UINT_MAX, 1L), 4294967296L);
#ifdef __SIZEOF_INT128__
    __extension__ __int128 big = (__extension__(__int128)1) << 126;
    ck_assert(checked_add(big, big - 1) > big);
    ck_overflows(checked_add(big, big),
                 "85070591730234615865843651857942052864 + "
                 "85070591730234615865843651857942052864");
#endif
}
END_TEST

START_TEST(operands_are_evaluated_once)
{
    int a = 1, b = 2;
    ck_assert_int_eq(checked_add(a++, b++), 3);
    ck_assert_int_eq(checked_div(b++, a++), 1);
    ck_assert_int_eq(checked_shl(a++, b++), 48);
    ck_assert_int_eq(checked_cast(char, a++), 4);
    ck_assert_int_eq(checked_neg(b++), -5);
    ck_assert_int_eq(a, 5);
    ck_assert_int_eq(b, 6);
}
END_TEST

START_TEST(division_panics_on_zero_and_on_the_one_overflow)
{
    volatile int zero = 0, minus = -1;
    ck_assert_int_eq(checked_div(-7, 2), -3);
    ck_assert_int_eq(checked_rem(-7, 2), -1);
    ck_assert_uint_eq(checked_div(7U, 2), 3);
    ck_assert_uint_eq(checked_div(UINT_MAX, UINT_MAX), 1);
    ck_assert_uint_eq(checked_rem(5U, UINT_MAX), 5);
    ck_panics(checked_div(1, zero), RIPCORD_DIVIDE_ERROR,
              RUNTIME "integer divide by zero");
    ck_panics(checked_rem(1L, zero), RIPCORD_DIVIDE_ERROR,
              RUNTIME "integer divide by zero");
    ck_overflows(checked_div(INT_MIN, minus), "-2147483648 / -1");
    ck_assert_int_eq(checked_rem(LONG_MIN, minus), 0);
    ck_assert_int_eq(checked_rem(7, minus), 0);
    ck_overflows(checked_rem(-1, 2U), "-1 % 2");
    ck_overflows(checked_div(-1, 2U), "-1 / 2");
    ck_assert_int_eq(checked_div(-4, minus), 4);
}
END_TEST

START_TEST(negation_panics_for_the_smallest_value)
{
    ck_assert_int_eq(checked_neg(5), -5);
    ck_assert_int_eq(checked_neg(INT_MAX), -INT_MAX);
    ck_assert_uint_eq(checked_neg(0U), 0);
    ck_overflows(checked_neg(INT_MIN), "0 - -2147483648");
    ck_overflows(checked_neg(1U), "0 - 1");
}
END_TEST

START_TEST(shifts_panic_when_bits_are_lost_or_the_amount_is_wrong)
{
    volatile int minus = -1;
    ck_assert_int_eq(checked_shl(1, 30), 1 << 30);
    ck_assert_int_eq(checked_shl(-1, 31), INT_MIN);
    ck_assert_int_eq(checked_shl(0, 31), 0);
    ck_assert_uint_eq(checked_shl(1U, 31), 1U << 31);
    ck_assert_uint_eq(checked_shl((uint64_t)1, 63), (uint64_t)1 << 63);
    ck_assert_int_eq(checked_shr(-8, 1), -4);
    ck_assert_uint_eq(checked_shr(UINT_MAX, 31), 1);
    ck_overflows(checked_shl(1, 31), "1 << 31");
    ck_overflows(checked_shl(-2, 31), "-2 << 31");
    ck_overflows(checked_shl(3U, 31), "3 << 31");
    ck_panics(checked_shl(1, minus), RIPCORD_SHIFT_ERROR,
              RUNTIME "negative shift amount");
    ck_panics(checked_shr(1, minus), RIPCORD_SHIFT_ERROR,
              RUNTIME "negative shift amount");
    ck_panics(checked_shl(0, 32), RIPCORD_SHIFT_ERROR,
              RUNTIME "shift amount 32 of a type with 32 bits");
    ck_panics(checked_shr(1L, 64U), RIPCORD_SHIFT_ERROR,
              RUNTIME "shift amount 64 of a type with 64 bits");
}
END_TEST

START_TEST(narrowing_keeps_the_value_or_panics)
{
    volatile int three_hundred = 300;
    ck_assert_int_eq(checked_cast(signed char, -128), -128);
    ck_assert_uint_eq(checked_cast(uint64_t, INT_MAX), INT_MAX);
    ck_overflows(checked_cast(unsigned char, three_hundred),
                 "300 does not fit unsigned char");
    ck_overflows(checked_cast(size_t, -1), "-1 does not fit size_t");
    ck_overflows(checked_cast(int, UINT_MAX), "4294967295 does not fit int");
    ck_overflows(checked_cast(int64_t, UINT64_MAX),
                 "18446744073709551615 does not fit int64_t");
}
END_TEST

START_TEST(not_null_gives_the_pointer)
{
    int thing = 3;
    int *volatile none = NULL;
    ck_assert_int_eq(*not_null(&thing), 3);
    ck_panics(not_null(none), RIPCORD_NULL_ERROR,
              RUNTIME "invalid memory address or nil pointer dereference");
    attempt () {
        (void)not_null(none);
    } rescue (p) {
        ck_assert(panic_is(p, &RIPCORD_RUNTIME_ERROR));
    }
}
END_TEST

START_TEST(must_gives_the_value_or_panics_with_errno)
{
    volatile int minus = -1;
    ck_assert_int_eq(must_not_negative(5), 5);
    ck_assert_int_eq(must_zero(0), 0);
    ck_assert_str_eq(must(getenv("PATH")), getenv("PATH"));
    ck_panics(must(fopen("/nonexistent", "r")), RIPCORD_SYSTEM_ERROR,
              "fopen(\"/nonexistent\", \"r\"): No such file or directory");
    ck_panics(must_not_negative(open("/nonexistent", O_RDONLY)),
              RIPCORD_SYSTEM_ERROR,
              "open(\"/nonexistent\", O_RDONLY): No such file or directory");
    ck_panics(must_zero(close(minus)), RIPCORD_SYSTEM_ERROR,
              "close(minus): Bad file descriptor");
    errno = EIO;
    ck_panics(must_zero(1LL << 32), RIPCORD_SYSTEM_ERROR,
              "1LL << 32: Input/output error");
}
END_TEST

START_TEST(must_zero_takes_a_positive_value_as_the_error_number)
{
    pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &attributes);
    must_zero(pthread_mutex_lock(&mutex));
    errno = 0;
    attempt () {
        must_zero(pthread_mutex_lock(&mutex));
    } rescue (p) {
        ck_assert_int_eq(p->error, EDEADLK);
        ck_assert_str_eq(p->message, "pthread_mutex_lock(&mutex): Resource "
                                     "deadlock avoided");
    }
    must_zero(pthread_mutex_unlock(&mutex));
}
END_TEST

START_TEST(memory_that_cannot_be_had_is_a_panic)
{
    volatile size_t huge = SIZE_MAX / 2;
    char *kept = must_strdup("kept");
    ck_panics(must_malloc(huge), RIPCORD_OUT_OF_MEMORY,
              "malloc of 9223372036854775807 bytes: Cannot allocate memory");
    ck_panics(must_calloc(huge, 4), RIPCORD_OUT_OF_MEMORY,
              "calloc of 9223372036854775807 * 4 bytes: Cannot allocate "
              "memory");
    ck_panics(must_realloc(kept, huge), RIPCORD_OUT_OF_MEMORY,
              "realloc of 9223372036854775807 bytes: Cannot allocate "
              "memory");
    ck_assert_str_eq(kept, "kept");
    attempt () {
        (void)must_malloc(huge);
    } rescue (p) {
        ck_assert(panic_is(p, &RIPCORD_SYSTEM_ERROR));
        ck_assert_int_eq(p->error, ENOMEM);
    }
    free(kept);
}
END_TEST

START_TEST(memory_of_no_bytes_is_unique)
{
    void *a = must_malloc(0), *b = must_calloc(0, 8), *c = must_calloc(1, 0);
    a = must_realloc(a, 0);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_ne(b, c);
    free(a);
    free(b);
    free(c);
}
END_TEST

START_TEST(files_that_cannot_be_opened_are_panics)
{
    char path[] = "/tmp/ripcord-test-XXXXXX";
    int made = must_not_negative(mkstemp(path));
    FILE *file = must_fopen(path, "r");
    int descriptor = must_open(path, O_RDONLY);
    ck_assert_int_ne(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(close(descriptor), 0);
    ck_assert_int_eq(close(made), 0);
    ck_assert_int_eq(unlink(path), 0);
    descriptor = must_open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ck_assert_int_eq(close(descriptor), 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_panics(must_fopen("/nonexistent", "r"), RIPCORD_SYSTEM_ERROR,
              "open /nonexistent: No such file or directory");
    ck_panics(must_open("/nonexistent", O_RDONLY), RIPCORD_SYSTEM_ERROR,
              "open /nonexistent: No such file or directory");
}
END_TEST

START_TEST(a_long_path_is_cut_but_not_the_reason)
{
    char path[400];
    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    attempt () {
        (void)fclose(must_fopen(path, "r"));
    } rescue (p) {
        ck_assert_uint_eq(strlen(p->message), RIPCORD_MESSAGE_SIZE - 1);
        ck_assert_ptr_nonnull(strstr(p->message, "xx...: File name too"));
        ck_assert_ptr_eq(strstr(p->message, "open /xx"), p->message);
    }
    attempt () {
        errno = ENOENT;
        panic_errno("%s", path);
    } rescue (p) {
        ck_assert_ptr_nonnull(
            strstr(p->message, "xx...: No such file or directory"));
    }
}
END_TEST

RUN_SUITE("checked",
          at_gives_the_element_and_can_be_assigned_to,
          an_index_outside_panics_in_gos_words,
          sums_differences_and_products_are_exact_or_panic,
          small_and_mixed_types_are_as_wide_as_in_c,
          operands_are_evaluated_once,
          division_panics_on_zero_and_on_the_one_overflow,
          negation_panics_for_the_smallest_value,
          shifts_panic_when_bits_are_lost_or_the_amount_is_wrong,
          narrowing_keeps_the_value_or_panics,
          not_null_gives_the_pointer,
          must_gives_the_value_or_panics_with_errno,
          must_zero_takes_a_positive_value_as_the_error_number,
          memory_that_cannot_be_had_is_a_panic,
          memory_of_no_bytes_is_unique,
          files_that_cannot_be_opened_are_panics,
          a_long_path_is_cut_but_not_the_reason)
