/* SPDX-License-Identifier: MIT */
/*
 * given.h - what the wrong programs have in common.
 */
#ifndef GIVEN_H
#define GIVEN_H

#include <ripcord/short.h>

void nothing(void);
void restore(int *count, int amount);
void recover_status(ripcord_panic *p, volatile int *status);
void use(const char *text);

RIPCORD_DEFERRABLE(nothing)
RIPCORD_DEFERRABLE(restore, int *, int)
RIPCORD_RECOVERER(recover_status, volatile int *)

#endif
