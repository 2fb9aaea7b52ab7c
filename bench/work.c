/* SPDX-License-Identifier: MIT */
/*
 * work.c - what is done between the cleanups.
 */
#include "work.h"

long numbers, digest;

int acquire(struct thing *thing)
{
    if (RARELY(thing->broken))
        return -1;
    thing->acquired++;
    return 0;
}

int use(struct thing *thing)
{
    if (RARELY(thing->broken))
        return -1;
    thing->used++;
    return 0;
}

void must_acquire(struct thing *thing)
{
    if (RARELY(thing->broken))
        fail(thing);
    thing->acquired++;
}

void must_use(struct thing *thing)
{
    if (RARELY(thing->broken))
        fail(thing);
    thing->used++;
}

void release(struct thing *thing)
{
    thing->released++;
}

void release_number(long number)
{
    digest = digest * 3 + number;
    numbers++;
}
