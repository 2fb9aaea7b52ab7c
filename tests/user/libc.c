/* SPDX-License-Identifier: MIT */
/* What the C library hands out, given back. */
#include <ripcord/short.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace.h"

static void files(const char *path)
{
    FILE *file = fopen(path, "w");
    defer(unlink, path);
    defer(fclose, file);
    int descriptor = open(path, O_RDONLY);
    defer(close, descriptor);
    int home = open(".", O_RDONLY);
    defer(close, home);
    defer(fchdir, home);
    DIR *directory = opendir("/");
    defer(closedir, directory);
    trace(file && descriptor >= 0 && directory ? "open" : "failed");
}

static void memory(void)
{
    char *text = (char *)malloc(4);
    defer(free, text);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0);
    defer(munmap, page, 4096);
    trace(text ? "memory" : "failed");
}

static void locks(pthread_mutex_t *mutex, sem_t *semaphore)
{
    (void)pthread_mutex_lock(mutex);
    defer(pthread_mutex_unlock, mutex);
    if (sem_wait(semaphore) == 0) {
        defer(sem_post, semaphore);
        trace("locked");
    }
}

static void patterns(void)
{
    regex_t expression;
    glob_t matches;
    if (regcomp(&expression, "x", 0) != 0)
        return;
    defer(regfree, &expression);
    if (glob("/*", 0, NULL, &matches) != 0)
        return;
    defer(globfree, &matches);
    defer(setlocale, LC_ALL, "C");
    trace("patterns");
}

#ifdef SIG_SETMASK
static void masks(void)
{
    sigset_t old;
    (void)sigprocmask(SIG_BLOCK, NULL, &old);
    defer(sigprocmask, SIG_SETMASK, &old);
    defer(pthread_sigmask, SIG_SETMASK, &old);
}
#else
static void masks(void)
{
}
#endif

int main(int count, char **arguments)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    sem_t semaphore;
    (void)sem_init(&semaphore, 0, 1);
    files(count > 1 ? arguments[1] : "user.tmp");
    memory();
    locks(&mutex, &semaphore);
    locks(&mutex, &semaphore);
    patterns();
    masks();
    defer(ripcord_end_child, 0, 0);
    expect("libc", "open memory locked locked patterns");
    return finish();
}
