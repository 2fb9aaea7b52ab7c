/* SPDX-License-Identifier: MIT */
/*
 * orders.h - a shop that fills the orders of a book, on several threads.
 *
 *     orders_book.c   reads the order book and the stock list
 *     orders_fill.c   fills one order: where things go wrong
 *     orders_check.c  proves afterwards that nothing was lost
 *     orders.c        the threads, the report
 */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdbool.h>
#include <stdio.h>

#include <ripcord/short.h>

#define DEPOTS 3
#define PATH_SIZE 4096

/* What an order can be wrong about; BAD_ORDER is the parent of the rest. */
extern const ripcord_kind BAD_ORDER;
extern const ripcord_kind MALFORMED;
extern const ripcord_kind BAD_QUANTITY;
extern const ripcord_kind UNKNOWN_PRODUCT;
extern const ripcord_kind OUT_OF_STOCK;

/* What one depot has of a product; the last three add up to the first. */
struct shelf {
    long delivered;
    long ready;         /* may be ordered */
    long held;          /* for an order that is being filled */
    long sold;
};

struct product {
    char *line;                     /* of the stock list, cut at commas */
    const char *name;               /* in it */
    long price;                     /* in cents */
    struct shelf shelves[DEPOTS];
};

struct stock {
    struct product *products;
    size_t count;
    pthread_mutex_t lock;           /* of all shelves */
};

enum outcome {
    FILLED,
    REFUSED,            /* the order was wrong */
    FAILED              /* the system failed it */
};

/* A line of the order book, and what became of it. */
struct entry {
    char *line;                     /* cut at commas once it was read */
    enum outcome outcome;
    ripcord_panic reason;           /* unless it was filled */
};

struct book {
    struct entry *entries;
    size_t count;
    size_t next;                    /* the first that no thread has taken */
    pthread_mutex_t lock;           /* of `next` */
};

/* An order; the strings are in the line that it was read from. */
struct order {
    long number;
    const char *product;
    long depot;
    long quantity;
    const char *log;                /* a name, or an absolute path */
};

struct shop {
    struct stock stock;
    struct book book;
    char logs[PATH_SIZE];           /* the directory of the order logs */
    pthread_mutex_t log_lock;       /* of all the files in it */
};

/* ---- orders_book.c ---- */

/* Read a file; they panic if it cannot be read, and the stock list also if
   it is wrong. What was read until then is in *stock or *book, which must
   be zeroed before and is released by the functions below. */
void stock_read(struct stock *stock, const char *path);
void book_read(struct book *book, const char *path);
void stock_free(struct stock *stock);
void book_free(struct book *book);
RIPCORD_DEFERRABLE(stock_free, struct stock *)
RIPCORD_DEFERRABLE(book_free, struct book *)

/* Puts the path of `name` in `directory` together; an absolute name stays as
   it is. Panics if it is too long. */
void path_join(char path[PATH_SIZE], const char *directory,
               const char *name);

/* Cuts a line at its commas into an order, or panics with MALFORMED. */
struct order order_parse(char *line);

/* ---- orders_fill.c ---- */

/* Fills the order of a line, or takes down why not. Never panics. */
enum outcome entry_fill(struct shop *shop, struct entry *entry);

/* ---- orders_check.c ---- */

int open_files(void);
/* Prints what was checked. Returns whether all of it holds. */
bool shop_check(struct shop *shop, int files_before);
/* Removes a directory and the files in it. */
void directory_remove(const char *path);
RIPCORD_DEFERRABLE(directory_remove, const char *)

#endif
