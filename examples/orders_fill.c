/* SPDX-License-Identifier: MIT */
/*
 * orders_fill.c - one order, from its line to its place in a log.
 *
 * Every function here does its work and panics if it cannot. What must be
 * undone is deferred right behind what did it, so no path out of `fill` has
 * to be thought through, and `entry_fill` alone decides what a failure means.
 */
#include <string.h>

#include "orders.h"

static struct product *find(struct stock *stock, const char *name)
{
    for (size_t i = 0; i < stock->count; i++)
        if (strcmp(stock->products[i].name, name) == 0)
            return &stock->products[i];
    panic_as(&UNKNOWN_PRODUCT, "no product is called \"%s\"", name);
}

/* Sets what an order needs aside. */
static void hold(struct stock *stock, struct shelf *shelf, long quantity)
{
    must_zero(pthread_mutex_lock(&stock->lock));
    defer(pthread_mutex_unlock, &stock->lock);

    if (quantity <= 0)
        panic_as(&BAD_QUANTITY, "a quantity of %ld", quantity);
    if (quantity > shelf->ready)
        panic_as(&OUT_OF_STOCK, "%ld are more than there are", quantity);
    shelf->ready -= quantity;
    shelf->held += quantity;
}

static void restore(struct stock *stock, struct shelf *shelf, long quantity)
{
    must_zero(pthread_mutex_lock(&stock->lock));
    defer(pthread_mutex_unlock, &stock->lock);
    shelf->held -= quantity;
    shelf->ready += quantity;
}
RIPCORD_DEFERRABLE(restore, struct stock *, struct shelf *, long)

static void sell(struct stock *stock, struct shelf *shelf, long quantity)
{
    must_zero(pthread_mutex_lock(&stock->lock));
    defer(pthread_mutex_unlock, &stock->lock);
    shelf->held -= quantity;
    shelf->sold += quantity;
}

static FILE *log_open(const struct shop *shop, const char *name)
{
    char path[PATH_SIZE];
    path_join(path, shop->logs, name);
    FILE *log = fopen(path, "a");
    if (!log)
        panic_errno("log %s", name);
    return log;
}

/* A line that is not on its way to the disk is not written: fflush tells. */
static void log_sale(FILE *log, const struct order *order, long amount)
{
    if (fprintf(log, "%ld,sold,%ld\n", order->number, amount) < 0 ||
        fflush(log) != 0)
        panic_errno("write to %s", order->log);
}

/* Half a line may have been written, so a line of its own calls it off. It
   is a deferred call, and may panic while another panic is running it. */
static void log_strike(FILE *log, const struct order *order)
{
    if (fprintf(log, "\n%ld,struck,0\n", order->number) < 0 ||
        fflush(log) != 0)
        panic_errno("strike from %s", order->log);
}
RIPCORD_DEFERRABLE(log_strike, FILE *, const struct order *)

static void fill(struct shop *shop, const struct order *order)
{
    struct product *product = find(&shop->stock, order->product);
    struct shelf *shelf = &at(product->shelves, order->depot);
    long amount = checked_mul(product->price, order->quantity);

    hold(&shop->stock, shelf, order->quantity);
    defer_on_failure(restore, &shop->stock, shelf, order->quantity);

    FILE *log = log_open(shop, order->log);
    defer(fclose, log);

    must_zero(pthread_mutex_lock(&shop->log_lock));
    defer(pthread_mutex_unlock, &shop->log_lock);

    defer_on_failure(log_strike, log, order);
    log_sale(log, order, amount);
    sell(&shop->stock, shelf, order->quantity);
}

/* Turns the panic of an order into its result. The copy outlives it. */
static void judge(ripcord_panic *panic, volatile enum outcome *outcome,
                  struct entry *entry)
{
    if (!recover(panic))
        return;
    entry->reason = *panic;
    *outcome = panic_is(panic, &RIPCORD_SYSTEM_ERROR) ? FAILED : REFUSED;
}
RIPCORD_RECOVERER(judge, volatile enum outcome *, struct entry *)

enum outcome entry_fill(struct shop *shop, struct entry *entry)
{
    volatile enum outcome outcome = FILLED;
    recoverable (outcome) {
        defer(judge, &outcome, entry);
        struct order order = order_parse(entry->line);
        fill(shop, &order);
    }
    return outcome;
}
