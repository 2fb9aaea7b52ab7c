/* SPDX-License-Identifier: MIT */
/* A checked index into a pointer, which has no length. */
/* expect: this is a pointer, not an array */
/* expect-c++: ripcord__length */
#include "given.h"

int user(int *pointer)
{
#ifdef WRONG
    return at(pointer, 1);
#else
    return at_n(pointer, 1, 2);
#endif
}
