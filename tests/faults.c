/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __clang__
#define UNWATCHED \
    __attribute__((noinline, no_sanitize("address", "undefined", "thread")))
#else
#define UNWATCHED                                                          \
    __attribute__((noinline, no_sanitize_address, no_sanitize_undefined,   \
                   no_sanitize_thread))
#endif

/* Deferred calls may allocate in a handler: what comes of it is told in the
   manual, and ThreadSanitizer is not to repeat it. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "report_signal_unsafe=0";
}

static volatile int sink;

UNWATCHED void store_at(uintptr_t address)
{
    *(volatile int *)address = 1;
}

UNWATCHED int load_from(uintptr_t address)
{
    return *(volatile int *)address;
}

UNWATCHED void store_null(void)
{
    volatile uintptr_t null = 0;
    store_at(null);
}

UNWATCHED int divide(int a, int b)
{
    volatile int dividend = a, divisor = b;
    int quotient = dividend / divisor;
    /* It is needed, whatever is known of the caller. */
    __asm__ volatile("" : "+r"(quotient));
    return quotient;
}

UNWATCHED void execute_illegal(void)
{
#ifdef __x86_64__
    __asm__ volatile("ud2");
#else
    __builtin_trap();
#endif
}

UNWATCHED void execute_trap(void)
{
#ifdef __x86_64__
    __asm__ volatile("int3");
#else
    (void)raise(SIGTRAP);
#endif
}

UNWATCHED void load_truncated(void)
{
    FILE *file = tmpfile();
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    ck_assert_ptr_nonnull(file);
    void *memory = mmap(NULL, page, PROT_READ, MAP_SHARED, fileno(file), 0);
    (void)fclose(file);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    defer(munmap, memory, page);
    sink = load_from((uintptr_t)memory);
}

UNWATCHED int use_stack(int depth)
{
    volatile char room[400];
    KEEP(room);
    room[0] = (char)depth;
    if (depth < 0)
        return 0;
    return use_stack(depth + 1) + room[0];
}

void enable(const ripcord_fault_options *options)
{
    ck_assert_msg(ripcord_faults_enable(options) == 0, "%s",
                  ripcord_faults_reason());
}

void enable_for(unsigned recoverable)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.recoverable |= recoverable;
    enable(&options);
}

void say(const char *line)
{
    char text[200];
    int length = snprintf(text, sizeof text, "%s\n", line);
    if (write(STDERR_FILENO, text, (size_t)length) != length)
        abort();
}

/* Puts "?" in place of the word behind each `name`. */
static void mask(char *text, const char *name, const char *end)
{
    for (char *at = text; (at = strstr(at, name)); ) {
        at += strlen(name);
        if (strncmp(at, "unknown", 7) == 0)
            continue;
        size_t length = strcspn(at, end);
        if (length == 0)
            continue;
        *at = '?';
        memmove(at + 1, at + length, strlen(at + length) + 1);
    }
}

/* Sanitizers and Check have handlers of their own. */
static void (*body)(void);

static void run_without_handlers(void)
{
    static const int signals[] = {
        SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGTERM,
        SIGINT, SIGHUP, SIGQUIT
    };
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)signal(signals[i], SIG_DFL);
    body();
}

static struct ending run_bare(void (*function)(void))
{
    body = function;
    return run_apart(run_without_handlers);
}

void ck_ends(void (*function)(void), int signal, const char *output)
{
    struct ending ending = run_bare(function);
    char *thread = strstr(ending.output, "\nthread ");

    if (thread)
        *thread = '\0';
    mask(ending.output, " code=", " ");
    mask(ending.output, " pc=", "]");
    mask(ending.output, " addr=", " ");
    mask(ending.output, "unexpected fault address ", "\n");
    ck_assert_msg(ending.signal == signal &&
                  strcmp(ending.output, output) == 0,
                  "ended by signal %d, status %d, saying:\n%s\nnot:\n%s",
                  ending.signal, ending.status, ending.output, output);
}

void ck_ends_saying(void (*function)(void), int signal, const char *text)
{
    struct ending ending = run_bare(function);
    ck_assert_msg(ending.signal == signal && strstr(ending.output, text),
                  "ended by signal %d, status %d, saying:\n%s\nnot: %s",
                  ending.signal, ending.status, ending.output, text);
}
