/* SPDX-License-Identifier: MIT */
/* A named result of an attempt is not volatile. */
/* expect: a named result must be volatile */
#include "given.h"

int user(void)
{
#ifdef WRONG
    int status = 0;
#else
    volatile int status = 0;
#endif
    attempt (status) {
        status = 1;
    } rescue (p) {
        use(p->message);
    }
    return status;
}
