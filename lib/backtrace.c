/* SPDX-License-Identifier: MIT */
/*
 * backtrace.c - walking the live stack.
 *
 * The walker is the unwinder of the compiler, which exceptions use. It reads
 * the tables that every function has, at any level of optimisation, where
 * frame pointers are mostly missing, and knows the frames of signals. It does
 * not allocate. With glibc 2.35 and later it takes no lock either; older ones
 * lock the list of loaded objects.
 */
#include "trace.h"

#include <errno.h>
#include <pthread.h>
#include <unwind.h>

/* More frames than a stack can hold: a damaged one may go in circles. */
#define MAXIMUM_FRAMES ((size_t)1 << 20)
/* No less than what functions may use below their stack pointer. */
#define RED_ZONES 512

struct walker {
    void (*visit)(struct walker *, uintptr_t address);
    void *into;                     /* what `visit` fills */
    size_t size;                    /* of that, if it is limited */
    size_t total;                   /* frames visited */
    const char *start;              /* a frame address: the first frame is
                                       that of its caller; NULL: found */
    struct ripcord__running *next;  /* whose frame is looked for */
    struct ripcord__running *raised;    /* by the frame visited, or NULL */
    uintptr_t below;                /* the stack pointer one frame newer */
    bool interrupted;               /* the frame visited, by a signal */
};

/* Whether the function that has the frame address, which lies between the
   stack pointers of its own and its caller's calls, was called by the frame
   that has the stack pointer `here`. Holds across stacks, too. */
static bool was_called(const struct walker *walker, const char *frame,
                       uintptr_t here)
{
    return walker->below <= (uintptr_t)frame && (uintptr_t)frame < here;
}

/* An exit that an attempt has put aside names another frame than its own. */
static void note_raised(struct walker *walker, uintptr_t here)
{
    while (walker->next && walker->next->state == RIPCORD__SUSPENDED)
        walker->next = walker->next->older;
    walker->raised = NULL;
    if (walker->next && was_called(walker, walker->next->frame, here)) {
        walker->raised = walker->next;
        walker->next = walker->next->older;
    }
}

/* Who called through a null pointer: no table leads from there to the
   caller. 0 when that cannot be told. */
static uintptr_t caller_of_nothing(struct _Unwind_Context *context,
                                   uintptr_t here)
{
#if defined __x86_64__
    (void)context;
    return *(const uintptr_t *)here;
#elif defined __aarch64__
    (void)here;
    return (uintptr_t)_Unwind_GetGR(context, 30);
#else
    (void)context;
    (void)here;
    return 0;
#endif
}

static void visit(struct walker *walker, struct _Unwind_Context *context,
                  uintptr_t here, uintptr_t address)
{
    if (walker->interrupted) {
        walker->visit(walker, address);
        if (address != 0)
            return;
        walker->raised = NULL;
        address = caller_of_nothing(context, here);
    }
    /* A return address may be that of the next function already; the oldest
       one of a thread is 0. */
    if (address)
        walker->visit(walker, address - 1);
}

static _Unwind_Reason_Code step(struct _Unwind_Context *context,
                                void *argument)
{
    struct walker *walker = argument;
    uintptr_t here = (uintptr_t)_Unwind_GetCFA(context);
    int interrupted = 0;
    uintptr_t address = (uintptr_t)_Unwind_GetIPInfo(context, &interrupted);

    /* The frame of a fault is just below the stack pointer, wherever the
       stack of its handler is. */
    walker->interrupted = interrupted != 0;
    if (interrupted)
        walker->below = here - RED_ZONES;
    note_raised(walker, here);
    if (walker->start && was_called(walker, walker->start, here))
        walker->start = NULL;
    if (!walker->start)
        visit(walker, context, here, address);
    walker->below = here;
    return walker->total < MAXIMUM_FRAMES ? _URC_NO_REASON
                                          : _URC_NORMAL_STOP;
}

static void walk_stack(struct walker *walker)
{
    int error = errno;
    walker->below = UINTPTR_MAX;
    (void)_Unwind_Backtrace(step, walker);
    errno = error;
}

static size_t slot_of(size_t number)
{
    return number < TRACE_HALF
        ? number : TRACE_HALF + (number - TRACE_HALF) % TRACE_HALF;
}

/* What the handler of a fault returns to belongs to raising the panic. */
static void keep(struct walker *walker, uintptr_t address)
{
    struct trace *trace = walker->into;

    if (walker->raised && walker->interrupted && walker->total > 0)
        trace->frames[slot_of(walker->total - 1)].of_library = true;
    trace->frames[slot_of(walker->total)] = (struct frame){
        .address = address, .raised = walker->raised
    };
    walker->total++;
}

/* Where a trace begins, and which panics and exits it can meet. */
static void begin(struct walker *walker, const ripcord_panic *panic,
                  const char *start)
{
    walker->start = start;
    walker->next = ripcord__thread.running;
    if (!panic)
        return;
    walker->start = panic->ripcord__own.frame;
    while (walker->next && walker->next != &panic->ripcord__own)
        walker->next = walker->next->older;
}

void trace_take(struct trace *trace, const ripcord_panic *panic,
                const char *start)
{
    struct walker walker = { .visit = keep, .into = trace };

    begin(&walker, panic, start);
    walk_stack(&walker);
    trace->total = walker.total;
    trace->count = walker.total < 2 * TRACE_HALF ? walker.total
                                                 : 2 * TRACE_HALF;
}

struct frame *trace_at(struct trace *trace, size_t index)
{
    if (index >= TRACE_HALF)
        index += trace_elided(trace, TRACE_HALF);
    return &trace->frames[slot_of(index)];
}

size_t trace_elided(const struct trace *trace, size_t index)
{
    if (index != TRACE_HALF || trace->total <= 2 * TRACE_HALF)
        return 0;
    return trace->total - 2 * TRACE_HALF;
}

/* Otherwise its stack is gone. */
static bool is_running(const ripcord_panic *panic)
{
    const struct ripcord__running *running = ripcord__thread.running;
    while (running && running != &panic->ripcord__own)
        running = running->older;
    return running != NULL;
}

static void store(struct walker *walker, uintptr_t address)
{
    void **addresses = walker->into;

    if (walker->total < walker->size)
        addresses[walker->total] = (void *)address;
    walker->total++;
}

OWN_FRAME size_t ripcord_backtrace(const ripcord_panic *panic,
                                   void **addresses, size_t size)
{
    struct walker walker = {
        .visit = store, .into = addresses, .size = size
    };

    if (panic && !is_running(panic))
        return 0;
    begin(&walker, panic, __builtin_frame_address(0));
    walk_stack(&walker);
    return walker.total;
}

OWN_FRAME void ripcord_print_backtrace(const ripcord_panic *panic,
                                       int descriptor)
{
    struct text text = { .descriptor = descriptor };
    int error = errno, state;

    if (panic && !is_running(panic))
        return;
    /* Writing is a cancellation point, and the helper must be ended. */
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    traceback_write(&text, panic, __builtin_frame_address(0));
    text_flush(&text);
    (void)pthread_setcancelstate(state, NULL);
    errno = error;
}
