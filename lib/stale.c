/* SPDX-License-Identifier: MIT */
/*
 * stale.c - entries that somebody jumped over: finding, naming and dropping
 * them.
 *
 *     top -> stale -> stale -> entry of the block that is left -> ...
 *            the frames of these are gone: whatever they hold now is read
 *            through the kernel, judged, and never called
 */
#include "stale.h"
#include "trace.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOT_CHOSEN -1
/* So many are named; the others are counted. */
#define NAMED 8

static int chosen_policy = NOT_CHOSEN;

static ripcord_stale policy_of_environment(void)
{
    const char *name = secure_getenv("RIPCORD_STALE");

    if (name && strcmp(name, "fatal") == 0)
        return RIPCORD_STALE_FATAL;
    if (name && strcmp(name, "silent") == 0)
        return RIPCORD_STALE_SILENT;
    return RIPCORD_STALE_MESSAGE;
}

static ripcord_stale resolve(int choice)
{
    return choice == NOT_CHOSEN ? policy_of_environment()
                                : (ripcord_stale)choice;
}

ripcord_stale ripcord_set_stale(ripcord_stale policy)
{
    return resolve(__atomic_exchange_n(&chosen_policy, (int)policy,
                                       __ATOMIC_SEQ_CST));
}

/* ---- Following links that may lead nowhere ---- */

/* What was found on the way is kept, for the message: by the time that it is
   made, its own frames may cover the entries. */
struct trail {
    const struct ripcord__entry *at;
    const struct ripcord__entry *seen;
    unsigned long count;
    const struct ripcord__site *sites[NAMED];   /* of the first ones */
};

/* Copies an entry, and returns whether it can be believed to be one. */
static bool entry_read(struct ripcord__entry *copy,
                       const struct ripcord__entry *entry)
{
    return (uintptr_t)entry % _Alignof(struct ripcord__entry) == 0 &&
           read_safely(copy, entry, sizeof *copy) &&
           site_is_valid_for_sure(copy->site);
}

/* Goes on to the older one; false: that cannot be told. `seen` moves along at
   each power of two, so that a circle meets it. */
static bool trail_step(struct trail *trail)
{
    struct ripcord__entry copy;

    if (trail->at == trail->seen || !entry_read(&copy, trail->at))
        return false;
    if (trail->count < NAMED)
        trail->sites[trail->count] = copy.site;
    trail->count++;
    if ((trail->count & (trail->count - 1)) == 0)
        trail->seen = trail->at;
    trail->at = copy.previous;
    return true;
}

/* Goes on to `end`, or as far as that is possible. */
static void trail_follow(struct trail *trail,
                         const struct ripcord__entry *end)
{
    while (trail->at && trail->at != end && trail_step(trail))
        continue;
}

enum search stale_search(const struct ripcord__entry *wanted)
{
    struct trail trail = { .at = ripcord__thread.top };

    trail_follow(&trail, wanted);
    if (trail.at == wanted)
        return SEARCH_FOUND;
    return trail.at ? SEARCH_BROKEN : SEARCH_ABSENT;
}

/* ---- Telling ---- */

static void tell_name(struct text *text, const struct ripcord__site *site)
{
    char buffer[300];

    text_string(text, "\n\t");
    text_string(text, site_name(site, buffer, sizeof buffer)
                          ? buffer : "a call whose module was unloaded");
}

/* One line for each, as far as they could be followed. */
static void tell_names(struct text *text, const struct trail *trail,
                       const struct ripcord__entry *end)
{
    for (unsigned long i = 0; i < trail->count && i < NAMED; i++)
        tell_name(text, trail->sites[i]);
    if (trail->count > NAMED) {
        text_string(text, "\n\tand ");
        text_number(text, (long long)trail->count - NAMED);
        text_string(text, " more");
    }
    if (trail->at && trail->at != end)
        text_string(text, "\n\ta call whose frame was overwritten");
}

/* Writing must not end the thread, as a point where it is cancelled: it is in
   the midst of leaving a block, or of a panic. */
static void write_held(struct text *text)
{
    int state;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    text_flush(text);
    (void)pthread_setcancelstate(state, NULL);
}

/* Its own frame, which is large, is to come after the search. */
static OWN_FRAME RIPCORD__PRINTF(4, 0) void tell(
    const struct trail *trail, const struct ripcord__entry *end,
    struct ripcord__running *running, const char *format, va_list arguments)
{
    ripcord_stale policy = resolve(
        __atomic_load_n(&chosen_policy, __ATOMIC_SEQ_CST));
    struct text text = { .descriptor = STDERR_FILENO };
    char reason[800];

