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
};

static void *add_up(void *argument)
{
    struct part *part = argument;

    for (size_t i = 0; i < part->length; i++)
        part->sum = checked_add(part->sum, part->prices[i]);
    return part;
}

/* A panic that leaves a thread is raised where it is joined. */
static int total(const int *prices, size_t length)
{
    struct part parts[2] = {
        { prices, length / 2, 0 },
        { prices + length / 2, length - length / 2, 0 }
    };
    ripcord_thread threads[2];
    ripcord_panic panics[2];

    for (int i = 0; i < 2; i++)
        must_zero(thread_start(&threads[i], NULL, add_up, &parts[i]));
    for (int i = 0; i < 2; i++)
        must_zero(thread_join(threads[i], NULL, &panics[i]));
    for (int i = 0; i < 2; i++)
        if (panics[i].kind)
            panic_again(&panics[i]);
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
