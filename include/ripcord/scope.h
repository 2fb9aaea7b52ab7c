/* SPDX-License-Identifier: MIT */
/*
 * ripcord/scope.h - calls that accumulate until a block ends: Go's rule for
 * defers in a loop.
 *
 * A scope is one entry of the defer stack that holds any number of calls.
 * Its records are stacked downwards, newest at the lowest address, first in
 * the room that the scope brings, then in chunks from the heap:
 *
 *     bottom                                  limit of the room
 *       |  free  | site, arguments | site, arguments |
 *                ^newest
 *
 * The macros are in <ripcord/defer.h>.
 */
#ifndef RIPCORD_SCOPE_H
#define RIPCORD_SCOPE_H

#include <ripcord/base.h>
#include <ripcord/context.h>

RIPCORD__BEGIN

struct ripcord__chunk;

/*
 * A scope. It is declared by RIPCORD_DEFER_SCOPE and lives to the end of its
 * block; RIPCORD_SCOPE_OF gives a pointer for functions that defer to it. Only
 * the thread that declared it may use it. Its members are private.
 */
typedef struct ripcord_scope {
    /* Not named as that of a call: a scope cannot be cancelled. */
    struct ripcord__entry pending;
    const struct ripcord__site *site;   /* kept, to put the entry back */
    struct ripcord__thread *thread;     /* whose defer stack it is on */
    struct ripcord__chunk *chunk;       /* in use; NULL: the room below */
    char *newest;                       /* record; the limit when empty */
    char *bottom;
    char *limit;
    /* Enough for eight calls with one argument each, and what they spill. */
    char room[8 + 128] __attribute__((aligned(8)));
} ripcord_scope;

/* A scope declared where its calls may recover. */
struct ripcord__recoverable_scope {
    ripcord_scope scope;
};

/* The type of a scope that is declared at the place of expansion. */
#define RIPCORD__SCOPE_HERE                                              \
    RIPCORD__EITHER(RIPCORD__MAY_RECOVER(),                              \
                    struct ripcord__recoverable_scope, ripcord_scope)

/* Makes room for a record in a new chunk, or returns NULL. */
RIPCORD__COLD char *ripcord__scope_grow(ripcord_scope *scope, size_t size);
/* Ends the process: a scope of another thread was used at `site`. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord__scope_foreign(
    const ripcord_scope *scope, const struct ripcord__site *site);
/* Panics: the call at `site` could not be kept, and has run. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord__scope_full(
    const struct ripcord__site *site);
void ripcord__scope_run(struct ripcord__entry *entry,
                        struct ripcord_panic *panic);
void ripcord__scope_finish(ripcord_scope *scope);

/* A record is all of a call but the first member of its entry, which may
   spill over what lies below. */
#define RIPCORD__RECORD offsetof(struct ripcord__entry, site)
#define RIPCORD__RECORD_SIZE(call) (sizeof(call) - RIPCORD__RECORD)

RIPCORD__INLINE void ripcord__scope_enter(void *of_either_type,
                                          const struct ripcord__site *site)
{
    ripcord_scope *scope = RIPCORD__CAST(ripcord_scope *, of_either_type);
    scope->site = site;
    scope->thread = &ripcord__thread;
    scope->chunk = RIPCORD__CAST(struct ripcord__chunk *, RIPCORD__NULL);
    scope->bottom = scope->room + RIPCORD__RECORD;
    scope->limit = scope->room + sizeof scope->room;
    scope->newest = scope->limit;
    scope->pending.previous = ripcord__thread.top;
    scope->pending.site = site;
    ripcord__push(&scope->pending);
}

/* The normal way out of the block of a scope of either type. */
RIPCORD__INLINE void ripcord__scope_leave(void *of_either_type)
{
    ripcord_scope *scope = RIPCORD__CAST(ripcord_scope *, of_either_type);
    if (scope->newest != scope->limit || scope->chunk)
        ripcord__scope_finish(scope);
    else
        (void)ripcord__pop(&scope->pending);
}

/* Where a record goes that ripcord__scope_keep will keep; NULL: there is no
   memory for it. */
RIPCORD__INLINE char *ripcord__scope_room(void *of_either_type, size_t size,
                                          const struct ripcord__site *site)
{
    ripcord_scope *scope = RIPCORD__CAST(ripcord_scope *, of_either_type);

    if (RIPCORD__RARELY(scope->thread != &ripcord__thread))
        ripcord__scope_foreign(scope, site);
    if (RIPCORD__RARELY((size_t)(scope->newest - scope->bottom) < size))
        return ripcord__scope_grow(scope, size);
    return scope->newest - size;
}

RIPCORD__INLINE void ripcord__scope_keep(void *of_either_type, char *record)
{
    RIPCORD__BARRIER();
    RIPCORD__CAST(ripcord_scope *, of_either_type)->newest = record;
    RIPCORD__BARRIER();
}

/* Takes the newest record off, before it runs: it may not come back.
   Returns the call, whose first member is void. */
RIPCORD__INLINE char *ripcord__scope_take(struct ripcord__entry *entry,
                                          size_t size)
{
    void *of_entry = entry;
    ripcord_scope *scope = RIPCORD__CAST(ripcord_scope *, of_entry);
    char *record = scope->newest;
    scope->newest = record + size;
    return record - RIPCORD__RECORD;
}

RIPCORD__END

#endif
