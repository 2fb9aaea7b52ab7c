/* SPDX-License-Identifier: MIT */
/*
 * 07-panic-kinds.c - what a panic carries, and how its receiver tells one
 * from another.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <ripcord/short.h>

/* Kinds are told apart by address; a parent is the more general kind. */
static const ripcord_kind HTTP_ERROR = RIPCORD_KIND("http error", NULL);
static const ripcord_kind CLIENT_ERROR =
    RIPCORD_KIND("client error", &HTTP_ERROR);

struct user {
    const char *name;
};
static struct user nobody = { "nobody" };

static void plain(void)
{
    panic("%d is a crowd", 3);
}

static void with_a_kind_and_a_code(void)
{
    panic_code(&CLIENT_ERROR, 404, "no such page");
}

/* What the pointer points to must outlive the frames that the panic leaves:
   not a local variable of this function. */
static void with_a_value(void)
{
    panic_value(&CLIENT_ERROR, &nobody, "may not enter");
}

static void of_the_system(void)
{
    if (access("/nonexistent/file", R_OK) != 0)
        panic_errno("reading the settings");
}

static void of_the_run_time(void)
{
    const int primes[] = { 2, 3, 5 };
    volatile int index = 5;
    printf("%d\n", at(primes, index));
}

static void undo(void)
{
    panic("undoing failed");
}
RIPCORD_DEFERRABLE(undo)

/* A panic that leaves a deferred call takes the place of the one that ran
   it, and remembers it. */
static void one_upon_another(void)
{
    defer(undo);
    panic("doing failed");
}

static void describe(const ripcord_panic *p)
{
    printf("%s: %s\n", p->kind->name, p->message);
    if (panic_is(p, &HTTP_ERROR))
        printf("  it is an http error, code %d\n", p->code);
    if (p->value) {
        const struct user *user = p->value;
        printf("  about the user \"%s\"\n", user->name);
    }
    if (panic_is(p, &RIPCORD_SYSTEM_ERROR))
        printf("  errno was %sENOENT\n", p->error == ENOENT ? "" : "not ");
    if (p->replaced.count > 0)
        printf("  it replaced: %s\n", p->replaced.message);
    printf("  raised in %s\n", p->function);
}

/* A landing in a function of its own: nothing here changes behind it. */
static void show(void (*example)(void))
{
    attempt () {
        example();
    } rescue (p) {
        describe(p);
    }
}

int main(void)
{
    void (*const examples[])(void) = {
        plain, with_a_kind_and_a_code, with_a_value, of_the_system,
        of_the_run_time, one_upon_another,
    };

    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        show(examples[i]);
    return 0;
}
