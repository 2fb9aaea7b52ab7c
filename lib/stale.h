/* SPDX-License-Identifier: MIT */
/*
 * stale.h - entries whose frames may be gone, because somebody jumped over
 * them: nothing in them is read directly, and nothing called.
 */
#ifndef RIPCORD_STALE_H
#define RIPCORD_STALE_H

#include "internal.h"

/* What a search of the thread's stack of entries comes to. */
enum search {
    SEARCH_FOUND,
    SEARCH_ABSENT,      /* the list ends before */
    SEARCH_BROKEN       /* an entry before cannot be followed */
};

/* Looks for an entry, or NULL for the end of the list, believing nothing. */
INTERNAL enum search stale_search(const struct ripcord__entry *wanted);

/* Takes off what is newer than `end`, which need not be on the list. Says so:
   the formatted reason, then the names of what is dropped; ends the process
   if that is the policy. */
INTERNAL void stale_cut(struct ripcord__entry *end, const char *format, ...)
    RIPCORD__PRINTF(2, 3);

/* Says the same of lists that are not the thread's, and that nobody takes
   anything off: of entries, and of what runs them. */
INTERNAL void stale_tell(const struct ripcord__entry *newest,
                         struct ripcord__running *running,
                         const char *format, ...) RIPCORD__PRINTF(3, 4);

/* Whether both lie on one stack that is larger than usual: its memory is one
   piece, in what the kernel lists. */
INTERNAL bool is_one_stack(const char *low, const char *high);
/* Whether an address lies in a frame that is gone, as seen from `frame`. */
INTERNAL bool is_gone(const char *address, const char *frame);
/* Whether the entry lies in a frame that is gone, as seen from `place`. */
INTERNAL bool is_stale(const struct ripcord__entry *entry,
                       const struct place *place);

/* ---- running.c ---- */

/* Names panics and exits, a line each. */
INTERNAL void running_names(struct text *text,
                            struct ripcord__running *newest);
/* Looks for one, or NULL for the end of the list, believing nothing. */
INTERNAL enum search running_search(const struct ripcord__running *wanted);
/* Those that are newer than `until` will not come to their end. Returns a copy
   of the oldest that holds cancellation; its state is 0 if none is found. */
INTERNAL struct ripcord__running running_forget(
    const struct ripcord__running *newest,
    const struct ripcord__running *until);

#endif
