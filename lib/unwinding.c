/* SPDX-License-Identifier: MIT */
/*
 * unwinding.c - how many unwindings of the stack go on in a thread.
 */
#include "internal.h"

/* What C++ keeps for each thread, as its binary interface lays it down. */
struct exceptions {
    void *caught;
    unsigned uncaught;          /* thrown, and their handler not yet begun */
};

/* NULL in programs without C++. */
extern struct exceptions *exceptions_of_thread(void)
    __asm__("__cxa_get_globals") __attribute__((weak));

int ripcord__unwinding(void)
{
    return exceptions_of_thread ? (int)exceptions_of_thread()->uncaught : 0;
}
