/* SPDX-License-Identifier: MIT */
/* What pthread_cleanup_push is in code that knows of no exceptions. */
#ifndef REGION_H
#define REGION_H

/* Calls the function, and the handler if the thread ends meanwhile. */
void in_a_region(void (*function)(void), void (*handler)(void *));

#endif
