/* SPDX-License-Identifier: MIT */
/*
 * orders.c - fills an order book in which some orders are wrong.
 *
 *     orders [DIRECTORY]      where orders.csv and stock.csv are
 *
 * An order that cannot be filled panics, is recovered, and is reported at
 * the end; the others never notice. Exits with 0 if nothing was lost.
 */
#include <stdlib.h>

#include "colour.h"
#include "orders.h"

#define THREADS 4

static void join(pthread_t thread)
{
    (void)pthread_join(thread, NULL);
}
RIPCORD_DEFERRABLE(join, pthread_t)

/* The next entry that nobody has taken, or NULL. The result is found before
   the mutex is released. */
static struct entry *take_entry(struct book *book)
{
    must_zero(pthread_mutex_lock(&book->lock));
    defer(pthread_mutex_unlock, &book->lock);
    return book->next < book->count ? &book->entries[book->next++] : NULL;
}

static void *work(void *argument)
{
    struct shop *shop = argument;
    for (struct entry *entry; (entry = take_entry(&shop->book));)
        entry->outcome = entry_fill(shop, entry);
    return NULL;
}

/* Returns, or panics, when all threads that were started have ended. */
static void fill_all(struct shop *shop)
{
    defer_scope(threads);
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        must_zero(pthread_create(&thread, NULL, work, shop));
        defer_to(threads, join, thread);
    }
}

/* The first line of the book names the columns, so its lines count from 2. */
static void print_reason(size_t line, const struct entry *entry)
{
    const ripcord_panic *reason = &entry->reason;

    printf("%5zu  %s%-15s%s  %s\n", line,
           entry->outcome == FAILED ? red() : yellow(), reason->kind->name,
           plain(), reason->message);
    if (reason->replaced.count > 0)
        printf("       while unwinding  %s\n", reason->replaced.message);
}

static void print_book(const struct shop *shop)
{
    const struct book *book = &shop->book;
    size_t counts[FAILED + 1] = { 0 };

    printf("%s line  not filled, and why%s\n", bold(), plain());
    for (size_t i = 0; i < book->count; i++) {
        const struct entry *entry = &book->entries[i];
        at(counts, entry->outcome)++;
        if (entry->outcome != FILLED)
            print_reason(i + 2, entry);
    }
    printf("\n%s%zu filled, %zu refused, %zu failed; afterwards:%s\n", bold(),
           counts[FILLED], counts[REFUSED], counts[FAILED], plain());
}

static void make_log_directory(struct shop *shop)
{
    const char *temporary = getenv("TMPDIR");
    if (!temporary || !temporary[0])
        temporary = "/tmp";
    path_join(shop->logs, temporary, "ripcord-orders-XXXXXX");
    (void)must(mkdtemp(shop->logs));
}

static void read_tables(struct shop *shop, const char *directory)
{
    char path[PATH_SIZE];
    path_join(path, directory, "stock.csv");
    stock_read(&shop->stock, path);
    path_join(path, directory, "orders.csv");
    book_read(&shop->book, path);
}

/* Returns whether nothing was lost. */
static bool run(const char *directory)
{
    int files_before = open_files();
    struct shop shop = {
        .stock = { .lock = PTHREAD_MUTEX_INITIALIZER },
        .book = { .lock = PTHREAD_MUTEX_INITIALIZER },
        .log_lock = PTHREAD_MUTEX_INITIALIZER,
    };
    defer(stock_free, &shop.stock);
    defer(book_free, &shop.book);
    read_tables(&shop, directory);

    make_log_directory(&shop);
    defer(directory_remove, shop.logs);

    printf("%zu orders on %d threads, each holding stock, a log file and a "
           "mutex\n\n", shop.book.count, THREADS);
    fill_all(&shop);
    print_book(&shop);
    return shop_check(&shop, files_before);
}

int main(int argc, char **argv)
{
    volatile int status = EXIT_FAILURE;
    attempt (status) {
        if (run(argc > 1 ? argv[1] : "."))
            status = EXIT_SUCCESS;
    } rescue (p) {
        (void)fprintf(stderr, "orders: %s\n", p->message);
    }
    return status;
}
