/* SPDX-License-Identifier: MIT */
/* A pointer to volatile where the pointer itself must be volatile. */
/* expect: a named result must be volatile */
#include "given.h"

const volatile char *user(void)
{
#ifdef WRONG
    const volatile char *text = "";
#else
    const char *volatile text = "";
#endif
    recoverable (text) {
        defer(nothing);
    }
    return text;
}
