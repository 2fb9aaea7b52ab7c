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
const struct ripcord__site *run_newest(ripcord_panic *panic)
{
    struct ripcord__entry *entry = ripcord__thread.top;
    entry_check(entry);
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

/* The newest entry that is not a call which was cancelled or run early. */
static const struct ripcord__entry *newest_pending(void)
{
    const struct ripcord__entry *entry = ripcord__thread.top;
    while (entry && !entry->site)
        entry = entry->previous;
    return entry;
}

static _Noreturn void jumped_over(const struct ripcord__entry *left)
{
    const struct ripcord__entry *over = newest_pending();
    const struct ripcord__site *here = left->site;

    if (!over)
        misuse("the block of %s deferred at %s:%d in %s was left twice, or "
               "its stack was switched", here->what, here->file, here->line,
               here->function);
    entry_check(over);
    misuse("the block of %s deferred at %s:%d in %s was jumped out of (by "
           "longjmp, or a switch of stacks) and it did not run; noticed "
           "when the block of %s at %s:%d in %s was left",
           over->site->what, over->site->file, over->site->line,
           over->site->function, here->what, here->file, here->line,
           here->function);
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
