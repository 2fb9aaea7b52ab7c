/* SPDX-License-Identifier: MIT */
#include "exception.h"

#include <ripcord/short.h>

RIPCORD_DEFERRABLE(leave_letter, char)

void through_c(void (*call_back)(void))
{
    defer(leave_letter, 'z');
    recoverable () {
        defer_scope(calls);
        defer_to(calls, leave_letter, 'y');
        attempt () {
            defer(leave_letter, 'x');
            call_back();
        } rescue (p) {
            leave_letter('!');
        }
    }
    leave_letter('!');
}

void succeeds_or_fails(void (*call_back)(void))
{
    defer_on_success(leave_letter, 's');
    defer_on_failure(leave_letter, 'f');
    call_back();
}
