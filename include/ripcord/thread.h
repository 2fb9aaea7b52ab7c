/* SPDX-License-Identifier: MIT */
/*
 * ripcord/thread.h - the end of a thread.
 */
#ifndef RIPCORD_THREAD_H
#define RIPCORD_THREAD_H

#include <ripcord/base.h>

RIPCORD__BEGIN

/*
 * RIPCORD_THREAD_EXIT(result)
 *
 * Ends the calling thread, as Go's Goexit: runs all its deferred calls, then
 * calls pthread_exit(result). In the main thread the process goes on until
 * the other threads have ended. Does not return. The calls are run as for a
 * block that is not completed, and their recoverers are given NULL: an exit
 * cannot be recovered. It drops a panic that is running. A panic that a
 * deferred call raises may be recovered, and then the exit goes on; one that
 * is not recovered ends the process. Cannot be cancelled. Not for signal
 * handlers.
 */
#define RIPCORD_THREAD_EXIT(result) \
    ripcord__thread_exit(__FILE__, __LINE__, __func__, result)

/* The same as a function, for pointers to it and other languages: a message
   about misuse cannot tell where it was called. */
RIPCORD__COLD RIPCORD__NORETURN void ripcord_thread_exit(void *result);

/* ---- What the macro is made of. ---- */

RIPCORD__COLD RIPCORD__NORETURN void ripcord__thread_exit(
    const char *file, int line, const char *function, void *result);

RIPCORD__END

#endif
