/* SPDX-License-Identifier: MIT */
/*
 * symbol.c - the function at an address, from the symbols of its file.
 *
 * The table of all symbols is read, which names static functions, where
 * dladdr has only those that are exported; from the file, since it is not in
 * memory; by pread(2), since a mapping of a file that somebody shortens is
 * one more way to crash.
 */
#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

typedef ElfW(Ehdr) elf_header;
typedef ElfW(Phdr) elf_segment;
typedef ElfW(Shdr) elf_section;
typedef ElfW(Sym) elf_symbol;

/* Symbols and segments that are read at a time. */
#define CHUNK 64

static size_t read_at(int file, void *buffer, size_t size, uintptr_t offset)
{
    ssize_t got;
    do
        got = pread(file, buffer, size, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got < 0 ? 0 : (size_t)got;
}

static bool read_header(int file, elf_header *header)
{
    const unsigned char class =
        sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;

    return read_at(file, header, sizeof *header, 0) == sizeof *header &&
           memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == class &&
           header->e_phentsize == sizeof(elf_segment) &&
           (header->e_shnum == 0 ||
            header->e_shentsize == sizeof(elf_section));
}

/* Turns an offset in the file into an address as the file counts them. */
static bool to_address(int file, const elf_header *header,
                       uintptr_t *offset)
{
    elf_segment segment;

    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (read_at(file, &segment, sizeof segment,
                    header->e_phoff + i * sizeof segment) != sizeof segment)
            return false;
        if (segment.p_type == PT_LOAD && *offset >= segment.p_offset &&
            *offset - segment.p_offset < segment.p_filesz) {
            *offset += segment.p_vaddr - segment.p_offset;
            return true;
        }
    }
    return false;
}

static bool read_section(int file, const elf_header *header, unsigned index,
                         elf_section *section)
{
    return index < header->e_shnum &&
           read_at(file, section, sizeof *section, header->e_shoff +
                   index * sizeof *section) == sizeof *section;
}

/* The table of all symbols, or that of the exported ones if the file was
   stripped. */
static bool find_table(int file, const elf_header *header,
                       elf_section *table)
{
    elf_section section;
    bool found = false;

    for (unsigned i = 0; read_section(file, header, i, &section); i++) {
        if (section.sh_type != SHT_SYMTAB && section.sh_type != SHT_DYNSYM)
            continue;
        *table = section;
        found = true;
        if (section.sh_type == SHT_SYMTAB)
            break;
    }
    return found && table->sh_entsize == sizeof(elf_symbol);
}

/* Aliases are told apart by what a person wrote: a global name. */
static bool is_better(const elf_symbol *symbol, const elf_symbol *best)
{
    if (!best->st_name || symbol->st_value != best->st_value)
        return !best->st_name || symbol->st_value > best->st_value;
    return (symbol->st_info >> 4) == STB_GLOBAL &&
           (best->st_info >> 4) != STB_GLOBAL;
}

static bool contains(const elf_symbol *symbol, uintptr_t address)
{
    unsigned type = symbol->st_info & 0xF;
    return (type == STT_FUNC || type == STT_GNU_IFUNC ||
            type == STT_NOTYPE) &&
           symbol->st_shndx != SHN_UNDEF && symbol->st_name != 0 &&
           symbol->st_value <= address &&
           address - symbol->st_value < symbol->st_size;
}

static bool search(int file, const elf_section *table, uintptr_t address,
                   elf_symbol *best)
{
    elf_symbol symbols[CHUNK];
    uintptr_t end = table->sh_offset + table->sh_size;

    best->st_name = 0;
    for (uintptr_t at = table->sh_offset; at < end; at += sizeof symbols) {
        size_t want = end - at < sizeof symbols ? end - at : sizeof symbols;
        size_t count = read_at(file, symbols, want, at) / sizeof *symbols;
        for (size_t i = 0; i < count; i++)
            if (contains(&symbols[i], address) &&
                is_better(&symbols[i], best))
                *best = symbols[i];
        if (count == 0)
            break;
    }
    return best->st_name != 0;
}

/* Compilers append ".cold", ".isra.0" and the like to a part of a function;
   a name that begins with a point is left alone. */
static void cut_suffix(char *name)
{
    char *point = name[0] ? strchr(name + 1, '.') : NULL;
    if (point)
        *point = '\0';
}

static void read_name(int file, const elf_header *header,
                      const elf_section *table, const elf_symbol *found,
                      struct symbol *symbol)
{
    elf_section strings;
    size_t got;

    if (!read_section(file, header, table->sh_link, &strings))
        return;
    got = read_at(file, symbol->name, sizeof symbol->name - 1,
                  strings.sh_offset + found->st_name);
    symbol->name[got] = '\0';
    cut_suffix(symbol->name);
}

static void look_up(int file, struct symbol *symbol, uintptr_t address)
{
    elf_header header;
    elf_section table;
    elf_symbol found = { 0 };

    if (!read_header(file, &header) ||
        !to_address(file, &header, &symbol->offset) ||
        !find_table(file, &header, &table) ||
        !search(file, &table, symbol->offset, &found))
        return;
    symbol->entry = address - (symbol->offset - found.st_value);
    read_name(file, &header, &table, &found, symbol);
}

void symbol_find(struct symbol *symbol, const struct module *module,
                 uintptr_t address)
{
    int file;

    symbol->entry = 0;
    symbol->name[0] = '\0';
    symbol->offset = address - module->start + module->offset;
    if (module->path[0] != '/')
        return;
    file = open(module->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return;
    look_up(file, symbol, address);
    (void)close(file);
}
