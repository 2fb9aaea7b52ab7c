/* SPDX-License-Identifier: MIT */
/*
 * colour.h - colours for the two programs of the demo.
 */
#ifndef COLOUR_H
#define COLOUR_H

/* The sequence that starts a colour, or ends all of them, on the standard
   output. It is empty unless that is a terminal, and empty if NO_COLOR is
   set in the environment. */
const char *red(void);
const char *green(void);
const char *yellow(void);
const char *bold(void);
const char *plain(void);

#endif
