/* SPDX-License-Identifier: MIT */
#include "support.h"

START_TEST(deferred_calls_run_last_in_first_out)
{
    {
        defer(trace, "first");
        defer(trace, "second");
        trace("body");
    }
    ck_traced("body second first");
}
END_TEST

RUN_SUITE("defer", deferred_calls_run_last_in_first_out)
