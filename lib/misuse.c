/* SPDX-License-Identifier: MIT */
/*
 * misuse.c - ending a program that broke the rules, with a message that
 * says how.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
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

/* The kernel copies the 8 bytes that an address lies in before it finds that
   there is no such way to change the mask. */
static bool can_be_read(uintptr_t address)
{
    return syscall(SYS_rt_sigprocmask, -1, address & ~(uintptr_t)7, NULL,
                   8) == 0 || errno != EFAULT;
}

/* Only the kernel can try. A filter of system calls may refuse the one that is
   made for this; what is read here is smaller than a page. */
bool read_safely(void *to, const void *from, size_t size)
{
    struct iovec local = { to, size };
    struct iovec remote = { (void *)(uintptr_t)from, size };
    ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);

    if (got >= 0 || errno == EFAULT)
        return got == (ssize_t)size;
    if (!can_be_read((uintptr_t)from) ||
        !can_be_read((uintptr_t)from + size - 1))
        return false;
    (void)memcpy(to, from, size);
    return true;
}

/* The copy is not where a site lies. */
bool site_is_valid_for_sure(const struct ripcord__site *site)
{
    struct ripcord__site copy;
    return may_be_site(site) && read_safely(&copy, site, sizeof copy) &&
           kind_is_valid(&copy);
}

static const char *word_for(const struct ripcord__site *site)
{
    switch (kind_of(site)) {
    case RIPCORD__SCOPE: return "a scope declared";
    case RIPCORD__RECOVERABLE_BLOCK:
    case RIPCORD__ATTEMPT_BLOCK: return "a block";
    case RIPCORD__CANCELLED: return "cancelled or run already, deferred";
    default: return "deferred";
    }
}

bool site_name(const struct ripcord__site *site, char *buffer, size_t size)
{
    struct ripcord__site copy;

    if (!read_safely(&copy, site, sizeof copy) || !kind_is_valid(&copy))
        return false;
    (void)snprintf(buffer, size, "%s, %s at %s:%d in %s", copy.what,
                   word_for(&copy), copy.file, copy.line, copy.function);
    return true;
}

bool entry_name(const struct ripcord__entry *entry, char *buffer, size_t size)
{
    struct ripcord__entry copy;

    return read_safely(&copy, entry, sizeof copy) &&
           site_name(copy.site, buffer, size);
}

void entry_damaged(const struct ripcord__entry *entry,
                   const struct place *place)
{
    misuse("the defer stack is damaged: the entry at %p cannot be one; a "
           "frame with a pending call was overwritten, or left by longjmp; "
           "noticed by the %s at %s:%d in %s", (const void *)entry,
           place->what, place->file, place->line, place->function);
}

void site_unreadable(const struct ripcord__entry *entry,
                     const struct place *place)
{
    if (!may_be_site(entry->site))
        entry_damaged(entry, place);
    misuse("the place %p where a pending call was deferred cannot be read: "
           "its module was unloaded, or a frame was overwritten; noticed by "
           "the %s at %s:%d in %s", (const void *)entry->site, place->what,
           place->file, place->line, place->function);
}

/* AddressSanitizer keeps locals in memory of its own, which tells nothing
   about their frames, but knows where its function was that took it: this far
   below the frame at most. */
#define BELOW_FRAME 1024

const char *real_address(const void *address)
{
    const char *frame = NULL;

    if (__asan_get_current_fake_stack && __asan_addr_is_in_fake_stack)
        frame = __asan_addr_is_in_fake_stack(__asan_get_current_fake_stack(),
                                             (void *)(uintptr_t)address,
                                             NULL, NULL);
    return frame ? frame + BELOW_FRAME : address;
}

bool is_in_fake_stack(const void *address)
{
    return real_address(address) != address;
}
