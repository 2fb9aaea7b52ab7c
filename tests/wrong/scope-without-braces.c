/* SPDX-License-Identifier: MIT */
/* A scope as the only statement of an `if`. */
/* expect-gcc: ripcord_defer_needs_braces_around_it */
/* expect-clang: expected expression */
/* expect-c++: ripcord_defer_needs_braces_around_ */
#include "given.h"

void user(int *count)
{
#ifdef WRONG
    if (count)
        defer_scope(calls);
#else
    if (count) {
        defer_scope(calls);
        defer_to(calls, nothing);
    }
#endif
}
