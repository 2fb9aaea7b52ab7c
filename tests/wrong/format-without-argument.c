/* SPDX-License-Identifier: MIT */
/* A format alone that wants an argument. */
/* expect-gcc: expects a matching 'int' argument */
/* expect-clang: more '%' conversions than data arguments */
/* flags: -Wformat -Werror */
#include "given.h"

void user(void)
{
#ifdef WRONG
    panic("%d");
#else
    panic("100%%");
#endif
}
