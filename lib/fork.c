/* SPDX-License-Identifier: MIT */
/*
 * fork.c - the child of a fork, which has a copy of what the parent owns.
 */
#include "internal.h"

/* Blocks that are left later find their entries marked as run. */
OWN_FRAME void ripcord_fork_child(void)
{
    struct ripcord__entry *entry = ripcord__thread.top;
    struct place place = {
        __builtin_frame_address(0), "fork", "unknown", "unknown", 0, program
    };

    crash_drop(ripcord__thread.running, NULL);
    ripcord__thread.top = NULL;
    ripcord__thread.running = NULL;
    while (entry) {
        if (!entry_check(entry, &place)) {
            entry = stale_older(entry, &place);
            continue;
        }
        if (site_can_be_read(entry->site, &place) &&
            entry->site->kind == RIPCORD__SCOPE)
            scope_drop(entry);
        entry->site = NULL;
        entry = entry->previous;
    }
}
