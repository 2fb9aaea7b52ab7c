/* SPDX-License-Identifier: MIT */
/*
 * scope.c - scopes: calls that accumulate until a block ends.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>

/* Sizes in bytes. Chunks double from the first to the last. */
#define FIRST_CHUNK 1024
#define LAST_CHUNK 65536

struct ripcord__chunk {
    /* The scope as it was before this chunk. */
    struct ripcord__chunk *previous;
    char *newest;
    char *bottom;
    char *limit;
    _Alignas(max_align_t) char records[];
};

/* A chunk is twice as large as what the scope has in use. */
static size_t chunk_size(const ripcord_scope *scope, size_t record)
{
    size_t size = scope->chunk
        ? 2 * (size_t)(scope->limit - scope->bottom) : FIRST_CHUNK;
    if (size > LAST_CHUNK)
        size = LAST_CHUNK;
    return size < record ? record : size;
}

char *ripcord__scope_grow(ripcord_scope *scope, size_t record)
{
    size_t size = chunk_size(scope, record);
    struct ripcord__chunk *chunk =
        malloc(sizeof *chunk + RIPCORD__RECORD + size);
    if (!chunk)
        return NULL;
    chunk->previous = scope->chunk;
    chunk->newest = scope->newest;
    chunk->bottom = scope->bottom;
    chunk->limit = scope->limit;
    scope->bottom = chunk->records + RIPCORD__RECORD;
    scope->limit = scope->bottom + size;
    scope->newest = scope->limit;
    scope->chunk = chunk;
    return scope->newest - record;
}

/* Goes back to the chunk before; returns false when there is none. */
static bool drop_chunk(ripcord_scope *scope)
{
    struct ripcord__chunk *chunk = scope->chunk;
    if (!chunk)
        return false;
    scope->chunk = chunk->previous;
    scope->newest = chunk->newest;
    scope->bottom = chunk->bottom;
    scope->limit = chunk->limit;
    free(chunk);
    return true;
}

static _Noreturn void damaged(const ripcord_scope *scope)
{
    misuse("a call deferred to the scope %s declared at %s:%d in %s is "
           "damaged: its memory was overwritten", scope->site->what,
           scope->site->file, scope->site->line, scope->site->function);
}

/* For a call of another module than the program. Returns the memory of the
   scope's own, where most are from, and which is loaded as long as the scope
   is there, since its code runs. */
static COLD struct range look_up(const ripcord_scope *scope,
                                 const struct ripcord__site *site)
{
    struct range known = module_of(scope->site);

    if (!may_be_site(site))
        damaged(scope);
    if (!is_within(&known, site) && !site_is_loaded(site))
        misuse("a call deferred to the scope %s declared at %s:%d in %s "
               "cannot be read: its module was unloaded, or its memory was "
               "overwritten", scope->site->what, scope->site->file,
               scope->site->line, scope->site->function);
    return known;
}

/* The site of the newest call in the chunk, or NULL when that is empty. Those
   in `known` need not be looked up. */
static inline const struct ripcord__site *newest_call(
    const ripcord_scope *scope, struct range *known)
{
    if (scope->newest == scope->limit)
        return NULL;
    const struct ripcord__site *site =
        *(const struct ripcord__site **)(void *)scope->newest;
    if (RIPCORD__RARELY(!is_within(known, site)))
        *known = look_up(scope, site);
    if (RIPCORD__RARELY(kind_of(site) != RIPCORD__CALL))
        damaged(scope);
    return site;
}

/* A panic takes one call at a time. The scope puts itself back below the
   call, so that it goes on if that call panics too. */
void ripcord__scope_run(struct ripcord__entry *entry, ripcord_panic *panic)
{
    ripcord_scope *scope = (ripcord_scope *)(void *)entry;
    const struct ripcord__site *site;
    struct range known = program;

    while (!(site = newest_call(scope, &known)))
        if (!drop_chunk(scope))
            return;
    entry->site = scope->site;
    ripcord__push(entry);
    run_call(site, entry, panic);
}

/* A call was left by an exception, or by the end of the thread: the block has
   no cleanup for the calls behind it, since this is in the midst of it. */
static void finish_unwound(ripcord_scope **scope)
{
    if (RIPCORD__RARELY(*scope))
        ripcord__scope_finish(*scope);
}

void ripcord__scope_finish(ripcord_scope *scope)
{
    const struct ripcord__site *site;
    struct range known = program;

    if (!ripcord__pop(&scope->pending))
        return;
    ripcord__push(&scope->pending);
    ripcord_scope *left __attribute__((cleanup(finish_unwound))) = scope;
    do
        while ((site = newest_call(scope, &known)))
            site->run(&scope->pending, NULL);
    while (drop_chunk(scope));
    left = NULL;
    (void)ripcord__pop(&scope->pending);
}

void ripcord__scope_foreign(const ripcord_scope *scope,
                            const struct ripcord__site *site)
{
    misuse("%s was deferred at %s:%d in %s to the scope %s of another "
           "thread, declared at %s:%d in %s", site->what, site->file,
           site->line, site->function, scope->site->what, scope->site->file,
           scope->site->line, scope->site->function);
}

void ripcord__scope_full(const struct ripcord__site *site)
{
    errno = ENOMEM;
    UNTOUCHED ripcord_panic local, *panic = panic_begin(
        &local, site->file, site->line, site->function,
                &RIPCORD_OUT_OF_MEMORY);
    panic->error = ENOMEM;
    (void)snprintf(panic->message, sizeof panic->message,
                   "defer_to: no memory to keep the call of %s", site->what);
    panic_start(panic);
}

/* A scope that belongs to no thread refuses more calls. */
void scope_drop(struct ripcord__entry *entry)
{
    ripcord_scope *scope = (ripcord_scope *)(void *)entry;

    while (drop_chunk(scope))
        continue;
    scope->newest = scope->limit;
    scope->thread = NULL;
}
