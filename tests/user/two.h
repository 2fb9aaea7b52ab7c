/* SPDX-License-Identifier: MIT */
#ifndef TWO_H
#define TWO_H

#include <ripcord/short.h>

#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

void fill(ripcord_scope *scope, int *counter);
void fail(const char *why);
void give_up(ripcord_panic *p, volatile int *status);
RIPCORD_RECOVERER(give_up, volatile int *)

#ifdef __cplusplus
}
#endif

#endif
