/* SPDX-License-Identifier: MIT */
/* A deferred call as the only statement of an `if`. */
/* expect-gcc: ripcord_defer_needs_braces_around_it */
/* expect-clang: expected expression */
/* expect-c++: ripcord_defer_needs_braces_around_ */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    if (count)
        defer(restore, count, 1);
#else
    if (count) {
        defer(restore, count, 1);
    }
#endif
}
