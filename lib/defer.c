/* SPDX-License-Identifier: MIT */
/*
 * defer.c - the cold side of leaving blocks, and the running of entries.
 */
#include "internal.h"

__thread struct ripcord__thread ripcord__thread
    __attribute__((tls_model("initial-exec")));

static bool is_due(const struct ripcord__site *site,
                   const ripcord_panic *panic)
{
    if (site->kind == RIPCORD__ON_FAILURE)
        return panic != NULL;
    if (site->kind == RIPCORD__ON_SUCCESS)
        return panic == NULL;
    return true;
}

/* The entry is taken off and marked before it runs: whatever it does, and
   whoever unwinds its frame later, it cannot run again. */
const struct ripcord__site *run_newest(ripcord_panic *panic,
                                       const struct place *place)
{
    struct ripcord__entry *entry = ripcord__thread.top;
    entry_check(entry, place);
    const struct ripcord__site *site = entry->site;

    ripcord__thread.top = entry->previous;
    entry->site = NULL;
    if (site && is_due(site, panic)) {
        if (panic && site->kind != RIPCORD__ATTEMPT_BLOCK)
            panic_hold_cancellation(panic);
        site->run(entry, panic);
    }
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
    if (!site_is_valid(entry->site))
        misuse("a block was left whose `defer` was jumped past (by goto or "
               "switch), or whose frame was overwritten");
    jumped_over(entry);
}
