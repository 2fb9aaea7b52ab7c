/* SPDX-License-Identifier: MIT */
/* A floating index. */
/* expect-gcc: selector of type 'double' is not compatible */
/* expect-clang: controlling expression type 'double' not compatible */
/* expect-c++: this must be an integer */
#include "given.h"

int user(void)
{
    int array[3] = { 1, 2, 3 };
#ifdef WRONG
    return at(array, 1.0);
#else
    return at(array, 1);
#endif
}
