/* SPDX-License-Identifier: MIT */
/*
 * text.h - text built without memory.
 */
#ifndef RIPCORD_TEXT_H
#define RIPCORD_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "place.h"

/* A buffer for what is written to one descriptor; never allocates. */
struct text {
    int descriptor;
    size_t length;
    char buffer[1024];
};

INTERNAL void text_string(struct text *text, const char *string);
INTERNAL void text_number(struct text *text, long long number);
/* "0x" and the hexadecimal digits. */
INTERNAL void text_hex(struct text *text, uintptr_t number);
/* Writes what there is; gives up when the descriptor takes nothing. */
INTERNAL void text_flush(struct text *text);
/* Ends the message in a buffer of `size` bytes, `full` of which it needed,
   with "..." if that was too many. */
INTERNAL void text_mark_cut(char *message, size_t size, size_t full);
/* Copies a string into a buffer of `size` bytes, cut and marked if it must
   be. */
INTERNAL void text_copy(char *message, size_t size, const char *from);

#endif
