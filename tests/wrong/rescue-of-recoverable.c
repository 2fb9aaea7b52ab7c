/* SPDX-License-Identifier: MIT */
/* A rescue block behind a recoverable block. */
/* expect-gcc: 'else' without a previous 'if' */
/* expect-clang: expected expression */
#include "given.h"

#ifdef WRONG
#define attempt recoverable
#endif

void user(void)
{
    attempt () {
        nothing();
    } rescue (p) {
        use(p->message);
    }
}
