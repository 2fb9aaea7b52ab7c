/* SPDX-License-Identifier: MIT */
/*
 * defer.c - the cold side of leaving blocks, and the running of entries.
 */
#include "stale.h"

__thread struct ripcord__thread ripcord__thread
    __attribute__((tls_model("initial-exec")));

void run_call(const struct ripcord__site *site, struct ripcord__entry *entry,
              ripcord_panic *panic)
{
    if (!panic || !(site->kind & RIPCORD__OF_RECOVERER)) {
        site->run(entry, panic);
        return;
    }
    panic->ripcord__own.in_recoverer = true;
    site->run(entry, panic);
    panic->ripcord__own.in_recoverer = false;
}

const struct ripcord__site *run_special(
    struct ripcord__entry *entry, ripcord_panic *panic, bool completes,
    struct place *place)
{
    const struct ripcord__site *site = entry->site;

    if (RIPCORD__RARELY(!site_can_be_read(site, place)))
        site_unreadable(entry, place);
    if (entry->previous == entry || !kind_is_valid(site))
        entry_damaged(entry, place);
    ripcord__thread.top = entry->previous;
    entry->site = NULL;
    /* The calls of a scope may be of any module. */
    if (site->kind == RIPCORD__SCOPE)
        place->known.eighths = 0;
    if (site->kind != RIPCORD__CANCELLED &&
        kind_of(site) != (completes ? RIPCORD__ON_FAILURE
                                    : RIPCORD__ON_SUCCESS))
        run_call(site, entry, panic);
    return site;
}

/* Returns the site of a call that has a name, or NULL when it is not pending
   any more: an entry without one has run, and is off the list. That of a call
   which is cancelled or run early stays there until its block ends, and gets
   the second of its sites: without one it would look like memory that zeros
   were written over. */
static const struct ripcord__site *cancel(struct ripcord__entry *entry)
{
    const struct ripcord__site *site = entry->site;

    if (!site || site->kind == RIPCORD__CANCELLED)
        return NULL;
    entry->site = site + 1;
    return site;
}

bool ripcord__cancel(struct ripcord__entry *entry)
{
    return cancel(entry) != NULL;
}

bool ripcord__run_now(struct ripcord__entry *entry)
{
    const struct ripcord__site *site = cancel(entry);

    if (site)
        site->run(entry, NULL);
    return site != NULL;
}

/* The farthest that an entry lies above another one of the same stack that is
   older: both are in one frame then. */
#define FRAME_SIZE ((uintptr_t)1 << 20)

static bool is_on_stack_of(const struct ripcord__entry *newer,
                           const struct ripcord__entry *older)
{
    const char *low = real_address(newer), *high = real_address(older);

    return (uintptr_t)high + FRAME_SIZE - (uintptr_t)low <
               STACK_SIZE + FRAME_SIZE ||
           (low < high && is_one_stack(low, high));
}

/* Whether the entry is not on the list. That the list ends before it proves
   nothing as long as it leads through frames that are gone. */
static bool is_absent(const struct ripcord__entry *left)
{
    const struct ripcord__entry *top = ripcord__thread.top;
    return !top || (real_address(top) > real_address(left) &&
                    stale_search(left) == SEARCH_ABSENT);
}

/* The frame of the entry is alive: what is newer lies in frames that are
   gone, or on another stack. */
static void jumped_over(struct ripcord__entry *left)
{
    const struct ripcord__site *site = left->site;
    char name[300] = "a call";

    if (is_absent(left))
        misuse("the block of %s deferred at %s:%d in %s was left twice, or "
               "its stack was switched", site->what, site->file, site->line,
               site->function);
    if (!is_on_stack_of(ripcord__thread.top, left)) {
        (void)entry_name(ripcord__thread.top, name, sizeof name);
        misuse("the block of %s deferred at %s:%d in %s was left while a "
               "newer call of another stack was pending: the stack was "
               "switched without ripcord_stack_switch (%s)", site->what,
               site->file, site->line, site->function, name);
    }
    stale_cut(left, "the block of %s deferred at %s:%d in %s was left while "
              "a newer call was pending: its block was jumped out of, by "
              "longjmp or a switch of stacks", site->what, site->file,
              site->line, site->function);
}

bool ripcord__leave(struct ripcord__entry *entry)
{
    if (!entry->site)
        return false;
    if (!site_is_valid_for_sure(entry->site))
        misuse("a block was left whose `defer` was jumped past (by goto or "
               "switch), or whose frame was overwritten");
    jumped_over(entry);
    ripcord__pull(entry);
    return true;
}
