/* SPDX-License-Identifier: MIT */
/*
 * misuse.c - ending a program that broke the rules, with a message that
 * says how.
 */
#include "internal.h"

#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

/* There when the program runs under AddressSanitizer. */
extern __attribute__((weak)) void *__asan_get_current_fake_stack(void);
extern __attribute__((weak)) void *__asan_addr_is_in_fake_stack(
    void *fake_stack, void *address, void **begin, void **end);

void misuse(const char *format, ...)
{
    struct text text = { .descriptor = STDERR_FILENO };
    char message[800];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    text_string(&text, "fatal error: ripcord: ");
    text_string(&text, message);
    text_string(&text, "\n");
    text_flush(&text);
    /* Nothing on these can be trusted, should SIGABRT run deferred calls. */
    ripcord__thread.top = NULL;
    ripcord__thread.running = NULL;
    abort();
}

/* Reads memory that may not be there, which only the kernel can try. */
static bool read_safely(void *to, const void *from, size_t size)
{
    struct iovec local = { to, size };
    struct iovec remote = { (void *)(uintptr_t)from, size };
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) ==
           (ssize_t)size;
}

bool site_is_valid_for_sure(const struct ripcord__site *site)
{
    struct ripcord__site copy;
    return read_safely(&copy, site, sizeof copy) && site_is_valid(&copy);
}

const char *entry_describe(const struct ripcord__entry *entry, char *buffer,
                           size_t size)
{
    struct ripcord__entry copy;
    struct ripcord__site site;

    if (!read_safely(&copy, entry, sizeof copy) ||
        !read_safely(&site, copy.site, sizeof site) ||
        !site_is_valid(&site))
        return "";
    (void)snprintf(buffer, size, " (%s, deferred at %s:%d in %s)", site.what,
                   site.file, site.line, site.function);
    return buffer;
}

void entry_damaged(const struct ripcord__entry *entry,
                   const struct place *place)
{
    misuse("the defer stack is damaged: the entry at %p cannot be one; a "
           "frame with a pending call was overwritten, or left by longjmp; "
           "noticed by the %s at %s:%d in %s", (const void *)entry,
           place->what, place->file, place->line, place->function);
}

/* AddressSanitizer keeps locals in memory of its own, which tells nothing
   about their frames. */
bool is_in_fake_stack(const void *address)
{
    if (!__asan_get_current_fake_stack || !__asan_addr_is_in_fake_stack)
        return false;
    return __asan_addr_is_in_fake_stack(__asan_get_current_fake_stack(),
                                        (void *)(uintptr_t)address, NULL,
                                        NULL) != NULL;
}

void entry_check_place(const struct ripcord__entry *entry,
                       const struct place *place)
{
    uintptr_t below = (uintptr_t)place->frame - (uintptr_t)entry;
    char buffer[300];

    if (!entry || (uintptr_t)entry % _Alignof(void *) != 0)
        entry_damaged(entry, place);
    if (below >= STACK_SIZE || is_in_fake_stack(entry) ||
        stack_is_elsewhere(entry, place->frame))
        return;
    misuse("a call was pending whose block was jumped out of, by longjmp or "
           "a switch of stacks%s; noticed by the %s at %s:%d in %s",
           entry_describe(entry, buffer, sizeof buffer), place->what,
           place->file, place->line, place->function);
}
