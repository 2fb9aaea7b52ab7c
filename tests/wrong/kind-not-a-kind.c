/* SPDX-License-Identifier: MIT */
/* Text where the kind of a panic should be. */
/* expect-gcc: from incompatible pointer type */
/* expect-clang: incompatible pointer types passing */
/* expect-g++: cannot convert 'const char*' to 'const ripcord_kind*' */
/* expect-clang++: no matching function for call to 'ripcord__panic_as' */
/* flags: -Werror */
#include "given.h"

void user(void)
{
#ifdef WRONG
    panic_as("kind", "text");
#else
    panic_as(&RIPCORD_SYSTEM_ERROR, "text");
#endif
}
