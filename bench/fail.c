/* SPDX-License-Identifier: MIT */
/*
 * fail.c - for the programs whose failures are error codes.
 */
#include "work.h"

#include <stdlib.h>

void fail(struct thing *thing)
{
    (void)thing;
    abort();
}
