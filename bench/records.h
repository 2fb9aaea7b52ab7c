/* SPDX-License-Identifier: MIT */
/*
 * records.h - calls in a growable array, as one writes them by hand where a
 * loop acquires an unknown number of things.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdlib.h>

struct record {
    void (*function)(long);
    long argument;
};

struct records {
    struct record *first;
    size_t count, room;
};

/* 0, or -1 when there is no memory for one more. */
static inline int records_add(struct records *records,
                              void (*function)(long), long argument)
{
    if (__builtin_expect(records->count == records->room, 0)) {
        size_t room = records->room ? 2 * records->room : 16;
        struct record *first =
            (struct record *)realloc(records->first, room * sizeof *first);
        if (!first)
            return -1;
        records->first = first;
        records->room = room;
    }
    records->first[records->count].function = function;
    records->first[records->count].argument = argument;
    records->count++;
    return 0;
}

/* Runs them, last in first out, and frees the array. */
static inline void records_run(struct records *records)
{
    while (records->count) {
        struct record *record = &records->first[--records->count];
        record->function(record->argument);
    }
    free(records->first);
}

#endif
