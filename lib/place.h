/* SPDX-License-Identifier: MIT */
/*
 * place.h - where the library was called from, and which modules are known to
 * be loaded since.
 */
#ifndef RIPCORD_PLACE_H
#define RIPCORD_PLACE_H

#include <limits.h>
#include <stdint.h>

/* Compilers make what is cold small, with instructions that take long to
   start, and take what never returns for cold. But what is cold to a program
   is what the library is there for. */
#define RIPCORD__COLD __attribute__((hot, noinline))
#define HOT __attribute__((hot))
#define COLD __attribute__((cold, noinline))

#include <ripcord.h>

#include "names.h"

#define INTERNAL __attribute__((visibility("hidden")))
/* For a function that compares its frame with what the program keeps in its
   own: link-time optimisation must not make one frame of both. */
#define OWN_FRAME __attribute__((noinline))
/* For an object that must not be written before it is used, since what lies
   there may be looked at yet: some compilers are told to clear all. */
#if __has_attribute(uninitialized)
#define UNTOUCHED __attribute__((uninitialized))
#else
#define UNTOUCHED
#endif
#define ADDRESS_BITS (CHAR_BIT * sizeof(uintptr_t))

/* Addresses from a multiple of 8 on, so many times 8; 0 where nothing is
   known. */
struct range {
    uintptr_t start;
    uintptr_t eighths;
};

/* Where the library was called from, for what may come to light there. */
struct place {
    const char *frame;      /* of the function that was called */
    const char *what;       /* "panic", "recoverable", ... */
    const char *file;
    const char *function;
    int line;
    struct range known;     /* the module of the last site, see loaded.c */
};

/* An eighth of an address, but more than any limit if it is misaligned: the
   low bits come on top. */
static inline uintptr_t rotate(uintptr_t address)
{
    return address >> 3 | address << (ADDRESS_BITS - 3);
}

/* Whether an address is aligned as entries and sites are, and less than
   `limit`, in one comparison. */
static inline bool is_aligned_below(uintptr_t address, uintptr_t limit)
{
    return rotate(address) < limit >> 3;
}

/* Whether a pointer may be read as a site: it is aligned, not in the first
   page, and, of 64 bits, the upper 8 are 0. */
static inline bool may_be_site(const struct ripcord__site *site)
{
    return is_aligned_below((uintptr_t)site - 4096,
                            UINTPTR_MAX >> (ADDRESS_BITS == 64 ? 8 : 0));
}

/* ---- loaded.c or loaded_static.c, as configure finds ---- */

/* The memory of the program, which cannot be unloaded. */
INTERNAL extern struct range program;
/* The memory of the module that an address lies in. */
INTERNAL struct range module_of(const void *address);
/* Whether a site lies in a module, or in what else can be read. */
INTERNAL COLD bool site_is_loaded(const struct ripcord__site *site);
/* The same, and makes its module the one that is known. */
INTERNAL COLD bool site_look_up(const struct ripcord__site *site,
                                struct place *place);

static inline bool is_within(const struct range *range,
                             const struct ripcord__site *site)
{
    return rotate((uintptr_t)site - range->start) < range->eighths;
}

/* Whether a site can be read: it is aligned, and its module was not unloaded.
   A call of a module cannot unload that, since it returns there: so a module
   is known to be loaded until one of another module runs. */
static inline bool site_can_be_read(const struct ripcord__site *site,
                                    struct place *place)
{
    return __builtin_expect(is_within(&place->known, site), 1) ||
           site_look_up(site, place);
}

#endif
