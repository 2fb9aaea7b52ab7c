/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "orders.h"

const ripcord_kind BAD_ORDER = RIPCORD_KIND("bad order", NULL);
const ripcord_kind MALFORMED = RIPCORD_KIND("malformed line", &BAD_ORDER);
const ripcord_kind BAD_QUANTITY = RIPCORD_KIND("bad quantity", &BAD_ORDER);
const ripcord_kind UNKNOWN_PRODUCT =
    RIPCORD_KIND("unknown product", &BAD_ORDER);
const ripcord_kind OUT_OF_STOCK = RIPCORD_KIND("out of stock", &BAD_ORDER);

void path_join(char path[PATH_SIZE], const char *directory, const char *name)
{
    bool is_absolute = name[0] == '/';
    int length = snprintf(path, PATH_SIZE, "%s%s%s",
                          is_absolute ? "" : directory,
                          is_absolute ? "" : "/", name);
    if (length < 0 || length >= PATH_SIZE)
        panic("a path is too long: %s", name);
}

/* Cuts `line` at its commas into exactly `count` fields. */
static void split(char *line, char **fields, size_t count)
{
    size_t found = 1;
    for (const char *c = line; *c; c++)
        found += *c == ',';
    if (found != count)
        panic_as(&MALFORMED, "%zu fields where %zu belong", found, count);
    for (size_t i = 0; i < count; i++)
        fields[i] = strsep(&line, ",");
}

static long parse_number(const char *field)
{
    char *end;
    errno = 0;
    long number = strtol(field, &end, 10);
    if (end == field || *end || errno)
        panic_as(&MALFORMED, "\"%s\" is not a number", field);
    return number;
}

struct order order_parse(char *line)
{
    char *fields[5];
    split(line, fields, 5);
    return (struct order){
        .number = parse_number(fields[0]),
        .product = fields[1],
        .depot = parse_number(fields[2]),
        .quantity = parse_number(fields[3]),
        .log = fields[4],
    };
}

static void product_parse(struct product *product, char *line)
{
    char *fields[2 + DEPOTS];
    split(line, fields, 2 + DEPOTS);
    product->name = fields[0];
    product->price = parse_number(fields[1]);
    for (size_t i = 0; i < DEPOTS; i++) {
        long delivered = parse_number(fields[2 + i]);
        product->shelves[i].delivered = delivered;
        product->shelves[i].ready = delivered;
    }
}

/* Tells where in the stock list something is wrong: the kind stays, the
   message gets the place. */
static void product_read(struct product *product, char *line,
                         const char *path, size_t number)
{
    attempt () {
        product_parse(product, line);
    } rescue (p) {
        panic_as(p->kind, "%s, line %zu: %s", path, number, p->message);
    }
}

/* The next line without its end, to be freed by the caller; NULL when there
   is none. Nothing here panics while the buffer belongs to nobody. */
static char *read_line(FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    if (getline(&line, &room, file) < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static void check_read(FILE *file, const char *path)
{
    if (ferror(file))
        panic_errno("reading %s", path);
}

/* A CSV file behind its first line, which names the columns. */
static FILE *open_table(const char *path)
{
    FILE *file = must_fopen(path, "r");
    defer_on_failure(fclose, file);
    char *columns = read_line(file);
    defer(free, columns);
    check_read(file, path);
    if (!columns)
        panic("%s is empty", path);
    return file;
}

/* Room for one more element, zeroed. */
static void *add_room(void *elements, size_t count, size_t size)
{
    char *more = must_realloc(elements, (count + 1) * size);
    memset(more + count * size, 0, size);
    return more;
}

void stock_read(struct stock *stock, const char *path)
{
    FILE *file = open_table(path);
    defer(fclose, file);

    for (char *line; (line = read_line(file));) {
        defer_on_failure(free, line);
        stock->products = add_room(stock->products, stock->count,
                                   sizeof stock->products[0]);
        struct product *product = &stock->products[stock->count];
        product_read(product, line, path, stock->count + 2);
        product->line = line;
        stock->count++;
    }
    check_read(file, path);
}

void book_read(struct book *book, const char *path)
{
    FILE *file = open_table(path);
    defer(fclose, file);

    for (char *line; (line = read_line(file));) {
        defer_on_failure(free, line);
        book->entries = add_room(book->entries, book->count,
                                 sizeof book->entries[0]);
        book->entries[book->count].line = line;
        book->count++;
    }
    check_read(file, path);
}

void stock_free(struct stock *stock)
{
    for (size_t i = 0; i < stock->count; i++)
        free(stock->products[i].line);
    free(stock->products);
}

void book_free(struct book *book)
{
    for (size_t i = 0; i < book->count; i++)
        free(book->entries[i].line);
    free(book->entries);
}
