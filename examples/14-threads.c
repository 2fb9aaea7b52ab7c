/* SPDX-License-Identifier: MIT */
/*
 * 14-threads.c - threads whose panics are joined: who starts a thread finds
 * out how it ended, and may raise its panic again as one of his own.
 */
#include <stdio.h>

#include <ripcord/short.h>

static void say(const char *what) { printf("%s\n", what); }
RIPCORD_DEFERRABLE(say, const char *)

struct part {
    const int *prices;
    size_t length;
    int sum;
    ripcord_thread thread;
    ripcord_panic panic;        /* that has left it, if kind is not NULL */
};

static void *add_up(void *argument)
{
    struct part *part = argument;

    for (size_t i = 0; i < part->length; i++)
        part->sum = checked_add(part->sum, part->prices[i]);
    return part;
}

static void join(struct part *part)
{
    must_zero(thread_join(part->thread, NULL, &part->panic));
}
RIPCORD_DEFERRABLE(join, struct part *)

/* Both are joined at the end, also when the second cannot be started: they
   use what is in the frame of the caller. */
static void add_up_both(struct part parts[2])
{
    defer_scope(joins);
    for (int i = 0; i < 2; i++) {
        must_zero(thread_start(&parts[i].thread, NULL, add_up, &parts[i]));
        defer_to(joins, join, &parts[i]);
    }
}

/* A panic that has left a thread is raised here. */
static int total(const int *prices, size_t length)
{
    struct part parts[2] = {
        { .prices = prices, .length = length / 2 },
        { .prices = prices + length / 2, .length = length - length / 2 }
    };

    add_up_both(parts);
    for (int i = 0; i < 2; i++)
        if (parts[i].panic.kind)
            panic_again(&parts[i].panic);
    return checked_add(parts[0].sum, parts[1].sum);
}

static void print_total(const int *prices, size_t length)
{
    attempt () {
        printf("total: %d\n", total(prices, length));
    } rescue (p) {
        printf("no total: %s, in %s\n", p->message, p->function);
    }
}

static void *leave_early(void *argument)
{
    defer(say, "the worker leaves");
    thread_exit(argument);
}

int main(void)
{
    const int usual[] = { 100, 250, 75, 30 };
    const int huge[] = { 100, 250, 2000000000, 2000000000 };
    const ripcord_thread_attributes attributes = { .name = "worker" };
    char early[] = "early";
    ripcord_thread worker;
    void *result;

    print_total(usual, 4);
    print_total(huge, 4);

    must_zero(thread_start(&worker, &attributes, leave_early, early));
    must_zero(thread_join(worker, &result, NULL));
    printf("it was %s\n", (const char *)result);
    return 0;
}
