/* SPDX-License-Identifier: MIT */
#include "coroutine.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Valgrind has to be told where stacks are. */
#if defined __has_include
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef VALGRIND_STACK_REGISTER
#define VALGRIND_STACK_REGISTER(start, end) 0
#define VALGRIND_STACK_DEREGISTER(stack) (void)(stack)
#endif

extern __attribute__((weak)) void __sanitizer_start_switch_fiber(
    void **fake_stack, const void *bottom, size_t size);
extern __attribute__((weak)) void __sanitizer_finish_switch_fiber(
    void *fake_stack, const void **bottom, size_t *size);
extern __attribute__((weak)) void *__tsan_get_current_fiber(void);
extern __attribute__((weak)) void *__tsan_create_fiber(unsigned flags);
extern __attribute__((weak)) void __tsan_destroy_fiber(void *fiber);
extern __attribute__((weak)) void __tsan_switch_to_fiber(void *fiber,
                                                         unsigned flags);

static __thread struct coroutine outside;
static __thread struct coroutine *current, *former;

/* What comes first on the stack that was switched to. */
static void arrive(struct coroutine *self)
{
    const void *bottom;
    size_t size;

    if (!__sanitizer_finish_switch_fiber)
        return;
    __sanitizer_finish_switch_fiber(self->fake_stack, &bottom, &size);
    if (former == &outside) {
        outside.bottom = bottom;
        outside.size = size;
    }
}

static __attribute__((noinline)) void switch_stack(struct coroutine *from,
                                                   struct coroutine *to)
{
    current = to;
    former = from;
    if (from->hooked || to->hooked)
        RIPCORD_STACK_SWITCH(&from->calls, &to->calls);
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(
            from->ended ? NULL : &from->fake_stack, to->bottom, to->size);
    if (__tsan_switch_to_fiber) {
        from->fiber = __tsan_get_current_fiber();
        __tsan_switch_to_fiber(to->fiber, 0);
    }
    ck_assert_int_eq(swapcontext(&from->context, &to->context), 0);
    arrive(from);
}

static void begin(void)
{
    struct coroutine *self = current;

    arrive(self);
    self->body(self->name);
    self->ended = true;
    switch_stack(self, self->resumer);
}

void coroutine_init(struct coroutine *coroutine, void (*body)(const char *),
                    const char *name, char *memory)
{
    *coroutine = (struct coroutine){
        .body = body, .name = name, .memory = memory, .hooked = true
    };
    if (!memory)
        coroutine->memory = mmap(NULL, COROUTINE_SIZE,
                                 PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(coroutine->memory, MAP_FAILED);
    coroutine->bottom = coroutine->memory;
    coroutine->size = COROUTINE_SIZE;
    coroutine->stack = VALGRIND_STACK_REGISTER(
        coroutine->memory, coroutine->memory + COROUTINE_SIZE);
    if (__tsan_create_fiber)
        coroutine->fiber = __tsan_create_fiber(0);
    ripcord_stack_init(&coroutine->calls);
    ck_assert_int_eq(getcontext(&coroutine->context), 0);
    coroutine->context.uc_stack.ss_sp = coroutine->memory;
    coroutine->context.uc_stack.ss_size = COROUTINE_SIZE;
    makecontext(&coroutine->context, begin, 0);
}

void coroutine_free(struct coroutine *coroutine)
{
    VALGRIND_STACK_DEREGISTER(coroutine->stack);
    if (__tsan_destroy_fiber)
        __tsan_destroy_fiber(coroutine->fiber);
    ck_assert_int_eq(munmap(coroutine->memory, COROUTINE_SIZE), 0);
}

bool coroutine_resume(struct coroutine *coroutine)
{
    coroutine->resumer = current ? current : &outside;
    switch_stack(coroutine->resumer, coroutine);
    return !coroutine->ended;
}

void coroutine_yield(void)
{
    switch_stack(current, current->resumer);
}
