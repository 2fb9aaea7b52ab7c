/* SPDX-License-Identifier: MIT */
/* <ripcord.h> alone leaves a program's own names to it, and a deferrable
   brings none that shadow them. */
#include <ripcord.h>

#include "trace.h"

/* Variables, as a program may have them; -Wshadow is watching. */
int entry, site, top, run, what, kind, c, p, a1, a2, here, landing;
int panic_value, scope, record, place, size, file, line, name, copy;
int at, must, attempt, recoverable, rescue, recover, checked_add, newest;

struct call {
    int previous;
};
struct panic {
    int message;
};
struct landed {
    int error;
};
typedef struct panic panic;
enum thread { frame, buffer };

static int defer(struct call *call, panic *out)
{
    out->message = call->previous;
    return out->message;
}
RIPCORD_DEFERRABLE(defer, struct call *, panic *)
RIPCORD_DEFERRABLE(trace, const char *)

static void recovering(ripcord_panic *ripcord, volatile struct landed *landed)
{
    if (ripcord_recover(ripcord))
        landed->error = 1;
}
RIPCORD_RECOVERER(recovering, volatile struct landed *)

static int all_of_them(int status)
{
    volatile struct landed landed;
    struct call call = { status };
    panic out = { 0 };

    landed.error = 0;
    RIPCORD_RECOVERABLE (landed) {
        RIPCORD_DEFER_SCOPE(calls);
        RIPCORD_DEFER_TO(calls, recovering, &landed);
        RIPCORD_DEFER_TO(calls, defer, &call, &out);
        RIPCORD_ATTEMPT () {
            RIPCORD_DEFER_ON_FAILURE(trace, "failure");
            RIPCORD_DEFER_ON_SUCCESS(trace, "success");
            RIPCORD_DEFER_AS(early, trace, "early");
            RIPCORD_DEFER_AS(dropped, trace, "dropped");
            (void)RIPCORD_DEFER_RUN(early);
            (void)RIPCORD_DEFER_CANCEL(dropped);
            if (status)
                RIPCORD_PANIC("status %d", status);
        } RIPCORD_RESCUE (reason) {
            trace(reason->message);
            RIPCORD_PANIC_AGAIN(reason);
        }
    }
    trace_number(out.message);
    return landed.error;
}

static int returned(int status)
{
    volatile int result = 0;
    RIPCORD_RECOVERABLE (result) {
        RIPCORD_DEFER(trace, "returned");
        RIPCORD_RECOVERABLE_RETURN(RIPCORD_CHECKED_ADD(status, 1));
    }
    return result;
}

int main(void)
{
    trace_number(all_of_them(0));
    trace_number(all_of_them(3));
    trace_number(returned(1));
    expect("names", "early success 0 0 early failure status 3 3 1 "
                    "returned 2");
    return finish();
}
