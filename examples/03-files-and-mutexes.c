/* SPDX-License-Identifier: MIT */
/*
 * 03-files-and-mutexes.c - what a program holds while it works: a mutex, a
 * file, memory. What the C library releases is ready to be deferred.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ripcord/short.h>

struct journal {
    pthread_mutex_t lock;
    const char *path;
    int lines;              /* written so far, under the lock */
    int limit;
};

/* Three ways out, besides the panics of the must_ macros; the file is closed
   before the mutex is released on all of them. Closing what was written may
   fail for lack of space, so fflush reports that while it can be told. */
static bool journal_write(struct journal *journal, const char *text)
{
    must_zero(pthread_mutex_lock(&journal->lock));
    defer(pthread_mutex_unlock, &journal->lock);

    if (journal->lines == journal->limit)
        return false;

    FILE *file = must_fopen(journal->path, "a");
    defer(fclose, file);

    if (fprintf(file, "%s\n", text) < 0 || fflush(file) != 0)
        return false;
    journal->lines++;
    return true;
}

static void journal_print(const struct journal *journal)
{
    FILE *file = must_fopen(journal->path, "r");
    defer(fclose, file);

    size_t room = 80;
    char *line = must_malloc(room);
    defer(free, line);

    while (fgets(line, (int)room, file))
        printf("journal: %s", line);
}

static void try_to_write(struct journal *journal, const char *text)
{
    printf("%s: %s\n", text,
           journal_write(journal, text) ? "written" : "refused");
}

int main(void)
{
    char path[] = "/tmp/ripcord-journal-XXXXXX";
    int descriptor = must_not_negative(mkstemp(path));
    defer(unlink, path);
    must_zero(close(descriptor));

    struct journal journal = { .path = path, .limit = 2 };
    must_zero(pthread_mutex_init(&journal.lock, NULL));

    /* The third one is refused, and a mutex that it left locked would stop
       the program here for ever. */
    try_to_write(&journal, "monday");
    try_to_write(&journal, "tuesday");
    try_to_write(&journal, "wednesday");
    journal.limit = 3;
    try_to_write(&journal, "thursday");

    journal_print(&journal);
    must_zero(pthread_mutex_destroy(&journal.lock));
    return 0;
}
