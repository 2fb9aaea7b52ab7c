/* SPDX-License-Identifier: MIT */
/* A deferred call as the only statement of a `for`. */
/* expect-gcc: ripcord_defer_needs_braces_around_it */
/* expect-clang: expected expression */
/* expect-c++: ripcord_defer_needs_braces_around_ */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    for (int i = 0; i < 3; i++)
        defer(restore, count, i);
#else
    for (int i = 0; i < 3; i++) {
        defer(restore, count, i);
    }
#endif
}
