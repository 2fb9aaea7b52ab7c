/* SPDX-License-Identifier: MIT */
/*
 * Faults that are recovered: what they are, and that nothing of them stays.
 */
#include "faults.h"

#include <errno.h>
#include <fenv.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define NIL_MESSAGE \
    "runtime error: invalid memory address or nil pointer dereference"
#define NIL "recovered:" NIL_MESSAGE

static volatile int sink;

/* ---- What they are ---- */

/* Whether a program counter is that of a small function. */
static bool is_in(uintptr_t pc, uintptr_t function)
{
#ifdef __x86_64__
    return pc - function < 512;
#else
    return pc == 0 || pc - function < 512;
#endif
}

START_TEST(a_null_dereference_is_a_null_error)
{
    ripcord_panic caught = { .kind = NULL };
    enable(NULL);
    attempt () {
        store_at(16);
    } rescue (p) {
        caught = *p;
    }
    ck_assert_ptr_eq(caught.kind, &RIPCORD_NULL_ERROR);
    ck_assert_str_eq(caught.message, NIL_MESSAGE);
    ck_assert_int_eq(caught.fault.signal, SIGSEGV);
    ck_assert_int_eq(caught.fault.code, SEGV_MAPERR);
    ck_assert(caught.fault.has_address);
    ck_assert_uint_eq(caught.fault.address, 16);
    ck_assert(is_in(caught.fault.pc, (uintptr_t)store_at));
}
END_TEST

static const ripcord_kind *kind_at(uintptr_t address)
{
    static const ripcord_kind *kind;
    kind = NULL;
    attempt () {
        sink = load_from(address);
    } rescue (p) {
        kind = p->kind;
    }
    return kind;
}

START_TEST(addresses_below_64_kibibytes_are_null)
{
    enable_for(RIPCORD_FAULT_ALL);
    ck_assert_ptr_eq(kind_at(0), &RIPCORD_NULL_ERROR);
    ck_assert_ptr_eq(kind_at(65532), &RIPCORD_NULL_ERROR);
    ck_assert_ptr_eq(kind_at(65536), &RIPCORD_ADDRESS_ERROR);
}
END_TEST

/* Runs a body that faults, and checks what it was. */
static void ck_faults(void (*body)(void *), uintptr_t argument,
                      const ripcord_kind *kind, int signal, int code,
                      const char *message)
{
    ripcord_panic caught;
    ck_assert(!ripcord_protect(body, (void *)argument, &caught));
    ck_assert_ptr_eq(caught.kind, kind);
    ck_assert_str_eq(caught.message, message);
    ck_assert_int_eq(caught.fault.signal, signal);
    ck_assert_int_eq(caught.fault.code, code);
    ck_assert(ripcord_panic_is(&caught, &RIPCORD_RUNTIME_ERROR));
}

static void loads(void *address) { sink = load_from((uintptr_t)address); }
static void stores(void *address) { store_at((uintptr_t)address); }

START_TEST(memory_that_must_not_be_written_is_an_address_error)
{
    enable_for(RIPCORD_FAULT_ADDRESS);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *memory = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
                        -1, 0);
    ck_faults(stores, (uintptr_t)memory, &RIPCORD_ADDRESS_ERROR, SIGSEGV,
              SEGV_ACCERR, NIL_MESSAGE);
}
END_TEST

START_TEST(an_address_that_no_processor_has_is_unknown_and_not_null)
{
    ripcord_panic caught;
    enable_for(RIPCORD_FAULT_ADDRESS);
    ck_assert(!ripcord_protect(loads, (void *)0x8123456789abcdf0, &caught));
    ck_assert_ptr_eq(caught.kind, &RIPCORD_ADDRESS_ERROR);
    ck_assert_int_eq(caught.fault.code, SI_KERNEL);
    ck_assert(!caught.fault.has_address);
    ck_assert_uint_eq(caught.fault.address, 0);
}
END_TEST

static void divides_by(void *b) { sink = divide(7, (int)(intptr_t)b); }
static void divides_smallest(void *b)
{
    sink = divide(INT_MIN, (int)(intptr_t)b);
}

START_TEST(a_division_by_zero_is_a_divide_error)
{
    enable(NULL);
    ck_faults(divides_by, 0, &RIPCORD_DIVIDE_ERROR, SIGFPE, FPE_INTDIV,
              "runtime error: integer divide by zero");
}
END_TEST

