/* SPDX-License-Identifier: MIT */
/*
 * describe_gnu.c - error numbers in words, by glibc 2.32 or later.
 */
#include "internal.h"

#include <string.h>

const char *error_description(int error)
{
    return strerrordesc_np(error);
}
