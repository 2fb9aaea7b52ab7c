/* SPDX-License-Identifier: MIT */
#include "cpp.h"

#include <stdio.h>

#include <ripcord/short.h>

RIPCORD_DEFERRABLE(leave_letter, char)

int c_function(int number)
{
    defer(leave_letter, 'c');
    if (number < 0)
        panic("number %d", number);
    return number + 1;
}

int c_calls_back(int (*call_back)(int), int argument)
{
    defer(leave_letter, 'b');
    int result = call_back(argument);
    leave_letter('r');
    return result;
}

int c_catches(int (*call_back)(int), int argument, const char **message,
              int *kind)
{
    static char kept[RIPCORD_MESSAGE_SIZE + 64];
    volatile int result = -1;

    attempt (result) {
        result = c_calls_back(call_back, argument);
    } rescue (p) {
        (void)snprintf(kept, sizeof kept, "%s (%s)", p->message, p->function);
        *message = kept;
        *kind = panic_is(p, &RIPCORD_PLAIN) ? KIND_PLAIN
              : panic_is(p, &RIPCORD_OUT_OF_MEMORY) ? KIND_MEMORY
              : KIND_OTHER;
    }
    return result;
}

void c_exits(void)
{
    defer(leave_letter, 'e');
    thread_exit(NULL);
}
