/* SPDX-License-Identifier: MIT */
#include "colour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_wanted(void)
{
    const char *refused = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return !(refused && refused[0]) && terminal &&
           strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

static const char *sequence(const char *code)
{
    return is_wanted() ? code : "";
}

const char *red(void)
{
    return sequence("\033[31m");
}

const char *green(void)
{
    return sequence("\033[32m");
}

const char *yellow(void)
{
    return sequence("\033[33m");
}

const char *bold(void)
{
    return sequence("\033[1m");
}

const char *plain(void)
{
    return sequence("\033[0m");
}
