/* SPDX-License-Identifier: MIT */
/*
 * orders_check.c - the proof: whatever happened to the orders, everything
 * that was taken was given back.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "colour.h"
#include "orders.h"

/* Whether a directory entry is neither "." nor "..". */
static bool is_content(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 &&
           strcmp(entry->d_name, "..") != 0;
}

/* The one that reads the directory is counted each time. */
int open_files(void)
{
    DIR *directory = must(opendir("/proc/self/fd"));
    defer(closedir, directory);

    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        count += is_content(entry);
    return count;
}

static void directory_empty(const char *path)
{
    DIR *directory = must(opendir(path));
    defer(closedir, directory);

    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_content(entry))
            must_zero(unlinkat(dirfd(directory), entry->d_name, 0));
}

void directory_remove(const char *path)
{
    directory_empty(path);
    must_zero(rmdir(path));
}

/* The amounts in one log. */
static long log_total(int directory, const char *name)
{
    int descriptor = must_not_negative(openat(directory, name, O_RDONLY));
    defer_as(closing, close, descriptor);
    FILE *log = must(fdopen(descriptor, "r"));
    defer_cancel(closing);              /* fclose closes it from here on */
    defer(fclose, log);

    long total = 0;
    char line[80];
    while (fgets(line, sizeof line, log)) {
        long amount;
        if (sscanf(line, "%*d,sold,%ld", &amount) == 1)
            total = checked_add(total, amount);
    }
    return total;
}

static long logs_total(const char *path)
{
    DIR *directory = must(opendir(path));
    defer(closedir, directory);

    long total = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_content(entry))
            total = checked_add(total, log_total(dirfd(directory),
                                                 entry->d_name));
    return total;
}

/* Over all shelves. */
struct sums {
    long held;
    long missing;       /* neither ready, nor held, nor sold */
    long sold;          /* in cents */
};

static struct sums stock_sums(const struct stock *stock)
{
    struct sums sums = { 0, 0, 0 };
    for (size_t i = 0; i < stock->count; i++) {
        const struct product *product = &stock->products[i];
        for (size_t j = 0; j < DEPOTS; j++) {
            const struct shelf *shelf = &product->shelves[j];
            sums.held += shelf->held;
            sums.missing += shelf->delivered - shelf->ready - shelf->held -
                            shelf->sold;
            sums.sold = checked_add(sums.sold, checked_mul(product->price,
                                                           shelf->sold));
        }
    }
    return sums;
}

static bool is_free(pthread_mutex_t *mutex)
{
    if (pthread_mutex_trylock(mutex) != 0)
        return false;
    must_zero(pthread_mutex_unlock(mutex));
    return true;
}

static bool report(bool holds, const char *what)
{
    printf("  %s%s%s  %s\n", holds ? green() : red(), holds ? "ok" : "NO",
           plain(), what);
    return holds;
}

bool shop_check(struct shop *shop, int files_before)
{
    struct sums sums = stock_sums(&shop->stock);
    bool all = true;

    all &= report(sums.held == 0, "no stock is held");
    all &= report(sums.missing == 0, "no stock is missing");
    all &= report(sums.sold == logs_total(shop->logs),
                  "the logs add up to what was sold");
    all &= report(open_files() == files_before, "no file is open");
    all &= report(is_free(&shop->stock.lock) && is_free(&shop->log_lock) &&
                  is_free(&shop->book.lock), "no mutex is locked");
    printf("  sold for %ld.%02ld in all\n", sums.sold / 100,
           sums.sold % 100);
    return all;
}
