/* SPDX-License-Identifier: MIT */
/*
 * 09-hot-loop.c - where to put a landing when a loop must be fast.
 *
 * A panic comes back to a landing by longjmp. What a variable of the same
 * function holds then is not defined if it was changed after the landing was
 * entered, unless it is volatile: its newest value may have been in a
 * register that is gone. A volatile variable is read from memory and written
 * to memory at each use, which a hot loop would feel.
 *
 * So the loop goes into a function of its own, without a landing. Its locals
 * are ordinary ones, in registers, and its bounds and overflow checks cost a
 * comparison each. The caller has the landing, enters it once, and has few
 * volatile variables: its results.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include <ripcord/short.h>

/* The hot part. Nothing here is volatile. */
static int sum_hot(const int *numbers, size_t length)
{
    int sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = checked_add(sum, numbers[i]);
    return sum;
}

/* The cold part: one landing for the whole loop, none in it. */
static bool sum(const int *numbers, size_t length, int *out)
{
    volatile bool done = false;
    attempt (done) {
        *out = sum_hot(numbers, length);
        done = true;
    } rescue (p) {
        printf("%s\n", p->message);
    }
    return done;
}

/* If the caller must know how far a loop came, the loop says so through a
   pointer when it panics, not in each round. */
static const ripcord_kind NOT_SORTED = RIPCORD_KIND("not sorted", NULL);

static void check_hot(const int *numbers, size_t length)
{
    for (size_t i = 1; i < length; i++)
        if (numbers[i - 1] > numbers[i])
            panic_code(&NOT_SORTED, checked_cast(int, i), "not sorted");
}

static int sorted_up_to(const int *numbers, size_t length)
{
    volatile int sorted = checked_cast(int, length);
    attempt (sorted) {
        check_hot(numbers, length);
    } rescue (p) {
        sorted = p->code;
    }
    return sorted;
}

int main(void)
{
    static int numbers[1000];
    const size_t length = sizeof numbers / sizeof numbers[0];
    for (size_t i = 0; i < length; i++)
        numbers[i] = (int)i;

    int total;
    if (sum(numbers, length, &total))
        printf("the sum is %d\n", total);
    printf("sorted up to %d\n", sorted_up_to(numbers, length));

    numbers[600] = INT_MAX;
    if (sum(numbers, length, &total))
        printf("the sum is %d\n", total);
    printf("sorted up to %d\n", sorted_up_to(numbers, length));
    return 0;
}
