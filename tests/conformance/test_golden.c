/* SPDX-License-Identifier: MIT */
/*
 * The report and the status of each program in golden/, as Go printed them.
 *
 * golden/NAME.txt is what Go 1.19 printed. Where newer versions of Go print
 * something else, or C has to, NAME.ripcord.txt is what is expected instead;
 * it begins with lines "# ..." that say why.
 */
#include "../support.h"
#include "golden_cases.h"

#include <dirent.h>
#include <string.h>

static char text[sizeof ((struct ending *)0)->output + 64];

/* Reads golden/NAME into `text`; false: there is none. */
static bool read_golden(const char *name, const char *suffix)
{
    const char *source = getenv("top_srcdir");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/tests/conformance/golden/%s%s",
                   source ? source : ".", name, suffix);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    (void)fclose(file);
    return true;
}

/* The text behind the lines that say why, of which there must be one. */
static const char *behind_reason(const char *name)
{
    const char *line = text;
    ck_assert_msg(*line == '#', "%s.ripcord.txt gives no reason", name);
    while (*line == '#')
        line = strchr(line, '\n') + 1;
    return line;
}

static const struct golden_case *chosen;

static void run_chosen(void)
{
    (void)ripcord_set_uncaught(RIPCORD_UNCAUGHT_EXIT);
    chosen->run();
}

/* What there is before the line of the thread, and how the process ended. */
static void list_and_status(char *to, size_t size)
{
    struct ending ending = run_apart(run_chosen);
    char *end = strstr(ending.output, "\n\nthread ");
    ck_assert_int_eq(ending.signal, 0);
    if (end)
        end[1] = '\0';
    (void)snprintf(to, size, "%sexit status %d\n", ending.output,
                   ending.status);
}

static void check_case(const struct golden_case *golden)
{
    char go[sizeof text], seen[sizeof text];
    const char *expected = go;

    ck_assert_msg(read_golden(golden->name, ".txt"), "no %s.txt",
                  golden->name);
    strcpy(go, text);
    if (read_golden(golden->name, ".ripcord.txt")) {
        expected = behind_reason(golden->name);
        ck_assert_msg(strcmp(expected, go) != 0,
                      "%s.ripcord.txt is the same as Go's", golden->name);
    }
    chosen = golden;
    list_and_status(seen, sizeof seen);
    ck_assert_msg(strcmp(seen, expected) == 0, "%s prints\n%snot\n%s",
                  golden->name, seen, expected);
}

/* A process under a sanitizer or Valgrind does not end in good order when its
   main thread exits: there is a thread of theirs, or memory that is lost. */
static bool can_run(const struct golden_case *golden)
{
#ifdef SANITIZED
    bool watched = true;
#else
    bool watched = getenv("RIPCORD_TEST_QUICK") != NULL;
#endif
    return !watched || strcmp(golden->name, "exit_of_main") != 0;
}

static void check_cases(const struct golden_case *golden)
{
    for (; golden->name; golden++)
        if (can_run(golden))
            check_case(golden);
}

START_TEST(panics_are_listed_as_go_lists_them)
{
    check_cases(golden_panics);
}
END_TEST

START_TEST(runtime_errors_and_ends_are_as_in_go)
{
    check_cases(golden_ends);
}
END_TEST

static bool is_case(const struct golden_case *golden, const char *name,
                    size_t length)
{
    for (; golden->name; golden++)
        if (strlen(golden->name) == length &&
            strncmp(golden->name, name, length) == 0)
            return true;
    return false;
}

START_TEST(every_golden_file_belongs_to_a_case)
{
    const char *source = getenv("top_srcdir");
    char path[4096];
    struct dirent *entry;
    (void)snprintf(path, sizeof path, "%s/tests/conformance/golden",
                   source ? source : ".");
    DIR *directory = must(opendir(path));
    defer(closedir, directory);
    while ((entry = readdir(directory))) {
        size_t length = strcspn(entry->d_name, ".");
        if (entry->d_name[0] == '.' ||
            strcmp(entry->d_name, "generate.sh") == 0)
            continue;
        ck_assert_msg(is_case(golden_panics, entry->d_name, length) ||
                      is_case(golden_ends, entry->d_name, length),
                      "no case for %s", entry->d_name);
    }
}
END_TEST

RUN_SUITE("golden reports",
          panics_are_listed_as_go_lists_them,
          runtime_errors_and_ends_are_as_in_go,
          every_golden_file_belongs_to_a_case)
