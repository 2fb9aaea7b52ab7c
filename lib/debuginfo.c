/* SPDX-License-Identifier: MIT */
/*
 * debuginfo.c - source lines and inlined calls, from debug information.
 *
 * libdw reads it, and the files of debug packages, compressed sections and
 * everything else that there is; it is loaded when it is there, and never
 * needed. What is used of its interface, which is stable, is declared here.
 */
#include "trace.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define LIBRARY "libdw.so.1"

/* Of the DWARF standard. */
#define TAG_INLINED_SUBROUTINE 0x1D
#define TAG_SUBPROGRAM 0x2E
#define AT_CALL_FILE 0x58
#define AT_CALL_LINE 0x59

typedef struct Dwfl Dwfl;
typedef struct Dwfl_Module Dwfl_Module;
typedef struct Dwarf_Line Dwarf_Line;
typedef struct Dwarf_Files Dwarf_Files;

typedef struct {
    void *address;
    void *unit;
    void *abbreviation;
    long int padding;
} Dwarf_Die;

typedef struct {
    unsigned int code;
    unsigned int form;
    unsigned char *value;
    void *unit;
} Dwarf_Attribute;

typedef struct {
    void (*find_elf)(void);
    void (*find_debuginfo)(void);
    void (*section_address)(void);
    char **debuginfo_path;
} Dwfl_Callbacks;

/* Every function that is used: result, name, parameters. */
#define FUNCTIONS(F)                                                       \
    F(Dwfl *, dwfl_begin, (const Dwfl_Callbacks *))                        \
    F(void, dwfl_linux_proc_find_elf, (void))                              \
    F(void, dwfl_standard_find_debuginfo, (void))                          \
    F(int, dwfl_linux_proc_report, (Dwfl *, pid_t))                        \
    F(int, dwfl_report_end, (Dwfl *, void *, void *))                      \
    F(Dwfl_Module *, dwfl_addrmodule, (Dwfl *, uint64_t))                  \
    F(Dwarf_Die *, dwfl_module_addrdie, (Dwfl_Module *, uint64_t,          \
                                         uint64_t *))                      \
    F(Dwarf_Die *, dwfl_module_nextcu, (Dwfl_Module *, Dwarf_Die *,        \
                                        uint64_t *))                       \
    F(int, dwarf_haspc, (Dwarf_Die *, uint64_t))                           \
    F(Dwarf_Line *, dwarf_getsrc_die, (Dwarf_Die *, uint64_t))             \
    F(int, dwarf_lineno, (Dwarf_Line *, int *))                            \
    F(const char *, dwarf_linesrc, (Dwarf_Line *, uint64_t *, uint64_t *)) \
    F(int, dwarf_getscopes, (Dwarf_Die *, uint64_t, Dwarf_Die **))         \
    F(int, dwarf_getscopes_die, (Dwarf_Die *, Dwarf_Die **))               \
    F(int, dwarf_tag, (Dwarf_Die *))                                       \
    F(const char *, dwarf_diename, (Dwarf_Die *))                          \
    F(Dwarf_Attribute *, dwarf_attr, (Dwarf_Die *, unsigned,               \
                                      Dwarf_Attribute *))                  \
    F(int, dwarf_formudata, (Dwarf_Attribute *, uint64_t *))               \
    F(int, dwarf_getsrcfiles, (Dwarf_Die *, Dwarf_Files **, size_t *))     \
    F(const char *, dwarf_filesrc, (Dwarf_Files *, size_t, uint64_t *,     \
                                    uint64_t *))

#define DECLARE(result, name, parameters) static result (*name) parameters;
FUNCTIONS(DECLARE)

static Dwfl *session;

/* dlopen() is looked for by its name: a program that is linked statically has
   none to be found then, and the linker does not warn of it. */
static void *load_library(void)
{
    void *(*open)(const char *, int) = (void *(*)(const char *, int))
        (uintptr_t)dlsym(RTLD_DEFAULT, "dlopen");
    return open ? open(LIBRARY, RTLD_NOW | RTLD_LOCAL) : NULL;
}

