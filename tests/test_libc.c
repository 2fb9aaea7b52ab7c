/* SPDX-License-Identifier: MIT */
/*
 * Each ready-made deferrable releases what it should, and ignores what there
 * is not to release.
 */
#include "support.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

static bool is_mapped(const void *page)
{
    char line[256];
    bool found = false;
    FILE *maps = must_fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx", &start, &end) == 2)
            found |= (unsigned long)page >= start &&
                     (unsigned long)page < end;
    }
    ck_assert_int_eq(fclose(maps), 0);
    return found;
}

START_TEST(memory_is_freed_and_null_ignored)
{
    defer(free, malloc(10));
    defer(free, NULL);
}
END_TEST

START_TEST(files_are_closed)
{
    int number;
    {
        FILE *file = tmpfile();
        number = fileno(must(file));
        defer(fclose, file);
        defer(fclose, NULL);
        ck_assert(is_open(number));
    }
    ck_assert(!is_open(number));
}
END_TEST

START_TEST(pipes_to_processes_are_closed)
{
    {
        FILE *process = popen("exit 3", "r");
        defer(pclose, must(process));
        defer(pclose, NULL);
    }
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(descriptors_are_closed)
{
    int number = must_not_negative(open("/", O_RDONLY));
    {
        defer(close, number);
        errno = 0;
        {
            defer(close, -1);
        }
        ck_assert_int_eq(errno, 0);
        ck_assert(is_open(number));
    }
    ck_assert(!is_open(number));
}
END_TEST

START_TEST(directories_are_closed)
{
    int number;
    {
        DIR *directory = must(opendir("/"));
        number = dirfd(directory);
        defer(closedir, directory);
        defer(closedir, NULL);
    }
    ck_assert(!is_open(number));
}
END_TEST

START_TEST(mappings_are_removed)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                      0);
    {
        defer(munmap, page, size);
        defer(munmap, MAP_FAILED, size);
        defer(munmap, NULL, size);
        ck_assert(is_mapped(page));
    }
    ck_assert(!is_mapped(page));
}
END_TEST

START_TEST(files_and_directories_are_removed)
{
    char directory[] = "/tmp/ripcord-test-XXXXXX";
    char file[64];
    must(mkdtemp(directory));
    (void)snprintf(file, sizeof file, "%s/file", directory);
    {
        defer(rmdir, directory);
        defer(unlink, file);
        defer(unlink, NULL);
        defer(rmdir, NULL);
        (void)close(must_open(file, O_CREAT | O_WRONLY, 0600));
        ck_assert_int_eq(access(file, F_OK), 0);
    }
    ck_assert_int_ne(access(directory, F_OK), 0);
}
END_TEST

START_TEST(address_lists_are_freed)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST };
    struct addrinfo *list = NULL;
    must_zero(getaddrinfo("127.0.0.1", NULL, &hints, &list));
    defer(freeaddrinfo, list);
    defer(freeaddrinfo, NULL);
}
END_TEST

START_TEST(locks_are_released)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    sem_t semaphore;
    must_zero(sem_init(&semaphore, 0, 1));
    {
        must_zero(pthread_mutex_lock(&mutex));
        defer(pthread_mutex_unlock, &mutex);
        must_zero(pthread_rwlock_wrlock(&lock));
        defer(pthread_rwlock_unlock, &lock);
        must_zero(sem_wait(&semaphore));
        defer(sem_post, &semaphore);
        ck_assert_int_eq(pthread_mutex_trylock(&mutex), EBUSY);
        defer(pthread_mutex_unlock, NULL);
        defer(pthread_rwlock_unlock, NULL);
        defer(sem_post, NULL);
    }
    ck_assert_int_eq(pthread_mutex_trylock(&mutex), 0);
    ck_assert_int_eq(pthread_rwlock_trywrlock(&lock), 0);
    ck_assert_int_eq(sem_trywait(&semaphore), 0);
}
END_TEST

