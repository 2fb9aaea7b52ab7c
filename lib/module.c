/* SPDX-License-Identifier: MIT */
/*
 * module.c - which file an address is mapped from.
 *
 * The kernel's own list is read, by read(2): dladdr and dl_iterate_phdr lock
 * the list of loaded objects, which a thread may hold that never goes on.
 * Offsets and names are then also right for programs that are linked
 * statically, or that have loaded code by themselves.
 */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct reader {
    int descriptor;
    size_t position;
    size_t length;
    char buffer[1024];
};

/* The next character, or -1. */
static int next(struct reader *reader)
{
    if (reader->position == reader->length) {
        ssize_t got;
        do
            got = read(reader->descriptor, reader->buffer,
                       sizeof reader->buffer);
        while (got < 0 && errno == EINTR);
        if (got <= 0)
            return -1;
        reader->position = 0;
        reader->length = (size_t)got;
    }
    return (unsigned char)reader->buffer[reader->position++];
}

static int digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A number in base 16, and the character behind it. */
static uintptr_t next_number(struct reader *reader)
{
    uintptr_t number = 0;
    int d;
    while ((d = digit(next(reader))) >= 0)
        number = number * 16 + (uintptr_t)d;
    return number;
}

static int skip_word(struct reader *reader)
{
    int c;
    do
        c = next(reader);
    while (c > ' ');
    return c;
}

/* The rest of the line, which may be empty, without the spaces before it. */
static void next_path(struct reader *reader, int c, struct module *module)
{
    size_t length = 0;

    while (c == ' ')
        c = next(reader);
    for (; c >= 0 && c != '\n'; c = next(reader))
        if (length < sizeof module->path - 1)
            module->path[length++] = (char)c;
    module->path[length] = '\0';
}

/* "START-END rwxp OFFSET DEVICE INODE    PATH"; false at the end. */
static bool next_module(struct reader *reader, struct module *module)
{
    module->start = next_number(reader);
    module->end = next_number(reader);
    (void)skip_word(reader);
    module->offset = next_number(reader);
    (void)skip_word(reader);
    next_path(reader, skip_word(reader), module);
    return module->end != 0;
}

bool module_find(struct module *module, uintptr_t address)
{
    struct reader reader = { .descriptor = -1 };
    bool found = false;

    reader.descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (reader.descriptor < 0)
        return false;
    while (!found && next_module(&reader, module))
        found = module->start <= address && address < module->end;
    (void)close(reader.descriptor);
    return found;
}
