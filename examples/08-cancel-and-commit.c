/* SPDX-License-Identifier: MIT */
/*
 * 08-cancel-and-commit.c - all or nothing: a file is written beside the old
 * one and takes its place at the very end. A panic leaves the old one as it
 * was, and no litter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ripcord/short.h>

static void write_number(FILE *file, int number)
{
    if (number < 0)
        panic("%d is no temperature in kelvin", number);
    if (fprintf(file, "%d\n", number) < 0)
        panic_errno("write");
}

/* Whether the data arrived is known when the file is closed, so that must
   be seen: the deferred close is for the panics before, and is cancelled. A
   file that must survive a power failure needs an fsync before it, too. */
static void write_all(const char *path, const int *numbers, size_t count)
{
    FILE *file = must_fopen(path, "w");
    defer_as(closing, fclose, file);

    for (size_t i = 0; i < count; i++)
        write_number(file, numbers[i]);

    defer_cancel(closing);
    must_zero(fclose(file));
}

static void save(const char *path, const int *numbers, size_t count)
{
    char draft[256];
    int length = snprintf(draft, sizeof draft, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof draft)
        panic("the path is too long: %s", path);

    /* Only a failure takes the draft away, on the way out of this block. */
    defer_on_failure(unlink, draft);
    write_all(draft, numbers, count);
    must_zero(rename(draft, path));
}

static void print_file(const char *path)
{
    FILE *file = must_fopen(path, "r");
    defer(fclose, file);

    int number;
    while (fscanf(file, "%d", &number) == 1)
        printf(" %d", number);
    printf("\n");
}

static void print_names(const char *directory)
{
    DIR *names = must(opendir(directory));
    defer(closedir, names);

    printf("in the directory:");
    for (const struct dirent *entry; (entry = readdir(names));)
        if (entry->d_name[0] != '.')
            printf(" %s", entry->d_name);
    printf("\n");
}

static void try_to_save(const char *path, const int *numbers, size_t count)
{
    attempt () {
        save(path, numbers, count);
        printf("saved, the file is now:");
    } rescue (p) {
        printf("%s; the file is still:", p->message);
    }
    print_file(path);
}

int main(void)
{
    char directory[] = "/tmp/ripcord-save-XXXXXX";
    (void)must(mkdtemp(directory));
    defer(rmdir, directory);

    char path[64];
    (void)snprintf(path, sizeof path, "%s/numbers", directory);
    defer(unlink, path);

    const int good[] = { 273, 293, 373 };
    const int bad[] = { 4, -1, 77 };
    try_to_save(path, good, 3);
    try_to_save(path, bad, 3);
    print_names(directory);
    return 0;
}
