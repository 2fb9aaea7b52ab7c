/* SPDX-License-Identifier: MIT */
/*
 * fault.c - enabling and disabling what signals become.
 */
#include "crash.h"

#include <errno.h>
#include <pthread.h>

struct choice {
    unsigned bits;              /* any of them wants the signal */
    int signal;
};

static const struct choice faults[] = {
    { RIPCORD_FAULT_NULL | RIPCORD_FAULT_ADDRESS | RIPCORD_FAULT_STACK,
      SIGSEGV },
    { RIPCORD_FAULT_BUS, SIGBUS },
    { RIPCORD_FAULT_ARITHMETIC, SIGFPE },
    { RIPCORD_FAULT_INSTRUCTION, SIGILL },
    { RIPCORD_FAULT_TRAP, SIGTRAP },
};
static const struct choice cleanups[] = {
    { RIPCORD_CLEANUP_ABRT, SIGABRT }, { RIPCORD_CLEANUP_SYS, SIGSYS },
    { RIPCORD_CLEANUP_TERM, SIGTERM }, { RIPCORD_CLEANUP_INT, SIGINT },
    { RIPCORD_CLEANUP_HUP, SIGHUP }, { RIPCORD_CLEANUP_QUIT, SIGQUIT },
};
#define COUNT(array) (sizeof (array) / sizeof (array)[0])

ripcord_fault_options fault_options;

static pthread_mutex_t configuration = PTHREAD_MUTEX_INITIALIZER;
static bool enabled;
static __thread char reason[120];

void configuration_lock(void)
{
    reason[0] = '\0';
    (void)pthread_mutex_lock(&configuration);
}

void configuration_unlock(void)
{
    (void)pthread_mutex_unlock(&configuration);
}

int refuse(int error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    errno = error;
    return -1;
}

const char *ripcord_faults_reason(void)
{
    return reason;
}

static int take(const struct choice *choices, size_t count, unsigned wanted,
                signal_handler *handler)
{
    for (size_t i = 0; i < count; i++) {
        int signal = choices[i].signal;
        if (!(wanted & choices[i].bits) ||
            (choices == cleanups && signal_is_ignored(signal)))
            continue;
        if (signal_is_taken(signal))
            return refuse(EALREADY, "%s is taken by "
                          "ripcord_interrupts_enable", signal_name(signal));
        if (signal_take(signal, handler, true) != 0)
            return -1;
    }
    return 0;
}

static void give_back(const struct choice *choices, size_t count,
                      signal_handler *handler)
{
    for (size_t i = 0; i < count; i++)
        if (signal_is_taken_by(choices[i].signal, handler))
            signal_give_back(choices[i].signal);
}

static void give_all_back(void)
{
    int error = errno;
    give_back(cleanups, COUNT(cleanups), cleanup_handler);
    give_back(faults, COUNT(faults), fault_handler);
    errno = error;
}

static int check(const ripcord_fault_options *options)
{
    if (enabled)
        return refuse(EALREADY, "faults are enabled already");
    if ((options->handled & ~(unsigned)RIPCORD_FAULT_ALL) ||
        (options->cleanup & ~(unsigned)RIPCORD_CLEANUP_ALL))
        return refuse(EINVAL, "there are no such faults or signals");
    if (options->recoverable & ~options->handled)
        return refuse(EINVAL, "what is not handled cannot be recoverable");
    if (!options->handled && !options->cleanup)
        return refuse(EINVAL, "nothing is to be enabled");
    if (options->stack_size < STACK_MINIMUM)
        return refuse(EINVAL, "an alternate stack needs 65536 bytes");
    if (options->watchdog_seconds && watchdog_try() != 0)
        return refuse(EPERM, "a timer for the watchdog was refused");
    return 0;
}

static int enable(const ripcord_fault_options *options)
{
    bool was_attached = altstack_is_attached();

    if (check(options) != 0)
        return -1;
    fault_options = *options;
    if (altstack_attach() != 0)
        return -1;
    if (take(faults, COUNT(faults), options->handled, fault_handler) != 0 ||
        take(cleanups, COUNT(cleanups), options->cleanup,
             cleanup_handler) != 0) {
        give_all_back();
        if (!was_attached)
            altstack_release();
        return -1;
    }
    __atomic_store_n(&enabled, true, __ATOMIC_RELEASE);
    return 0;
}

int ripcord_faults_enable(const ripcord_fault_options *options)
{
    const ripcord_fault_options usual = RIPCORD_FAULT_OPTIONS;

    configuration_lock();
    int result = enable(options ? options : &usual);
    configuration_unlock();
    return result;
}

static int disable(void)
{
    if (!enabled)
        return refuse(EALREADY, "faults are not enabled");
    if (altstack_crashes() > 0 || crash_is_running())
        return refuse(EBUSY, "deferred calls of a fault are running, and "
                      "nothing was changed");
    if (signals_check(fault_handler) != 0 ||
        signals_check(cleanup_handler) != 0)
        return -1;
    give_all_back();
    altstack_release();
    __atomic_store_n(&enabled, false, __ATOMIC_RELEASE);
    return 0;
}

int ripcord_faults_disable(void)
{
    configuration_lock();
    int result = disable();
    configuration_unlock();
    return result;
}

int ripcord_thread_attach(void)
{
    reason[0] = '\0';
    return altstack_attach();
}

void fault_thread(void)
{
    if (__atomic_load_n(&enabled, __ATOMIC_ACQUIRE))
        (void)altstack_attach();
}
