/* SPDX-License-Identifier: MIT */
/* The number -1 is not NULL: `must` would take it for a success. */
/* expect: this must be a pointer */
#include "given.h"

int user(int (*call)(void))
{
#ifdef WRONG
    return must(call());
#else
    return must_not_negative(call());
#endif
}
