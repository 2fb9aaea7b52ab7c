/* SPDX-License-Identifier: MIT */
/*
 * describe_posix.c - error numbers in words, by the C library's own table.
 * Read once, before main: strerror is not safe in threads.
 */
#include "internal.h"

#include <string.h>

/* Above all the error numbers of Linux. */
#define TABLE_SIZE 134

static char descriptions[TABLE_SIZE][64];

static __attribute__((constructor)) void read_table(void)
{
    for (int error = 1; error < TABLE_SIZE; error++)
        text_copy(descriptions[error], sizeof descriptions[error],
                  strerror(error));
}

const char *error_description(int error)
{
    if (error <= 0 || error >= TABLE_SIZE || !descriptions[error][0])
        return NULL;
    return descriptions[error];
}
