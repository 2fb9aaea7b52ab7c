/* SPDX-License-Identifier: MIT */
/*
 * traceback.c - the frames of a report, in the form of Go's.
 *
 *     restore(...)                 a frame that panicked: the panic knows
 *             orders.c:57 +0x1d    the place; offset in the function
 *     fill(...)                    any other frame: the file and an address
 *             /usr/bin/orders+0x1b43          in it, as addr2line wants it
 *
 * This is written with what the process itself has, before a helper is asked
 * for source lines.
 */
#include "trace.h"

#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct code {
    struct module module;
    struct symbol symbol;
};

/* A program that runs with privileges of its own tells no addresses. */
static bool is_secret(void)
{
    return getauxval(AT_SECURE) != 0;
}

static void look_up(struct code *code, uintptr_t address)
{
    if (!module_find(&code->module, address)) {
        code->module = (struct module){ .start = 0 };
        code->module.path[0] = '\0';
    }
    symbol_find(&code->symbol, &code->module, address);
}

void traceback_write_thread(struct text *text, const char *state)
{
    char name[16 + 1] = "";

    text_string(text, "thread ");
    text_number(text, syscall(SYS_gettid));
    if (prctl(PR_GET_NAME, name) == 0 && name[0]) {
        text_string(text, " \"");
        text_string(text, name);
        text_string(text, "\"");
    }
    text_string(text, " [");
    text_string(text, state);
    text_string(text, "]:\n");
}

void traceback_write_name(struct text *text, const char *function)
{
    text_string(text, function[0] ? function : "?");
    text_string(text, "(...)\n");
}

void traceback_write_line(struct text *text, const char *file,
                          long long line, uintptr_t offset)
{
    text_string(text, "\t");
    text_string(text, file);
    text_string(text, ":");
    text_number(text, line);
    if (offset && !is_secret()) {
        text_string(text, " +");
        text_hex(text, offset);
    }
    text_string(text, "\n");
}

/* The file that the code is in, and where. */
static void write_module(struct text *text, const struct code *code)
{
    text_string(text, "\t");
    text_string(text, code->module.path);
    if (is_secret()) {
        text_string(text, code->module.path[0] ? "\n" : "?\n");
        return;
    }
    text_string(text, code->module.path[0] ? "+" : "");
    text_hex(text, code->symbol.offset);
    text_string(text, "\n");
}

/* Whether the code is ripcord's: its shared library, or what its macros make
   in the program. */
static bool is_of_library(const struct code *code)
{
    static const char name[] = "/libripcord.so";
    const char *last = strrchr(code->module.path, '/');

    return strncmp(code->symbol.name, "ripcord__", 9) == 0 ||
           (last && strncmp(last, name, sizeof name - 1) == 0);
}

struct origin {
    const char *function;
    const char *file;
    int line;
};

/* Where a panic or an exit was raised first, unless an older frame or nobody
   tells that; a fault has no line. */
static bool find_origin(struct origin *origin,
                        struct ripcord__running *running)
{
    if (!running || running->repeats == REPEATS_NEWEST ||
        running->repeats == REPEATS_OLDER)
        return false;
    if (is_exit(running)) {
        const struct ripcord__exit *exit = (const void *)running;
        *origin = (struct origin){ exit->function, exit->file, exit->line };
    } else {
        const ripcord_panic *panic = panic_of(running);
        *origin = (struct origin){ panic->function, panic->file,
                                   panic->line };
    }
    return origin->line > 0;
}

/* A panic that was raised in an inlined function names that; the function
   that it is inlined in follows. Returns whether they are the same. */
static bool write_origin(struct text *text, const struct origin *origin,
                         const struct frame *frame, const struct code *code)
{
    bool same = strcmp(code->symbol.name, origin->function) == 0;

    traceback_write_name(text, origin->function);
    traceback_write_line(text, origin->file, origin->line,
                         same ? frame->address - frame->entry : 0);
    return same;
}

static void write_elided(struct text *text, size_t count)
{
    text_string(text, "...");
    text_number(text, (long long)count);
    text_string(text, " frames elided...\n");
}

/* What the last of the library's frames is called: the function that the
   frame behind them has called. */
static const char *name_of_library(struct trace *trace, size_t index)
{
    struct ripcord__running *raised = index + 1 < trace->count
        ? trace_at(trace, index + 1)->raised : NULL;
    if (!raised)
        return NULL;
    return is_exit(raised) ? "thread_exit" : "panic";
}

static void write_frame(struct text *text, struct trace *trace, size_t index,
                        const struct code *code)
{
    struct frame *frame = trace_at(trace, index);
    const char *name = frame->of_library ? name_of_library(trace, index)
                                         : code->symbol.name;
    struct origin origin = { "?", "?", 0 };

    frame->placed = find_origin(&origin, frame->raised);
    if (trace_elided(trace, index))
        write_elided(text, trace_elided(trace, index));
    if (frame->placed && write_origin(text, &origin, frame, code))
        return;
    if (!name)
        return;
    traceback_write_name(text, name);
    write_module(text, code);
}

void traceback_write_frame(struct text *text, struct trace *trace,
                           size_t index)
{
    struct frame *frame = trace_at(trace, index);
    struct code code;

    look_up(&code, frame->address);
    frame->entry = code.symbol.entry;
    frame->of_library = frame->of_library || is_of_library(&code);
    write_frame(text, trace, index, &code);
    /* What called main is nobody's code. */
    if (strcmp(code.symbol.name, "main") == 0)
        trace->count = index + 1;
}

/* The oldest frames of a thread are those that the C library starts it with:
   they tell nothing. */
static void cut_start(struct trace *trace)
{
    struct module libc;
    uintptr_t entry = (uintptr_t)getauxval(AT_ENTRY);
    uintptr_t own = (uintptr_t)cut_start;

    if (trace->count > 1 &&
        trace_at(trace, trace->count - 1)->address - entry < 64)
        trace->count--;
    if (!module_find(&libc, (uintptr_t)getauxval) ||
        (libc.start <= own && own < libc.end))
        return;
    while (trace->count > 1) {
        uintptr_t address = trace_at(trace, trace->count - 1)->address;
        if (address < libc.start || address >= libc.end)
            break;
        trace->count--;
    }
}

/* There is nothing to walk in code that was built without its tables. */
static void write_origins(struct text *text)
{
    struct ripcord__running *running = ripcord__thread.running;
    struct origin origin;

    for (; running; running = running->older)
        if (find_origin(&origin, running)) {
            traceback_write_name(text, origin.function);
            traceback_write_line(text, origin.file, origin.line, 0);
        }
}

void traceback_write(struct text *text, const ripcord_panic *panic,
                     const char *start)
{
    struct trace trace;

    traceback_write_thread(text, "running");
    text_flush(text);
    if (text->descriptor < 0)
        return;
    trace_take(&trace, panic, start);
    if (trace.total == 0)
        write_origins(text);
    cut_start(&trace);
    for (size_t i = 0; i < trace.count; i++)
        traceback_write_frame(text, &trace, i);
    text_flush(text);
    if (!is_secret() && text->descriptor >= 0)
        helper_write(text, &trace);
}