START_TEST(so_is_the_smallest_number_divided_by_minus_one)
{
    ripcord_panic caught;
    enable(NULL);
    ck_assert(!ripcord_protect(divides_smallest, (void *)(intptr_t)-1,
                               &caught));
    ck_assert_ptr_eq(caught.kind, &RIPCORD_DIVIDE_ERROR);
    ck_assert(is_in(caught.fault.pc, (uintptr_t)divide));
    ck_assert_uint_eq(caught.fault.address, caught.fault.pc);
}
END_TEST

static void divides_floats(void *unused)
{
    volatile double zero = 0, one = 1;
    (void)unused;
    (void)feenableexcept(FE_DIVBYZERO);
    sink = one / zero > 0;
}

START_TEST(a_floating_point_exception_is_a_float_error)
{
    enable(NULL);
    ck_faults(divides_floats, 0, &RIPCORD_FLOAT_ERROR, SIGFPE, FPE_FLTDIV,
              "runtime error: floating point error");
}
END_TEST

static void executes_illegal(void *unused)
{
    (void)unused;
    execute_illegal();
}

START_TEST(an_illegal_instruction_is_an_instruction_error)
{
    enable_for(RIPCORD_FAULT_INSTRUCTION);
    ck_faults(executes_illegal, 0, &RIPCORD_INSTRUCTION_ERROR, SIGILL,
              ILL_ILLOPN, "runtime error: illegal instruction");
}
END_TEST

static void executes_trap(void *unused)
{
    (void)unused;
    execute_trap();
}

START_TEST(a_breakpoint_is_an_instruction_error)
{
    enable_for(RIPCORD_FAULT_TRAP);
    ck_faults(executes_trap, 0, &RIPCORD_INSTRUCTION_ERROR, SIGTRAP,
              SI_KERNEL, "runtime error: trace trap");
}
END_TEST

static void loads_truncated(void *unused)
{
    (void)unused;
    load_truncated();
}

START_TEST(a_truncated_mapping_is_a_bus_error)
{
    enable_for(RIPCORD_FAULT_BUS);
    ck_faults(loads_truncated, 0, &RIPCORD_BUS_ERROR, SIGBUS, BUS_ADRERR,
              NIL_MESSAGE);
}
END_TEST

START_TEST(an_ordinary_panic_has_no_signal)
{
    enable(NULL);
    attempt () {
        panic("hello");
    } rescue (p) {
        ck_assert_int_eq(p->fault.signal, 0);
        trace(p->message);
    }
    ck_traced("hello");
}
END_TEST

/* ---- Nothing of them stays ---- */

START_TEST(a_thousand_on_one_thread)
{
    volatile int recovered = 0;
    enable(NULL);
    for (int i = 0; i < 1000; i++) {
        recoverable () {
            defer(trace_recovery);
            store_null();
        }
        recovered += strcmp(traced(), NIL) == 0;
        trace_reset();
    }
    ck_assert_int_eq(recovered, 1000);
}
END_TEST

START_TEST(mask_errno_and_alternate_stack_are_as_before)
{
    sigset_t some, before, after;
    stack_t stack, same;

    enable(NULL);
    (void)sigemptyset(&some);
    (void)sigaddset(&some, SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, &some, NULL);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &before);
    (void)sigaltstack(NULL, &stack);
    errno = 77;
    recoverable () {
        defer(trace_recovery);
        store_null();
    }
    ck_assert_int_eq(errno, IS_THREAD_SANITIZED ? errno : 77);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int signal = 1; signal < 32; signal++)
        ck_assert_int_eq(sigismember(&before, signal),
                         sigismember(&after, signal));
    (void)sigaltstack(NULL, &same);
    ck_assert_ptr_eq(same.ss_sp, stack.ss_sp);
    ck_assert_uint_eq(same.ss_size, stack.ss_size);
    ck_assert_int_eq(same.ss_flags, 0);
    ck_traced(NIL);
}
END_TEST

/* The mode that divisions are rounded in, which fegetround does not ask. */
static const char *rounding(void)
{
    volatile double one = 1, three = 3;
    return one / three > 1.0 / 3.0 && fegetround() == FE_UPWARD
               ? "upward" : "otherwise";
}

