/* SPDX-License-Identifier: MIT */
/*
 * environment.c - what RIPCORD_TRACEBACK asks for.
 */
#include "trace.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "RIPCORD_TRACEBACK"

static const struct {
    const char *name;
    enum traceback traceback;
} choices[] = {
    { "none", TRACEBACK_NONE },
    { "single", TRACEBACK_SINGLE },
    { "crash", TRACEBACK_CRASH }
};

/* Looks a value up; false, and the default, if it is none. */
static bool choose(const char *value, enum traceback *traceback)
{
    *traceback = TRACEBACK_SINGLE;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (strcmp(value, choices[i].name) == 0) {
            *traceback = choices[i].traceback;
            return true;
        }
    return false;
}

enum traceback traceback_of_environment(void)
{
    const char *value = secure_getenv(VARIABLE);
    enum traceback traceback = TRACEBACK_SINGLE;

    if (value)
        (void)choose(value, &traceback);
    return traceback;
}

void traceback_check_environment(void)
{
    const char *value = secure_getenv(VARIABLE);
    struct text text = { .descriptor = STDERR_FILENO };
    enum traceback unused;

    if (!value || choose(value, &unused))
        return;
    text_string(&text, "ripcord: " VARIABLE " is \"");
    text_string(&text, value);
    text_string(&text, "\": neither \"none\", \"single\" nor \"crash\"\n");
    text_flush(&text);
}
