/* SPDX-License-Identifier: MIT */
/* An unsigned result is never negative. */
/* expect: this is never negative */
#include "given.h"

#ifdef WRONG
typedef size_t result;
#else
typedef long result;
#endif

result user(result (*call)(void))
{
    return must_not_negative(call());
}
