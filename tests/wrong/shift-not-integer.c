/* SPDX-License-Identifier: MIT */
/* A shift by a floating amount. */
/* expect: this must be an integer */
#include "given.h"

int user(int number)
{
#ifdef WRONG
    return checked_shl(number, 1.5);
#else
    return checked_shl(number, 1);
#endif
}
