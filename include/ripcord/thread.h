/* SPDX-License-Identifier: MIT */
/*
 * ripcord/thread.h - threads whose panics can be joined, and the ends of
 * threads and processes.
 *
 * Threads made by pthread_create work as well: a panic that leaves one of
 * them ends the process, as one that leaves a goroutine does.
 */
#ifndef RIPCORD_THREAD_H
#define RIPCORD_THREAD_H

#include <pthread.h>

#include <ripcord/base.h>

RIPCORD__BEGIN

/*
 * A thread that was started. A value: it may be copied and kept as long as
 * one likes, and one that is over is known to be. Its members are private.
 */
typedef struct ripcord_thread {
    struct ripcord__task *ripcord__task;
    unsigned long ripcord__serial;
} ripcord_thread;

/* What becomes of a panic that leaves the function of a thread. */
typedef enum ripcord_thread_panic {
    /* It is kept for who joins. Where nobody can, because the thread is
       detached or the process exits, it is uncaught and ends the process. */
    RIPCORD_THREAD_PANIC_KEPT,
    /* It is uncaught at once, as in Go. */
    RIPCORD_THREAD_PANIC_UNCAUGHT,
    /* It is kept for who joins. Where nobody can, it is reported, and only
       the thread ends. */
    RIPCORD_THREAD_PANIC_REPORTED
} ripcord_thread_panic;

/* How a thread is started; what is zero is the default. */
typedef struct ripcord_thread_attributes {
    const char *name;               /* 15 bytes of it are used; or NULL */
    const pthread_attr_t *pthread;  /* as for pthread_create; or NULL */
    ripcord_thread_panic panic;
} ripcord_thread_attributes;

/*
 * RIPCORD_THREAD_START(thread, attributes, function, argument)
 *
 * Starts a thread that runs function(argument), and stores what it is in
 * *thread, a ripcord_thread *. `attributes`, which may be NULL, is a const
 * ripcord_thread_attributes *, and not needed any more when this returns;
 * the name is the one that the system and the reports show. The thread must
 * be joined or detached once, unless it was started detached. Returns 0 or
 * an error number, EAGAIN and those of pthread_create, and no thread is
 * started then. Any thread may call it. Not for signal handlers.
 */
#define RIPCORD_THREAD_START(thread, attributes, function, argument)    \
    ripcord__thread_start(__FILE__, __LINE__, __func__, thread,         \
                          attributes, function, argument)

/*
 * RIPCORD_THREAD_JOIN(thread, result, panic)
 *
 * Waits until the ripcord_thread `thread` has ended. `*result`, a void *,
 * becomes what its function returned or its exit was given, or
 * PTHREAD_CANCELED; `result` may be NULL. If a panic left the function,
 * *panic becomes a copy of it, with which RIPCORD_PANIC_AGAIN raises it as
 * one of this thread; if none did, panic->kind becomes NULL. Where `panic`
 * is NULL such a panic is raised again at once. Returns 0, or EDEADLK when
 * the thread is the calling one; one that was joined or detached before ends
 * the process with a message. A cancellation point: a thread that is
 * cancelled here leaves `thread` to be joined by another one.
 */
#define RIPCORD_THREAD_JOIN(thread, result, panic)                      \
    ripcord__thread_join(__FILE__, __LINE__, __func__, thread, result, panic)

/*
 * RIPCORD_THREAD_DETACH(thread)
 *
 * Says that nobody will join the ripcord_thread `thread`: what it holds is
 * given back when it ends. A panic that is kept for who joins is uncaught or
 * reported now, and one that comes later then. Returns 0; a thread that was
 * joined or detached before ends the process with a message.
 */
#define RIPCORD_THREAD_DETACH(thread) \
    ripcord__thread_detach(__FILE__, __LINE__, __func__, thread)

/* The same as functions, for pointers to them and other languages: messages
   cannot tell where they were called. */
int ripcord_thread_start(ripcord_thread *thread,
                         const ripcord_thread_attributes *attributes,
                         void *(*function)(void *), void *argument);
int ripcord_thread_join(ripcord_thread thread, void **result,
                        struct ripcord_panic *panic);
int ripcord_thread_detach(ripcord_thread thread);

/*
 * The system's name of a thread, for pthread_cancel, pthread_kill and their
 * like. `thread` must not have been joined or detached; the result may be
 * used as long as that is so, and neither joined nor detached itself.
 */
pthread_t ripcord_thread_native(ripcord_thread thread);

/*
 * RIPCORD_THREAD_EXIT(result)
 *
 * Ends the calling thread, as Go's Goexit: runs all its deferred calls, then
 * calls pthread_exit(result). In the main thread the process goes on until
 * the other threads have ended. Does not return. The calls are run as for a
 * block that is not completed, and their recoverers are given NULL: an exit
 * cannot be recovered. It drops a panic that is running. A panic that a
 * deferred call raises may be recovered, and then the exit goes on; one that
 * is not recovered ends the process, or is kept for who joins. Cannot be
 * cancelled. Not for signal handlers.
 */
#define RIPCORD_THREAD_EXIT(result) \
    ripcord__thread_exit(__FILE__, __LINE__, __func__, result)

/* The same as a function, for pointers to it and other languages: a message
   about misuse cannot tell where it was called. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord_thread_exit(void *result);

/*
 * RIPCORD_EXIT(status)
 *
 * Ends the process from where it is: runs all deferred calls of the calling
 * thread, as RIPCORD_THREAD_EXIT does, then calls exit(status). exit itself,
 * _exit and quick_exit run none, as Go's os.Exit. Calls of other threads
 * do not run. Does not return. Not for signal handlers, nor for functions
 * that exit calls.
 */
#define RIPCORD_EXIT(status) \
    ripcord__exit_process(__FILE__, __LINE__, __func__, status)

/* The same as a function. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord_exit(int status);

/*
 * Drops all deferred calls that the calling thread has pending, and the
 * panics that run. For the child of a fork, which has a copy of all that the
 * parent will release: after this it may return, panic and exit, and runs
 * only what it defers itself. Scopes that are dropped take no more calls.
 * Without this the child runs the calls too, in its own process. Threads
 * that the parent had started are over in the child in any case.
 */
void ripcord_fork_child(void);

/* ---- What the macros are made of. ---- */

int ripcord__thread_start(const char *file, int line, const char *function,
                          ripcord_thread *thread,
                          const ripcord_thread_attributes *attributes,
                          void *(*body)(void *), void *argument);
int ripcord__thread_join(const char *file, int line, const char *function,
                         ripcord_thread thread, void **result,
                         struct ripcord_panic *panic);
int ripcord__thread_detach(const char *file, int line, const char *function,
                           ripcord_thread thread);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__thread_exit(
    const char *file, int line, const char *function, void *result);
RIPCORD__COLD RIPCORD__NORETURN void ripcord__exit_process(
    const char *file, int line, const char *function, int status);

RIPCORD__END

#endif
