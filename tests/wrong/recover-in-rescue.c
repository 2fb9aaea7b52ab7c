/* SPDX-License-Identifier: MIT */
/* A rescue block has a const panic: there is nothing left to recover. */
/* expect-gcc: discards 'const' qualifier */
/* expect-clang: discards qualifiers */
/* expect-g++: invalid conversion from 'const ripcord_panic*' */
/* expect-clang++: no matching function for call to 'ripcord_recover' */
/* flags: -Werror */
#include "given.h"

void user(void)
{
    attempt () {
        nothing();
    } rescue (p) {
#ifdef WRONG
        (void)recover(p);
#else
        use(p->message);
#endif
    }
}
