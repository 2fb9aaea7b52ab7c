/* SPDX-License-Identifier: MIT */
/*
 * must.c - calls of the system and the C library that panic when they fail.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* What the error means is kept whole; the text before it is cut if need be. */
void panic_append_error(ripcord_panic *panic)
{
    char reason[96];
    const char *description = error_description(panic->error);
    const char *colon = panic->message[0] ? ": " : "";

    if (description)
        (void)snprintf(reason, sizeof reason, "%s%s", colon, description);
    else
        (void)snprintf(reason, sizeof reason, "%serror %d", colon,
                       panic->error);
    size_t length = strlen(panic->message), added = strlen(reason);
    size_t room = sizeof panic->message - added;
    text_mark_cut(panic->message, room, length);
    (void)strcat(panic->message, reason);
}

static COLD _Noreturn void failed(
    const char *file, int line, const char *function,
    const ripcord_kind *kind, int error, const char *what)
{
    if (error == EINTR)
        ripcord__check_interrupt(file, line, function);
    UNTOUCHED ripcord_panic local, *panic = panic_begin(
        &local, file, line, function, kind);
    panic->error = error;
    text_copy(panic->message, sizeof panic->message, what);
    panic_append_error(panic);
    panic_start(panic);
}

void ripcord__must_failed(const char *file, int line, const char *function,
                          const char *call, int error)
{
    failed(file, line, function, &RIPCORD_SYSTEM_ERROR,
           error > 0 ? error : errno, call);
}

static COLD _Noreturn void out_of_memory(
    const char *file, int line, const char *function, const char *what,
    size_t count, size_t size)
{
    char call[64];
    (void)snprintf(call, sizeof call, count == 1 ? "%s of %zu bytes"
                   : "%s of %zu * %zu bytes", what,
                   count == 1 ? size : count, size);
    failed(file, line, function, &RIPCORD_OUT_OF_MEMORY, ENOMEM, call);
}

void ripcord__malloc_failed(const char *file, int line, const char *function,
                            size_t size)
{
    out_of_memory(file, line, function, "malloc", 1, size);
}

void *ripcord__calloc(const char *file, int line, const char *function,
                      size_t count, size_t size)
{
    void *memory = count && size ? calloc(count, size) : calloc(1, 1);
    if (!memory)
        out_of_memory(file, line, function, "calloc", count, size);
    return memory;
}

void *ripcord__realloc(const char *file, int line, const char *function,
                       void *pointer, size_t size)
{
    void *memory = realloc(pointer, size ? size : 1);
    if (!memory)
        out_of_memory(file, line, function, "realloc", 1, size);
    return memory;
}

char *ripcord__strdup(const char *file, int line, const char *function,
                      const char *string)
{
    if (!string)
        ripcord__null(file, line, function);
    char *copy = strdup(string);
    if (!copy)
        out_of_memory(file, line, function, "strdup", 1,
                      strlen(string) + 1);
    return copy;
}

static COLD _Noreturn void cannot_open(const char *file, int line,
                                       const char *function,
                                       const char *path)
{
    char what[RIPCORD_MESSAGE_SIZE];
    int error = errno;
    (void)snprintf(what, sizeof what, "open %s", path ? path : "(null)");
    failed(file, line, function, &RIPCORD_SYSTEM_ERROR, error, what);
}

FILE *ripcord__fopen(const char *file, int line, const char *function,
                     const char *path, const char *mode)
{
    FILE *stream = fopen(path, mode);
    if (!stream)
        cannot_open(file, line, function, path);
    return stream;
}

int ripcord__open(const char *file, int line, const char *function,
                  const char *path, int flags, ...)
{
    mode_t mode = 0;
    int descriptor;

    /* O_TMPFILE has the bit of O_DIRECTORY, and one of its own. */
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list arguments;
        va_start(arguments, flags);
        mode = (mode_t)va_arg(arguments, int);
        va_end(arguments);
    }
    while ((descriptor = open(path, flags | O_CLOEXEC, mode)) < 0 &&
           errno == EINTR)
        ripcord__check_interrupt(file, line, function);
    if (descriptor < 0)
        cannot_open(file, line, function, path);
    return descriptor;
}