    if (policy == RIPCORD_STALE_SILENT)
        return;
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    text_string(&text, policy == RIPCORD_STALE_FATAL
                           ? "fatal error: ripcord: " : "ripcord: ");
    text_string(&text, reason);
    text_string(&text, trail->at || trail->count
                           ? "; dropped without being called:"
                           : running ? "; dropped:" : "; dropped");
    tell_names(&text, trail, end);
    running_names(&text, running);
    text_string(&text, "\n");
    write_held(&text);
    if (policy == RIPCORD_STALE_FATAL)
        abort();
}

static RIPCORD__PRINTF(3, 4) void tell_formatted(
    const struct trail *trail, const struct ripcord__entry *end,
    const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell(trail, end, NULL, format, arguments);
    va_end(arguments);
}

void stale_tell(const struct ripcord__entry *newest,
                struct ripcord__running *running, const char *format, ...)
{
    struct trail trail = { .at = newest };
    va_list arguments;

    trail_follow(&trail, NULL);
    va_start(arguments, format);
    tell(&trail, NULL, running, format, arguments);
    va_end(arguments);
}

void stale_cut(struct ripcord__entry *end, const char *format, ...)
{
    struct trail trail = { .at = ripcord__thread.top };
    va_list arguments;

    trail_follow(&trail, end);
    va_start(arguments, format);
    tell(&trail, end, NULL, format, arguments);
    va_end(arguments);
    ripcord__thread.top = end;
}

/* ---- What a panic meets ---- */

bool is_one_stack(const char *low, const char *high)
{
    struct module stack;
    int error = errno, state;
    bool found;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    found = module_find(&stack, (uintptr_t)low);
    (void)pthread_setcancelstate(state, NULL);
    errno = error;
    return found && (uintptr_t)high < stack.end;
}

bool is_gone(const char *address, const char *frame)
{
    uintptr_t below = (uintptr_t)frame - (uintptr_t)address;

    return below <= INTPTR_MAX && !stack_is_elsewhere(address, frame) &&
           (below < STACK_SIZE || is_one_stack(address, frame));
}

bool is_stale(const struct ripcord__entry *entry, const struct place *place)
{
    return is_gone(real_address(entry), place->frame);
}

/* Whether what a stale entry says is the older one can be an entry. */
static bool is_plausible(const struct ripcord__entry *entry)
{
    struct ripcord__entry copy;

    return !entry || entry_read(&copy, entry);
}

static bool step_back(struct trail *trail)
{
    return trail_step(trail) && is_plausible(trail->at);
}

static _Noreturn void lost(const struct place *place)
{
    misuse("a call was pending whose block was jumped out of, by longjmp or "
           "a switch of stacks, and its frame was overwritten, so that the "
           "older ones cannot be found; noticed by the %s at %s:%d in %s",
           place->what, place->file, place->line, place->function);
}

struct ripcord__entry *stale_older(const struct ripcord__entry *entry,
                                   const struct place *place)
{
    struct trail trail = { .at = entry };

    if (!step_back(&trail))
        lost(place);
    return (struct ripcord__entry *)(uintptr_t)trail.at;
}

/* Drops those at the top that are stale. */
static void drop(const struct place *place)
{
    struct trail trail = { .at = ripcord__thread.top };

    while (trail.at && is_stale(trail.at, place))
        if (!step_back(&trail))
            lost(place);
    tell_formatted(&trail, trail.at,
                   "a call was pending whose block was jumped out of, by "
                   "longjmp or a switch of stacks; noticed by the %s at "
                   "%s:%d in %s", place->what, place->file, place->line,
                   place->function);
    ripcord__thread.top = (struct ripcord__entry *)(uintptr_t)trail.at;
}

bool entry_is_alive(struct ripcord__entry *entry, const struct place *place)
{
    if (!entry || (uintptr_t)entry % _Alignof(void *) != 0)
        entry_damaged(entry, place);
    if (!is_stale(entry, place))
        return true;
    if (entry != ripcord__thread.top)
        return false;
    drop(place);
    return false;
}

/* Left free above the frames of the search, for there may be entries that the
   panic has not covered yet. */
#define ROOM 4096

static OWN_FRAME void drop_deeper(const char *what, const char *frame,
                                  const char *file, const char *function,
                                  int line)
{
    const struct place place = {
        frame, what, file, function, line, program
    };
    int error = errno;

    if (ripcord__thread.top && is_stale(ripcord__thread.top, &place))
        drop(&place);
    errno = error;
}

OWN_FRAME void stale_drop(const char *what, const char *frame,
                          const char *file, const char *function, int line)
{
    UNTOUCHED char room[ROOM];

    __asm__ volatile("" : : "r"(room) : "memory");
    drop_deeper(what, frame, file, function, line);
    __asm__ volatile("" : : "r"(room) : "memory");
}
