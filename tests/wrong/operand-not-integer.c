/* SPDX-License-Identifier: MIT */
/* A floating operand of a checked operation. */
/* expect-gcc: does not have integral type */
/* expect-clang: must be an integer */
#include "given.h"

int user(int number)
{
#ifdef WRONG
    return (int)checked_add(number, 1.0);
#else
    return checked_add(number, 1);
#endif
}
