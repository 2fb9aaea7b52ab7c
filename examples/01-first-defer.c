/* SPDX-License-Identifier: MIT */
/*
 * 01-first-defer.c - what is begun is ended, however the function is left.
 *
 *     cc $(pkg-config --cflags ripcord) 01-first-defer.c \
 *        $(pkg-config --libs ripcord)
 */
#include <stdbool.h>
#include <stdio.h>

#include <ripcord/short.h>

static void say(const char *what)
{
    printf("  %s\n", what);
}

/* Said once per function: it may be deferred, and takes one string. */
RIPCORD_DEFERRABLE(say, const char *)

/* Each deferred call stands beside what it undoes, and no way out has to
   remember it. */
static bool visit(const char *guest, bool in_a_hurry)
{
    printf("%s:\n", guest);
    say("open the door");
    defer(say, "close the door");

    if (in_a_hurry)
        return false;                   /* closes the door */

    say("light the lamp");
    defer(say, "put out the lamp");

    say("read a book");
    return true;                        /* lamp first, then the door */
}

int main(void)
{
    bool stayed = visit("Ada", false);
    printf("Ada %s.\n\n", stayed ? "stayed" : "did not stay");

    stayed = visit("Grace", true);
    printf("Grace %s.\n", stayed ? "stayed" : "did not stay");
    return 0;
}
