/* SPDX-License-Identifier: MIT */
/*
 * mark.c - marks: running what is pending before somebody else's longjmp.
 */
#include "stale.h"

#include <errno.h>

static void mark_check(const ripcord_mark *mark)
{
    const struct ripcord__site *site = mark->site;
    struct ripcord__site copy;

    if (!read_safely(&copy, site, sizeof copy) || copy.kind != RIPCORD__PLACE)
        misuse("ripcord_unwind was given a mark that was never set, or whose "
               "block is gone");
    if (mark->thread != &ripcord__thread)
        misuse("the mark set at %s:%d in %s belongs to another thread",
               site->file, site->line, site->function);
}

/* Whether the entry of the mark is on the list. Those above are alive unless
   the jump has been done already. */
static bool is_pending(const struct ripcord__entry *wanted,
                       const struct place *place)
{
    struct ripcord__entry *entry = ripcord__thread.top;

    while (entry && entry != wanted) {
        if (is_stale(entry, place))
            return stale_search(wanted) != SEARCH_ABSENT;
        entry = entry->previous;
    }
    return entry == wanted;
}

/* Whether the panic or exit that ran when the mark was set still does. Those
   that are newer may lie in frames that are gone. */
static bool is_running(const struct ripcord__running *wanted,
                       const struct place *place)
{
    return !(wanted && running_is_gone(wanted, place)) &&
           running_search(wanted) != SEARCH_ABSENT;
}

/* When the jump has been done already, what began since then was jumped out
   of. Its frames are not written to; what it holds is given back as far as
   they can be read. */
static void drop_gone(const ripcord_mark *mark, const struct place *place)
{
    const struct ripcord__running *newest = ripcord__thread.running;
    struct ripcord__running oldest;

    if (newest == mark->running ||
        (!running_is_gone(newest, place) &&
         running_search(mark->running) == SEARCH_FOUND))
        return;
    stale_tell(NULL, NULL, "a panic or an exit was running and was jumped "
               "out of; noticed by the %s at %s:%d in %s", place->what,
               place->file, place->line, place->function);
    oldest = running_forget(newest, mark->running);
    ripcord__thread.running = mark->running;
    if (oldest.state)
        release_cancellation(&oldest);
}

/* The panics that began since then end here, as where they land. */
static void drop_running(const ripcord_mark *mark)
{
    struct ripcord__running *running;

    if (!ripcord__thread.running)
        return;
    running = running_drop(mark->running);
    if (running)
        release_cancellation(running);
    if (ripcord__thread.running != mark->running)
        exit_resume();
}

static void unwind(const ripcord_mark *mark, struct place *place)
{
    struct ripcord__entry *top;

    /* There is nothing any more after ripcord_fork_child. */
    while ((top = ripcord__thread.top) && top != mark->top)
        if (is_stale(top, place) &&
            stale_search(mark->top) != SEARCH_FOUND)
            stale_cut(mark->top, "a call was jumped over before it could be "
                      "run; noticed by the %s at %s:%d in %s", place->what,
                      place->file, place->line, place->function);
        else
            (void)run_newest(NULL, false, place);
}

OWN_FRAME void ripcord_unwind(const ripcord_mark *mark)
{
    mark_check(mark);

    const struct ripcord__site *site = mark->site;
    struct place place = {
        __builtin_frame_address(0), "unwinding to the mark", site->file,
        site->function, site->line, program
    };
    int error = errno;

    if (!is_pending(mark->top, &place) || !is_running(mark->running, &place))
        misuse("the mark set at %s:%d in %s is not on this stack of calls: "
               "its block was left, or the stack was switched", site->file,
               site->line, site->function);
    drop_gone(mark, &place);
    unwind(mark, &place);
    drop_running(mark);
    errno = error;
}
