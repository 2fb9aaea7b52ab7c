/* SPDX-License-Identifier: MIT */
/*
 * text.c - text that is built and written without memory or stdio: what a
 * crashing process can still do.
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* A full pipe that nobody reads must not keep the process from ending. */
#define PATIENCE_MILLISECONDS 2000

static bool can_write(int descriptor)
{
    if (descriptor < 0)
        return false;
    struct pollfd waiting = { .fd = descriptor, .events = POLLOUT };
    int ready;
    do
        ready = poll(&waiting, 1, PATIENCE_MILLISECONDS);
    while (ready < 0 && errno == EINTR);
    return ready > 0 && (waiting.revents & POLLOUT);
}

void text_flush(struct text *text)
{
    size_t done = 0;
    while (done < text->length && can_write(text->descriptor)) {
        ssize_t written = write(text->descriptor, text->buffer + done,
                                text->length - done);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR)
            break;
    }
    /* It is not waited for again. */
    if (done < text->length)
        text->descriptor = -1;
    text->length = 0;
}

void text_string(struct text *text, const char *string)
{
    for (; *string; string++) {
        if (text->length == sizeof text->buffer)
            text_flush(text);
        text->buffer[text->length++] = *string;
    }
}

void text_number(struct text *text, long long number)
{
    char digits[24];
    char *first = digits + sizeof digits - 1;
    unsigned long long rest = number < 0 ? 0ULL - (unsigned long long)number
                                         : (unsigned long long)number;
    *first = '\0';
    do
        *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--first = '-';
    text_string(text, first);
}

void text_hex(struct text *text, uintptr_t number)
{
    char digits[2 + 2 * sizeof number + 1];
    char *first = digits + sizeof digits - 1;

    *first = '\0';
    do
        *--first = "0123456789abcdef"[number % 16];
    while (number /= 16);
    *--first = 'x';
    *--first = '0';
    text_string(text, first);
}

void text_mark_cut(char *message, size_t size, size_t full)
{
    if (full < size)
        return;
    char *mark = message + size - sizeof "...";
    /* Bytes 10xxxxxx go on with a character of UTF-8. */
    while (mark > message && ((unsigned char)*mark & 0xC0) == 0x80)
        mark--;
    memcpy(mark, "...", sizeof "...");
}

void text_copy(char *message, size_t size, const char *from)
{
    if (size == 0)
        return;
    size_t length = strlen(from);
    size_t kept = length < size ? length : size - 1;

    memcpy(message, from, kept);
    message[kept] = '\0';
    text_mark_cut(message, size, length);
}
