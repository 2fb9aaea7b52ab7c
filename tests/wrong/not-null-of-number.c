/* SPDX-License-Identifier: MIT */
/* A number is never NULL. */
/* expect: this must be a pointer */
#include "given.h"

int user(int number)
{
#ifdef WRONG
    return not_null(number);
#else
    return *not_null(&number);
#endif
}
