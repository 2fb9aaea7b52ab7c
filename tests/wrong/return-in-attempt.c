/* SPDX-License-Identifier: MIT */
/* A return through named results in an attempt. */
/* expect: recoverable_return must stand in a `recoverable` block */
#include "given.h"

int user(void)
{
    volatile int status = 0;
    recoverable (status) {
        attempt () {
#ifdef WRONG
            recoverable_return(1);
#else
            return 1;
#endif
        } rescue (p) {
            (void)p;
        }
        recoverable_return(2);
    }
    return status;
}
