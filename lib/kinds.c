/* SPDX-License-Identifier: MIT */
/*
 * kinds.c - the kinds of panics that the library raises itself.
 */
#include "internal.h"

const ripcord_kind RIPCORD_PLAIN = RIPCORD_KIND("panic", NULL);
const ripcord_kind RIPCORD_SYSTEM_ERROR = RIPCORD_KIND("system error", NULL);
const ripcord_kind RIPCORD_OUT_OF_MEMORY =
    RIPCORD_KIND("out of memory", &RIPCORD_SYSTEM_ERROR);
const ripcord_kind RIPCORD_RUNTIME_ERROR =
    RIPCORD_KIND("runtime error", NULL);
const ripcord_kind RIPCORD_NULL_ERROR =
    RIPCORD_KIND("null error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_INDEX_ERROR =
    RIPCORD_KIND("index error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_DIVIDE_ERROR =
    RIPCORD_KIND("divide error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_OVERFLOW_ERROR =
    RIPCORD_KIND("overflow error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_SHIFT_ERROR =
    RIPCORD_KIND("shift error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_ADDRESS_ERROR =
    RIPCORD_KIND("address error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_BUS_ERROR =
    RIPCORD_KIND("bus error", &RIPCORD_ADDRESS_ERROR);
const ripcord_kind RIPCORD_FLOAT_ERROR =
    RIPCORD_KIND("float error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_INSTRUCTION_ERROR =
    RIPCORD_KIND("instruction error", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_STACK_OVERFLOW =
    RIPCORD_KIND("stack overflow", &RIPCORD_RUNTIME_ERROR);
const ripcord_kind RIPCORD_INTERRUPT = RIPCORD_KIND("interrupt", NULL);

bool ripcord_panic_is(const ripcord_panic *panic, const ripcord_kind *kind)
{
    if (!panic || !kind)
        return false;
    const ripcord_kind *k = panic->kind;
    while (k && k != kind)
        k = k->parent;
    return k != NULL;
}
