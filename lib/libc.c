/* SPDX-License-Identifier: MIT */
/*
 * libc.c - releasing what the C library and the system gave.
 */
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void ripcord__libc_pclose(FILE *pipe)
{
    if (pipe)
        (void)pclose(pipe);
}

void ripcord__libc_close(int descriptor)
{
    if (descriptor >= 0)
        (void)close(descriptor);
}

void ripcord__libc_closedir(DIR *directory)
{
    if (directory)
        (void)closedir(directory);
}

void ripcord__libc_munmap(void *address, size_t length)
{
    if (address && address != MAP_FAILED)
        (void)munmap(address, length);
}

void ripcord__libc_unlink(const char *path)
{
    if (path)
        (void)unlink(path);
}

void ripcord__libc_rmdir(const char *path)
{
    if (path)
        (void)rmdir(path);
}

void ripcord__libc_freeaddrinfo(struct addrinfo *list)
{
    if (list)
        freeaddrinfo(list);
}

void ripcord__libc_dlclose(void *handle)
{
    if (handle)
        (void)dlclose(handle);
}

void ripcord__libc_regfree(regex_t *expression)
{
    if (expression)
        regfree(expression);
}

void ripcord__libc_globfree(glob_t *matches)
{
    if (matches)
        globfree(matches);
}

void ripcord__libc_setlocale(int category, const char *locale)
{
    if (locale)
        (void)setlocale(category, locale);
}

void ripcord__libc_uselocale(locale_t locale)
{
    if (locale)
        (void)uselocale(locale);
}

void ripcord__libc_fchdir(int directory)
{
    if (directory >= 0 && fchdir(directory) != 0)
        return;
}

void ripcord__libc_pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    if (lock)
        (void)pthread_rwlock_unlock(lock);
}

void ripcord__libc_pthread_sigmask(int how, const sigset_t *mask)
{
    if (mask)
        (void)pthread_sigmask(how, mask, NULL);
}

void ripcord__libc_sigprocmask(int how, const sigset_t *mask)
{
    ripcord__libc_pthread_sigmask(how, mask);
}

void ripcord_end_child(pid_t child, int signal)
{
    if (child <= 0)
        return;
    if (signal > 0)
        (void)kill(child, signal);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}
