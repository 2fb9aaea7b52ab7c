/* SPDX-License-Identifier: MIT */
/* A return through named results where no landing is. */
/* expect: recoverable_return must stand in a `recoverable` block */
#include "given.h"

int user(void)
{
#ifdef WRONG
    recoverable_return(1);
#else
    return 1;
#endif
}
