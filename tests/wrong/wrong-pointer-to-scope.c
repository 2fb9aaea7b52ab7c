/* SPDX-License-Identifier: MIT */
/* The same, deferred to a scope. */
/* expect-gcc: from incompatible pointer type */
/* expect-clang: incompatible pointer types passing 'long *' */
/* expect-g++: cannot convert 'long int*' to 'int*' */
/* expect-clang++: no matching function for call to
   'ripcord__arguments_of_restore' */
#include "given.h"

void user(int *count, long *other)
{
    (void)count;
    (void)other;
    defer_scope(calls);
#ifdef WRONG
    defer_to(calls, restore, other, 1);
#else
    defer_to(calls, restore, count, 1);
#endif
}
