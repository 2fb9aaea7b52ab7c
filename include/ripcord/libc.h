/* SPDX-License-Identifier: MIT */
/*
 * ripcord/libc.h - what programs release every day, ready to be deferred:
 *
 *     defer(fclose, file);
 *
 * Where releasing NULL, -1 or MAP_FAILED would be an error, such a value is
 * ignored: a call may be deferred before the resource is there. Results are
 * discarded, as those of all deferred calls; who must know that data reached
 * the disk calls fclose or close himself before the block ends.
 *
 * Functions whose types a strict language mode (-std=c11 without a feature
 * macro) hides are left out in it: pthread_rwlock_unlock, pthread_sigmask,
 * sigprocmask and uselocale.
 */
#ifndef RIPCORD_LIBC_H
#define RIPCORD_LIBC_H

#include <dirent.h>
#include <glob.h>
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <ripcord/base.h>
#include <ripcord/generate.h>

struct addrinfo;

RIPCORD__BEGIN

/*
 * Ends a child process: sends it `signal` (0: none) and waits for it, so
 * that no zombie is left. A `child` of 0 or less is ignored, never taken for
 * a process group.
 */
void ripcord_end_child(pid_t child, int signal);

/* ---- What the declarations below call. ---- */

RIPCORD__INLINE void ripcord__libc_free(void *memory)
{
    free(memory);
}

RIPCORD__INLINE void ripcord__libc_fclose(FILE *file)
{
    if (file)
        (void)fclose(file);
}

RIPCORD__INLINE void ripcord__libc_pthread_mutex_unlock(
    pthread_mutex_t *mutex)
{
    if (mutex)
        (void)pthread_mutex_unlock(mutex);
}

RIPCORD__INLINE void ripcord__libc_sem_post(sem_t *semaphore)
{
    if (semaphore)
        (void)sem_post(semaphore);
}

void ripcord__libc_pclose(FILE *pipe);
void ripcord__libc_close(int descriptor);
void ripcord__libc_closedir(DIR *directory);
void ripcord__libc_munmap(void *address, size_t length);
void ripcord__libc_unlink(const char *path);
void ripcord__libc_rmdir(const char *path);
void ripcord__libc_freeaddrinfo(struct addrinfo *list);
void ripcord__libc_dlclose(void *handle);
void ripcord__libc_regfree(regex_t *expression);
void ripcord__libc_globfree(glob_t *matches);
void ripcord__libc_setlocale(int category, const char *locale);
void ripcord__libc_fchdir(int directory);

/* ---- The deferrables, with the types of their arguments. ---- */

#define RIPCORD__LIBC(...)                                           \
    RIPCORD__JOIN(RIPCORD__GENERATE_, RIPCORD__COUNT(__VA_ARGS__))   \
    (ripcord__plain, RIPCORD__FIRST(__VA_ARGS__),                    \
     RIPCORD__JOIN(ripcord__libc_, RIPCORD__FIRST(__VA_ARGS__)),     \
     __VA_ARGS__)

RIPCORD__LIBC(free, void *)
RIPCORD__LIBC(fclose, FILE *)
RIPCORD__LIBC(pclose, FILE *)
RIPCORD__LIBC(close, int)
RIPCORD__LIBC(closedir, DIR *)
RIPCORD__LIBC(munmap, void *, size_t)
/* The path must live as long as the block. */
RIPCORD__LIBC(unlink, const char *)
RIPCORD__LIBC(rmdir, const char *)
RIPCORD__LIBC(freeaddrinfo, struct addrinfo *)
RIPCORD__LIBC(pthread_mutex_unlock, pthread_mutex_t *)
RIPCORD__LIBC(sem_post, sem_t *)
RIPCORD__LIBC(dlclose, void *)
RIPCORD__LIBC(regfree, regex_t *)
RIPCORD__LIBC(globfree, glob_t *)
/* Back to a locale: a copy of what setlocale(category, NULL) returned. */
RIPCORD__LIBC(setlocale, int, const char *)
/* Back to a directory: the descriptor of open(".", O_RDONLY). */
RIPCORD__LIBC(fchdir, int)
RIPCORD__GENERATE_3(ripcord__plain, ripcord_end_child, ripcord_end_child,
                    ripcord_end_child, pid_t, int)

#ifdef PTHREAD_RWLOCK_INITIALIZER
void ripcord__libc_pthread_rwlock_unlock(pthread_rwlock_t *lock);
RIPCORD__LIBC(pthread_rwlock_unlock, pthread_rwlock_t *)
#endif

/* Back to a locale: what uselocale returned when it was changed. */
#ifdef LC_GLOBAL_LOCALE
void ripcord__libc_uselocale(locale_t locale);
RIPCORD__LIBC(uselocale, locale_t)
#endif

/* Back to a signal mask: SIG_SETMASK and the old mask, which must live as
   long as the block. */
#ifdef SIG_SETMASK
void ripcord__libc_pthread_sigmask(int how, const sigset_t *mask);
void ripcord__libc_sigprocmask(int how, const sigset_t *mask);
RIPCORD__LIBC(pthread_sigmask, int, const sigset_t *)
RIPCORD__LIBC(sigprocmask, int, const sigset_t *)
#endif

RIPCORD__END

#endif