static void trace_rounding(void) { trace(rounding()); }
RIPCORD_DEFERRABLE(trace_rounding)

START_TEST(the_rounding_mode_is_as_before)
{
    enable(NULL);
    (void)fesetround(FE_UPWARD);
    recoverable () {
        defer(trace_recovery);
        defer(trace_rounding);
        store_null();
    }
    trace(rounding());
    ck_traced("upward " NIL " upward");
}
END_TEST

/* ---- Deferred calls ---- */

static int *volatile nowhere;

START_TEST(a_call_deferred_just_before_the_fault_runs)
{
    volatile int before = 1;
    enable(NULL);
    recoverable (before) {
        defer(trace_recovery);
        before = 2;
        {
            defer(trace, "inner");
            store_at((uintptr_t)nowhere);
        }
        before = 3;
    }
    ck_traced("inner " NIL);
    ck_assert_int_eq(before, 2);
}
END_TEST

START_TEST(a_fault_in_a_deferred_call_replaces_the_panic)
{
    enable(NULL);
    attempt () {
        defer(trace, "last");
        defer(store_null);
        panic("first");
    } rescue (p) {
        trace(p->message);
        ck_assert_str_eq(p->replaced.message, "first");
    }
    ck_traced("last " NIL_MESSAGE);
}
END_TEST

START_TEST(faults_in_deferred_calls_of_faults)
{
    enable(NULL);
    attempt () {
        defer_scope(calls);
        for (int i = 0; i < 20; i++)
            defer_to(calls, store_null);
        store_null();
    } rescue (p) {
        trace_number((int)p->replaced.count);
    }
    attempt () {
        store_null();
    } rescue (p) {
        trace_number((int)p->replaced.count);
    }
    ck_traced("20 0");
}
END_TEST

/* On the alternate stack: landings of its own, and panics to landings of
   the thread's own stack, which may lie above or below. */
static void recovers_inside(void)
{
    defer(trace, "left");
    attempt () {
        defer(trace, "inside");
        store_null();
    } rescue (p) {
        trace(p->kind->name);
    }
    attempt () {
        panic("plain");
    } rescue (p) {
        trace(p->message);
    }
}
RIPCORD_DEFERRABLE(recovers_inside)

static void panics(const char *message) { panic("%s", message); }
RIPCORD_DEFERRABLE(panics, const char *)

