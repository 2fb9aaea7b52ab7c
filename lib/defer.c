/* SPDX-License-Identifier: MIT */
/*
 * defer.c - the cold side of leaving blocks, and the running of entries.
 */
#include "internal.h"

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
    const struct place *place)
{
    const struct ripcord__site *site = entry->site;

    if (entry->previous == entry || (site && !site_is_valid(site)))
        entry_damaged(entry, place);
    ripcord__thread.top = entry->previous;
    entry->site = NULL;
    if (site && kind_of(site) != (completes ? RIPCORD__ON_FAILURE
                                            : RIPCORD__ON_SUCCESS))
        run_call(site, entry, panic);
    return site;
}

bool ripcord__cancel(struct ripcord__entry *entry)
{
    bool pending = entry->site != NULL;
    entry->site = NULL;
    return pending;
}

bool ripcord__run_now(struct ripcord__entry *entry)
{
    const struct ripcord__site *site = entry->site;
    if (!site)
        return false;
    entry->site = NULL;
    site->run(entry, NULL);
    return true;
}

/* What is on top may lie in a frame that is gone by now. */
static _Noreturn void jumped_over(const struct ripcord__entry *left)
{
    const struct ripcord__site *site = left->site;
    char buffer[300];

    if (!ripcord__thread.top)
        misuse("the block of %s deferred at %s:%d in %s was left twice, or "
               "its stack was switched", site->what, site->file, site->line,
               site->function);
    misuse("the block of %s deferred at %s:%d in %s was left while a newer "
           "call was pending: its block was jumped out of, by longjmp or a "
           "switch of stacks%s", site->what, site->file, site->line,
           site->function,
           entry_describe(ripcord__thread.top, buffer, sizeof buffer));
}

bool ripcord__leave(struct ripcord__entry *entry)
{
    if (!entry->site)
        return false;
    if (!site_is_valid_for_sure(entry->site))
        misuse("a block was left whose `defer` was jumped past (by goto or "
               "switch), or whose frame was overwritten");
    jumped_over(entry);
}
