/* SPDX-License-Identifier: MIT */
/*
 * ripcord/base.h - what the other headers stand on: the entries of a
 * thread's defer stack, and the one block of compiler attributes.
 *
 * Nothing here is meant to be used directly: every name begins with
 * ripcord__ or RIPCORD__ and may change with any release.
 */
#ifndef RIPCORD_BASE_H
#define RIPCORD_BASE_H

#include <stdbool.h>
#include <stddef.h>

/* Of functions that a program seldom calls: what leads there is moved out of
   its way. Some look for entries that somebody jumped over, and lazy binding
   writes over kilobytes of the stack, where these are, at the first call. The
   library has another one, see lib/place.h. */
#ifndef RIPCORD__COLD
#define RIPCORD__COLD RIPCORD__EARLY __attribute__((cold, noinline))
#endif
#if __has_attribute(noplt)
#define RIPCORD__EARLY __attribute__((noplt))
#else
#define RIPCORD__EARLY
#endif
#define RIPCORD__NORETURN __attribute__((noreturn))
#define RIPCORD__PRINTF(string, first) \
    __attribute__((__format__(__printf__, string, first)))
#define RIPCORD__INLINE \
    static inline __attribute__((always_inline, unused, artificial))
#define RIPCORD__RARELY(condition) __builtin_expect(!!(condition), 0)

/* A compiler barrier: a deferred call may run from a signal handler, so
   what was written before a push must not be moved behind it. */
#define RIPCORD__BARRIER() __atomic_signal_fence(__ATOMIC_SEQ_CST)

#define RIPCORD__JOIN(left, right) RIPCORD__JOIN_(left, right)
#define RIPCORD__JOIN_(left, right) left##right
#define RIPCORD__TEXT(name) RIPCORD__TEXT_(name)
#define RIPCORD__TEXT_(name) #name

/* The language's own differences, each told once. */
#ifdef __cplusplus
#define RIPCORD__BEGIN extern "C" {
#define RIPCORD__END }
#define RIPCORD__ASSERT(condition, text) static_assert(condition, text)
#define RIPCORD__CAST(type, value) static_cast<type>(value)
#define RIPCORD__NULL nullptr
#else
#define RIPCORD__BEGIN
#define RIPCORD__END
#define RIPCORD__ASSERT(condition, text) _Static_assert(condition, text)
#define RIPCORD__CAST(type, value) ((type)(value))
#define RIPCORD__NULL ((void *)0)
#endif

RIPCORD__BEGIN

struct ripcord__entry;
struct ripcord__running;
struct ripcord_panic;

/* What a site is. The values are far from anything that damaged memory is
   likely to hold, so they also prove that a site is one. */
enum ripcord__kind {
    RIPCORD__CALL = 0x72630001,   /* runs however its block is left */
    RIPCORD__ON_FAILURE,          /* runs when its block is not completed */
    RIPCORD__ON_SUCCESS,          /* runs when its block is completed */
    RIPCORD__SCOPE,               /* a scope with calls of its own */
    RIPCORD__RECOVERABLE_BLOCK,   /* a landing of recovered panics */
    RIPCORD__ATTEMPT_BLOCK,       /* a landing of every panic */
    RIPCORD__THREAD_BLOCK,        /* that a thread was started with */
    RIPCORD__LANDED,              /* on top of a recoverable just landed on */
    RIPCORD__CANCELLED,           /* a call that is not to be made any more */
    RIPCORD__KIND_END,
    RIPCORD__PLACE = RIPCORD__KIND_END  /* only a place, of no entry */
};

/* Added to the kind of a call that may recover. */
#define RIPCORD__OF_RECOVERER 0x100u

/* The static part of an entry: one per statement of the program. */
struct ripcord__site {
    /* Runs the entry; the panic is NULL when its block ends normally. */
    void (*run)(struct ripcord__entry *, struct ripcord_panic *);
    const char *what;       /* the deferred function, for diagnostics */
    const char *file;       /* where the statement stands */
    const char *function;
    int line;
    unsigned kind;          /* of enum ripcord__kind, and the flag above */
};

