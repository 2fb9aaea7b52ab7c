/* SPDX-License-Identifier: MIT */
/*
 * loaded.c - whether the module that deferred a call is still loaded.
 *
 * A site is a constant of the program or of a shared object. The program is
 * never unloaded; the others are looked up, without a lock, in what the
 * dynamic linker has loaded at this moment.
 */
#include "internal.h"

#include <dlfcn.h>
#include <sys/auxv.h>

struct range program;

struct range module_of(const void *address)
{
    struct dl_find_object found;
    struct range range = { 0, 0 };

    if (_dl_find_object((void *)(uintptr_t)address, &found) == 0) {
        range.start = (uintptr_t)found.dlfo_map_start;
        range.eighths =
            ((uintptr_t)found.dlfo_map_end - range.start) / 8;
    }
    return range;
}

static __attribute__((constructor)) void find_program(void)
{
    program = module_of((const void *)getauxval(AT_ENTRY));
}

/* What the dynamic linker does not know may have been loaded by other means,
   such as a just-in-time compiler. */
bool site_is_loaded(const struct ripcord__site *site)
{
    return may_be_site(site) &&
           (module_of(site).eighths || site_is_valid_for_sure(site));
}

bool site_look_up(const struct ripcord__site *site, struct place *place)
{
    if (!may_be_site(site))
        return false;
    place->known = is_within(&program, site) ? program : module_of(site);
    return is_within(&place->known, site) || site_is_loaded(site);
}
