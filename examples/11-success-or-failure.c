/* SPDX-License-Identifier: MIT */
/*
 * 11-success-or-failure.c - calls that run only when their block is
 * completed, or only when it is not; and one that is run early.
 */
#include <stdio.h>

#include <ripcord/short.h>

static void say(const char *what)
{
    printf("  %s\n", what);
}
RIPCORD_DEFERRABLE(say, const char *)

struct account {
    const char *owner;
    int balance;
};

static void restore(struct account *account, int balance)
{
    account->balance = balance;
}
RIPCORD_DEFERRABLE(restore, struct account *, int)

static void withdraw(struct account *account, int amount)
{
    account->balance -= amount;
    if (account->balance < 0)
        panic("%s is short of %d", account->owner, -account->balance);
}

/* The old balances are copied here, before anything changes. */
static void transfer(struct account *from, struct account *to, int amount)
{
    defer_on_success(say, "done");
    defer_on_failure(say, "nothing was moved");
    defer_on_failure(restore, from, from->balance);
    defer_on_failure(restore, to, to->balance);

    to->balance += amount;
    withdraw(from, amount);
}

static void try_to_transfer(struct account *from, struct account *to,
                            int amount)
{
    printf("%d from %s to %s\n", amount, from->owner, to->owner);
    attempt () {
        transfer(from, to, amount);
    } rescue (p) {
        say(p->message);
    }
    printf("  %s has %d, %s has %d\n", from->owner, from->balance,
           to->owner, to->balance);
}

/* What is released early is still released if a panic comes before. */
static void released_early(void)
{
    defer_as(lamp, say, "put out the lamp");
    say("work by its light");
    defer_run(lamp);
    say("rest in the dark");
}

int main(void)
{
    struct account ada = { "Ada", 100 };
    struct account grace = { "Grace", 0 };

    try_to_transfer(&ada, &grace, 70);
    try_to_transfer(&ada, &grace, 70);
    printf("run early, and only once\n");
    released_early();
    return 0;
}