/*
 * The changing part, in the C frame of the block that the statement stands
 * in, followed by the arguments:
 *
 *     thread.top -> entry -> entry -> landing -> entry -> NULL
 *                   newest                       oldest
 */
struct ripcord__entry {
    struct ripcord__entry *previous;    /* the next older one */
    const struct ripcord__site *site;   /* NULL once it has run */
};

/* All that a thread has of its own. The landed attempt stands between the
   two hot members so that no compiler loads both in one wide access right
   after storing one of them: that stalls. */
struct ripcord__thread {
    struct ripcord__entry *top;         /* newest pending entry */
    struct ripcord__attempt *landed;    /* until its rescue block takes it */
    struct ripcord__running *running;   /* newest panic or exit */
};

/* What programs and the library agree on: the structures and the inline
   functions of all headers. The number is a part of the names of symbols, so
   that a program which was compiled for another one does not start. */
#define RIPCORD__LAYOUT 1
#define RIPCORD__OF_LAYOUT(name) \
    __asm__(RIPCORD__TEXT(RIPCORD__JOIN(name, RIPCORD__LAYOUT)))

extern __thread struct ripcord__thread ripcord__thread
    RIPCORD__OF_LAYOUT(ripcord__thread_layout_)
    __attribute__((tls_model("initial-exec")));

/* An entry that is left is not on top: returns false when it has run already.
   Otherwise newer entries were jumped over: takes them and it off. */
RIPCORD__COLD bool ripcord__leave(struct ripcord__entry *entry);

/* How many unwindings of the stack go on in this thread. A block that is left
   while there are more of them than when it was entered is being unwound: the
   compiler's cleanups are not told why they run. */
int ripcord__unwinding(void);

/* Checks all that is pending, which takes time for each call, and returns the
   newest one that is alive; `site` tells where. A program compiled with
   RIPCORD_CHECKED does so wherever it defers a call or leaves a block. */
struct ripcord__entry *ripcord__validate(const struct ripcord__site *site);
#ifdef RIPCORD_CHECKED
#define RIPCORD__VALIDATE_FOR(entry) \
    ((entry)->previous = ripcord__validate((entry)->site))
#define RIPCORD__VALIDATE(site) ((void)ripcord__validate(site))
#else
#define RIPCORD__VALIDATE_FOR(entry) ((void)0)
#define RIPCORD__VALIDATE(site) ((void)0)
#endif

/* A thread that ends by pthread_exit or a cancellation skips the cleanups of
   code that is compiled without -fexceptions. There the oldest entry of a
   thread is noted, so that the end of the thread finds what is pending. */
void ripcord__watch(const struct ripcord__entry *entry);
#ifdef __EXCEPTIONS
#define RIPCORD__WATCH(entry) (void)(entry)
#else
#define RIPCORD__WATCH(entry) \
    if (RIPCORD__RARELY(!(entry)->previous)) ripcord__watch(entry)
#endif

/* Puts an entry on top whose `previous` is filled in already. */
RIPCORD__INLINE void ripcord__push(struct ripcord__entry *entry)
{
    RIPCORD__VALIDATE_FOR(entry);
    RIPCORD__WATCH(entry);
    RIPCORD__BARRIER();
    ripcord__thread.top = entry;
    RIPCORD__BARRIER();
}

/* Takes the entry that is on top off. */
RIPCORD__INLINE void ripcord__pull(struct ripcord__entry *entry)
{
    ripcord__thread.top = entry->previous;
    RIPCORD__BARRIER();
}

/* Takes the entry of the block that ends off; false: it has run already. */
RIPCORD__INLINE bool ripcord__pop(struct ripcord__entry *entry)
{
    RIPCORD__BARRIER();
    if (RIPCORD__RARELY(ripcord__thread.top != entry))
        return ripcord__leave(entry);
    RIPCORD__VALIDATE(entry->site);
    ripcord__pull(entry);
    return true;
}

RIPCORD__END

#endif
