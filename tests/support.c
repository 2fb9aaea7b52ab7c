/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char words[65536];

void trace_reset(void)
{
    words[0] = '\0';
}

void trace(const char *word)
{
    size_t length = strlen(words);
    (void)snprintf(words + length, sizeof words - length, "%s%s",
                   length ? " " : "", word);
}

void trace_number(int number)
{
    char digits[16];
    (void)snprintf(digits, sizeof digits, "%d", number);
    trace(digits);
}

const char *traced(void)
{
    return words;
}

void trace_recovery(ripcord_panic *panic)
{
    char word[RIPCORD_MESSAGE_SIZE + 16];
    if (!recover(panic))
        return;
    (void)snprintf(word, sizeof word, "recovered:%s", panic->message);
    trace(word);
}

/* A test that exits with 0 in its middle, as one does whose thread exits,
   would pass. */
static bool has_ended;

static void check_ended(void)
{
    if (!has_ended)
        _exit(EXIT_FAILURE);
}

static void begin(void)
{
    trace_reset();
    has_ended = false;
    ck_assert_int_eq(atexit(check_ended), 0);
}

static void end(void)
{
    has_ended = true;
}

static _Noreturn void die_in_child(void (*function)(void), int output)
{
    const struct rlimit no_core = { 0, 0 };
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)dup2(output, STDERR_FILENO);
    has_ended = true;
    function();
    _exit(0);
}

struct ending run_apart(void (*function)(void))
{
    struct ending ending = { 0, 0, "" };
    size_t length = 0;
    ssize_t got;
    int ends[2], status;

    ck_assert_int_eq(pipe(ends), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        die_in_child(function, ends[1]);
    (void)close(ends[1]);
    while ((got = read(ends[0], ending.output + length,
                       sizeof ending.output - 1 - length)) > 0)
        length += (size_t)got;
    (void)close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ending.output[length] = '\0';
    ending.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    return ending;
}

void ck_dies(void (*function)(void), const char *text)
{
    struct ending ending = run_apart(function);
    ck_assert_msg(ending.signal == SIGABRT && strstr(ending.output, text),
                  "ended by signal %d, status %d, saying:\n%s\nnot: %s",
                  ending.signal, ending.status, ending.output, text);
}

void ck_says(void (*function)(void), const char *text)
{
    struct ending ending = run_apart(function);
    ck_assert_msg(!ending.signal && !ending.status &&
                  strstr(ending.output, text),
                  "ended by signal %d, status %d, saying:\n%s\nnot: %s",
                  ending.signal, ending.status, ending.output, text);
}

void answer_call(unsigned number, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = { 4, code };
    must_zero(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must_zero(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

int run_suite(const char *name, const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, begin, end);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