START_TEST(shared_objects_are_closed)
{
    const char *name = "libutil.so.1";
    void *handle = dlopen(name, RTLD_NOW);
    defer(dlclose, NULL);
    {
        defer(dlclose, handle);
    }
    ck_assert_ptr_nonnull(handle);
}
END_TEST

START_TEST(expressions_and_matches_are_freed)
{
    regex_t expression;
    glob_t matches;
    must_zero(regcomp(&expression, "a(b|c)", REG_EXTENDED));
    must_zero(glob("/*", 0, NULL, &matches));
    defer(regfree, &expression);
    defer(globfree, &matches);
    defer(regfree, NULL);
    defer(globfree, NULL);
}
END_TEST

START_TEST(locales_are_put_back)
{
    char before[64];
    locale_t other = must(newlocale(LC_ALL_MASK, "C", NULL));
    locale_t old = uselocale(NULL);
    (void)snprintf(before, sizeof before, "%s", setlocale(LC_NUMERIC, NULL));
    {
        defer(setlocale, LC_NUMERIC, before);
        defer(setlocale, LC_NUMERIC, NULL);
        defer(uselocale, uselocale(other));
        ck_assert_ptr_nonnull(setlocale(LC_NUMERIC, "C.UTF-8"));
        ck_assert_ptr_eq(uselocale(NULL), other);
    }
    ck_assert_str_eq(setlocale(LC_NUMERIC, NULL), before);
    ck_assert_ptr_eq(uselocale(NULL), old);
    freelocale(other);
}
END_TEST

static bool is_blocked(int signal)
{
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, signal) == 1;
}

START_TEST(signal_masks_are_put_back)
{
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    {
        pthread_sigmask(SIG_BLOCK, &set, &old);
        defer(pthread_sigmask, SIG_SETMASK, &old);
        defer(pthread_sigmask, SIG_SETMASK, NULL);
        ck_assert(is_blocked(SIGUSR1));
    }
    ck_assert(!is_blocked(SIGUSR1));
    {
        sigprocmask(SIG_BLOCK, &set, &old);
        defer(sigprocmask, SIG_SETMASK, &old);
        ck_assert(is_blocked(SIGUSR1));
    }
    ck_assert(!is_blocked(SIGUSR1));
}
END_TEST

START_TEST(the_working_directory_is_put_back)
{
    char before[PATH_MAX], after[PATH_MAX];
    must(getcwd(before, sizeof before));
    {
        int here = must_open(".", O_RDONLY | O_DIRECTORY);
        defer(close, here);
        defer(fchdir, here);
        defer(fchdir, -1);
        must_zero(chdir("/"));
        ck_assert_str_eq(getcwd(after, sizeof after), "/");
    }
    ck_assert_str_eq(getcwd(after, sizeof after), before);
}
END_TEST

START_TEST(children_are_ended_and_waited_for)
{
    pid_t child = must_not_negative(fork());
    if (child == 0)
        for (;;)
            pause();
    {
        defer(ripcord_end_child, child, SIGKILL);
        /* Signal 0 harms nobody, should these not be ignored. */
        defer(ripcord_end_child, -1, 0);
        defer(ripcord_end_child, 0, 0);
        ck_assert_int_eq(kill(child, 0), 0);
    }
    ck_assert_int_eq(waitpid(child, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

RUN_SUITE("libc",
          memory_is_freed_and_null_ignored,
          files_are_closed,
          pipes_to_processes_are_closed,
          descriptors_are_closed,
          directories_are_closed,
          mappings_are_removed,
          files_and_directories_are_removed,
          address_lists_are_freed,
          locks_are_released,
          shared_objects_are_closed,
          expressions_and_matches_are_freed,
          locales_are_put_back,
          signal_masks_are_put_back,
          the_working_directory_is_put_back,
          children_are_ended_and_waited_for)
