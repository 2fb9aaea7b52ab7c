/* SPDX-License-Identifier: MIT */
/*
 * interrupt.c - the signals that ask a program to end, as panics at its safe
 * points.
 */
#include "crash.h"

#include <errno.h>

static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
#define COUNT (sizeof signals / sizeof signals[0])

int ripcord__interrupt;

static bool enabled;

/* Who sends a second one does not want to wait for a safe point. */
static void interrupt_handler(int signal, siginfo_t *info, void *context)
{
    int nothing = 0;

    if (handler_is_lost(signal, info, context, __builtin_frame_address(0)))
        return;
    if (!__atomic_compare_exchange_n(&ripcord__interrupt, &nothing, signal,
                                     false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        signal_repeat(signal, info, context);
}

void ripcord__interrupted(const char *file, int line, const char *function)
{
    int signal = __atomic_exchange_n(&ripcord__interrupt, 0,
                                     __ATOMIC_RELAXED);
    if (signal)
        ripcord__panic_code(file, line, function, &RIPCORD_INTERRUPT, signal,
                            "%s", signal_name(signal));
}

static void give_all_back(void)
{
    int error = errno;
    for (size_t i = 0; i < COUNT; i++)
        if (signal_is_taken_by(signals[i], interrupt_handler))
            signal_give_back(signals[i]);
    errno = error;
}

static int take(int signal)
{
    if (signal_is_ignored(signal))
        return 0;
    if (signal_is_taken(signal))
        return refuse(EALREADY, "%s is taken by ripcord_faults_enable",
                      signal_name(signal));
    return signal_take(signal, interrupt_handler, false);
}

static int enable(void)
{
    if (enabled)
        return refuse(EALREADY, "interrupts are enabled already");
    for (size_t i = 0; i < COUNT; i++)
        if (take(signals[i]) != 0) {
            give_all_back();
            return -1;
        }
    enabled = true;
    return 0;
}

int ripcord_interrupts_enable(void)
{
    configuration_lock();
    int result = enable();
    configuration_unlock();
    return result;
}

int ripcord_interrupts_disable(void)
{
    int result;

    configuration_lock();
    if (!enabled) {
        result = refuse(EALREADY, "interrupts are not enabled");
    } else if ((result = signals_check(interrupt_handler)) == 0) {
        give_all_back();
        enabled = false;
    }
    configuration_unlock();
    return result;
}
