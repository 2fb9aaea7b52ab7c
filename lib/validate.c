/* SPDX-License-Identifier: MIT */
/*
 * validate.c - the costly check, for programs compiled with RIPCORD_CHECKED:
 * all that is pending is looked at, each time.
 */
#include "internal.h"

static void check_site(const struct ripcord__entry *entry,
                       struct place *place)
{
    const struct ripcord__site *site = entry->site;

    if (!site_can_be_read(site, place))
        site_unreadable(entry, place);
    if (!kind_is_valid(site))
        entry_damaged(entry, place);
}

/* From the newest to the oldest; or to one whose frame is gone, that is not
   the newest: it is dropped when it is. `seen` is moved along at each power
   of two, so that a circle meets it. */
static void check_all(struct place *place)
{
    struct ripcord__entry *entry = ripcord__thread.top;
    const struct ripcord__entry *seen = NULL;

    for (unsigned long count = 1; entry; count++) {
        if (!entry_check(entry, place))
            return;
        if (entry == seen || entry->previous == entry)
            entry_damaged(entry, place);
        check_site(entry, place);
        if ((count & (count - 1)) == 0)
            seen = entry;
        entry = entry->previous;
    }
}

/* The block that is left may be the one whose entry is damaged. */
static void take_place(const struct ripcord__site *site, struct place *place)
{
    if (!site || !site_can_be_read(site, place) || !kind_is_valid(site))
        return;
    place->file = site->file;
    place->function = site->function;
    place->line = site->line;
}

OWN_FRAME struct ripcord__entry *ripcord__validate(
    const struct ripcord__site *site)
{
    struct place place = {
        __builtin_frame_address(0), "check", "unknown", "unknown", 0, program
    };

    take_place(site, &place);
    /* Takes off those at the top whose frames are gone. */
    while (ripcord__thread.top && !entry_check(ripcord__thread.top, &place))
        continue;
    check_all(&place);
    return ripcord__thread.top;
}