static bool load_functions(void)
{
    void *library = load_library();
    if (!library)
        return false;
#define LOAD(result, name, parameters)                    \
    name = (result (*) parameters)(uintptr_t)             \
        dlsym(library, #name);                            \
    if (!name)                                            \
        return false;
    FUNCTIONS(LOAD)
    return true;
}

bool debuginfo_open(void)
{
    static Dwfl_Callbacks callbacks;

    if (!load_functions())
        return false;
    callbacks.find_elf = dwfl_linux_proc_find_elf;
    callbacks.find_debuginfo = dwfl_standard_find_debuginfo;
    session = dwfl_begin(&callbacks);
    return session && dwfl_linux_proc_report(session, getpid()) == 0 &&
           dwfl_report_end(session, NULL, NULL) == 0;
}

/* A unit of debug information, and an address as it counts them. */
struct spot {
    Dwarf_Die *unit;
    uint64_t address;
};

/* gcc writes a table that leads from addresses to units. Without it, as clang
   leaves it out, every unit is asked. */
static bool find_spot(struct spot *spot, uintptr_t address)
{
    Dwfl_Module *module = dwfl_addrmodule(session, address);
    uint64_t bias = 0;

    if (!module)
        return false;
    spot->unit = dwfl_module_addrdie(module, address, &bias);
    if (!spot->unit)
        do
            spot->unit = dwfl_module_nextcu(module, spot->unit, &bias);
        while (spot->unit && dwarf_haspc(spot->unit, address - bias) <= 0);
    spot->address = address - bias;
    return spot->unit != NULL;
}

/* The file, and the line. */
static const char *find_line(const struct spot *spot, int *line)
{
    Dwarf_Line *found = dwarf_getsrc_die(spot->unit, spot->address);
    if (!found || dwarf_lineno(found, line) != 0)
        return NULL;
    return dwarf_linesrc(found, NULL, NULL);
}

bool debuginfo_knows(uintptr_t address)
{
    struct spot spot;
    int line;
    return find_spot(&spot, address) && find_line(&spot, &line);
}

/* The scopes that enclose the address, the innermost first: those that are
   written around each other in the code, not in the source. */
static int find_scopes(const struct spot *spot, Dwarf_Die **scopes)
{
    Dwarf_Die innermost;

    if (dwarf_getscopes(spot->unit, spot->address, scopes) <= 0)
        return 0;
    innermost = (*scopes)[0];
    return dwarf_getscopes_die(&innermost, scopes);
}

static uint64_t number_of(Dwarf_Die *die, unsigned attribute)
{
    Dwarf_Attribute memory;
    uint64_t number = 0;
    Dwarf_Attribute *found = dwarf_attr(die, attribute, &memory);
    if (found)
        (void)dwarf_formudata(found, &number);
    return number;
}

/* Where an inlined function is called. */
static const char *find_call(Dwarf_Die *unit, Dwarf_Die *inlined, int *line)
{
    Dwarf_Files *files;
    size_t count;
    uint64_t file = number_of(inlined, AT_CALL_FILE);

    *line = (int)number_of(inlined, AT_CALL_LINE);
    if (dwarf_getsrcfiles(unit, &files, &count) != 0 || file >= count)
        return NULL;
    return dwarf_filesrc(files, file, NULL, NULL);
}

static const char *name_of(Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    return name ? name : "";
}

/* What the macros of the library have put into a function. */
static bool is_of_macro(Dwarf_Die *die)
{
    return strncmp(name_of(die), "ripcord__", 9) == 0;
}

bool debuginfo_write(struct text *text, const struct frame *frame)
{
    Dwarf_Die *scopes;
    struct spot spot;
    const char *file;
    int line, count;
    bool written = false;

    if (!find_spot(&spot, frame->address) ||
        !(file = find_line(&spot, &line)))
        return false;
    count = find_scopes(&spot, &scopes);
    for (int i = 0; i < count && file; i++) {
        int tag = dwarf_tag(&scopes[i]);
        bool inlined = tag == TAG_INLINED_SUBROUTINE;
        if (!inlined && tag != TAG_SUBPROGRAM)
            continue;
        if (!inlined || !is_of_macro(&scopes[i])) {
            traceback_write_name(text, name_of(&scopes[i]));
            traceback_write_line(text, file, line,
                                 inlined || !frame->entry
                                     ? 0 : frame->address - frame->entry);
            written = true;
        }
        if (inlined)
            file = find_call(spot.unit, &scopes[i], &line);
    }
    return written;
}