static void land_from_everywhere(void)
{
    recoverable () {
        defer(trace_recovery);
        defer(trace, "outer");
        defer(panics, "second");
        defer(recovers_inside);
        store_null();
    }
    attempt () {
        defer(panics, "third");
        store_null();
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("inside null error plain left outer recovered:second third");
    trace_reset();
}

START_TEST(deferred_calls_land_on_the_alternate_stack_and_beyond)
{
    enable(NULL);
    land_from_everywhere();
    land_from_everywhere();
}
END_TEST

static void copies_null(void *unused)
{
    char buffer[64];
    const char *volatile from = NULL;
    volatile size_t size = sizeof buffer;
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    (void)unused;
    (void)copy(buffer, from, size);
    sink = buffer[size - 1];
}

START_TEST(a_fault_inside_the_c_library)
{
    enable(NULL);
    ck_faults(copies_null, 0, &RIPCORD_NULL_ERROR, SIGSEGV, SEGV_MAPERR,
              NIL_MESSAGE);
}
END_TEST

START_TEST(a_fault_can_be_raised_again)
{
    enable(NULL);
    attempt () {
        attempt () {
            store_at(8);
        } rescue (p) {
            panic_again(p);
        }
    } rescue (p) {
        ck_assert_uint_eq(p->fault.address, 8);
        ck_assert_int_eq(p->fault.signal, SIGSEGV);
        trace("again");
    }
    ck_traced("again");
}
END_TEST

/* ---- Stacks ---- */

static void *recovers_in_thread(void *unused)
{
    (void)unused;
    land_from_everywhere();
    return NULL;
}

static void *recovers_in_attached_thread(void *unused)
{
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    return recovers_in_thread(unused);
}

static void run_thread(void *(*body)(void *))
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, body, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(threads_that_are_attached_or_not)
{
    enable(NULL);
    for (int i = 0; i < 10; i++) {
        run_thread(recovers_in_thread);
        run_thread(recovers_in_attached_thread);
    }
}
END_TEST

static ucontext_t caller, coroutine;

START_TEST(a_coroutine_stack_above_or_below)
{
    enum { SIZE = 262144 };
    /* ThreadSanitizer takes it for a part of the thread's stack, and so does
       AddressSanitizer, which forgets the locals of one that lies lower. */
    if (IS_SANITIZED)
        return;
    enable(NULL);
    for (int i = 0; i < 2; i++) {
        (void)getcontext(&coroutine);
        coroutine.uc_stack.ss_sp = mmap(
            NULL, SIZE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        coroutine.uc_stack.ss_size = SIZE;
        coroutine.uc_link = &caller;
        makecontext(&coroutine, land_from_everywhere, 0);
        (void)swapcontext(&caller, &coroutine);
        land_from_everywhere();
        (void)ripcord_faults_disable();
        enable(NULL);
    }
}
END_TEST

static void exits(void) { ripcord_thread_exit(NULL); }
RIPCORD_DEFERRABLE(exits)

static void *exits_in_a_deferred_call(void *unused)
{
    (void)unused;
    ck_assert_int_eq(ripcord_thread_attach(), 0);
    recoverable () {
        defer(trace_recovery);
        defer(trace, "outer");
        defer(exits);
        store_null();
    }
    trace("not reached");
    return NULL;
}

START_TEST(the_exit_of_a_thread_drops_a_fault)
{
    enable(NULL);
    run_thread(exits_in_a_deferred_call);
    ck_traced("outer");
}
END_TEST

#ifdef __x86_64__

/* The 128 bytes below the stack pointer, which the code that faults may have
   in use, and the flags and the alignment that a function may rely on. */
static uint64_t *red_zone;

static void checks_machine(void)
{
    _Alignas(16) char aligned[16];
    uint64_t flags;
    __asm__ volatile("movaps %%xmm0, %0\n\tpushfq\n\tpop %1"
                     : "=m"(aligned), "=r"(flags));
    trace(flags & 0x400 ? "backwards" : "forwards");
    for (int i = 1; i <= 16; i++)
        if (red_zone[-i] != 0x1234567890abcdef)
            trace("damaged");
}
RIPCORD_DEFERRABLE(checks_machine)

START_TEST(the_red_zone_the_flags_and_the_alignment)
{
    enable(NULL);
    recoverable () {
        defer(trace_recovery);
        defer(checks_machine);
        __asm__ volatile(
            "mov %%rsp, %0\n\t"
            "mov $0x1234567890abcdef, %%rax\n\t"
            "lea -128(%%rsp), %%rdi\n\t"
            "mov $16, %%ecx\n\t"
            "cld\n\trep stosq\n\t"
            "std\n\t"
            "movl $1, 0"
            : "=m"(red_zone) : : "rax", "rcx", "rdi", "memory", "cc");
    }
    ck_traced("forwards " NIL);
}
END_TEST

#endif

RUN_SUITE("fault",
    a_null_dereference_is_a_null_error,
    addresses_below_64_kibibytes_are_null,
    memory_that_must_not_be_written_is_an_address_error,
    ON_X86_64(an_address_that_no_processor_has_is_unknown_and_not_null)
    ON_X86_64(a_division_by_zero_is_a_divide_error)
    ON_X86_64(so_is_the_smallest_number_divided_by_minus_one)
    ON_X86_64(a_floating_point_exception_is_a_float_error)
    an_illegal_instruction_is_an_instruction_error,
    ON_X86_64(a_breakpoint_is_an_instruction_error)
    a_truncated_mapping_is_a_bus_error,
    an_ordinary_panic_has_no_signal,
    a_thousand_on_one_thread,
    mask_errno_and_alternate_stack_are_as_before,
    the_rounding_mode_is_as_before,
    a_call_deferred_just_before_the_fault_runs,
    a_fault_in_a_deferred_call_replaces_the_panic,
    faults_in_deferred_calls_of_faults,
    deferred_calls_land_on_the_alternate_stack_and_beyond,
    a_fault_inside_the_c_library,
    a_fault_can_be_raised_again,
    threads_that_are_attached_or_not,
    a_coroutine_stack_above_or_below,
    the_exit_of_a_thread_drops_a_fault,
    ON_X86_64(the_red_zone_the_flags_and_the_alignment)
)
