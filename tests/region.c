/* SPDX-License-Identifier: MIT */
/* Compiled without -fexceptions, where pthread_cleanup_push is a setjmp. */
#include "region.h"

#include <pthread.h>

void in_a_region(void (*function)(void), void (*handler)(void *))
{
    pthread_cleanup_push(handler, NULL);
    function();
    pthread_cleanup_pop(0);
}
