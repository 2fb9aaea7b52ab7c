/* SPDX-License-Identifier: MIT */
/*
 * misuse.c - ending a program that broke the rules, with a message that
 * says how.
 */
#include "internal.h"

#include <stdlib.h>
#include <unistd.h>

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
    abort();
}

void entry_damaged(const struct ripcord__entry *entry)
{
    misuse("the defer stack is damaged: the entry at %p cannot be one; a "
           "frame with a pending call was overwritten, or left by longjmp",
           (const void *)entry);
}

/* AddressSanitizer keeps locals in memory of its own, anywhere. */
extern __attribute__((weak)) void *__asan_get_current_fake_stack(void);
extern __attribute__((weak)) void *__asan_addr_is_in_fake_stack(
    void *fake_stack, void *address, void **begin, void **end);

static bool is_in_fake_stack(const void *address)
{
    if (!__asan_get_current_fake_stack || !__asan_addr_is_in_fake_stack)
        return false;
    void *fake = __asan_get_current_fake_stack();
    return fake &&
           __asan_addr_is_in_fake_stack(fake, (void *)(uintptr_t)address,
                                        NULL, NULL);
}

void entry_check_frame(const struct ripcord__entry *entry)
{
    const struct ripcord__site *site = entry->site;

    if (is_in_fake_stack(entry))
        return;
    if (!site || !site_is_valid(site))
        entry_damaged(entry);
    misuse("the block of %s deferred at %s:%d in %s was jumped out of (by "
           "longjmp, or a switch of stacks) and it did not run", site->what,
           site->file, site->line, site->function);
}
