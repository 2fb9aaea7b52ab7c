/* SPDX-License-Identifier: MIT */
/*
 * counters.c - instructions and cycles in user space, as the kernel counts
 * them for this thread.
 */
#include "bench.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int leader = -1, member = -1;

static int open_counter(unsigned long long config, int group)
{
    struct perf_event_attr attributes;

    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = config;
    attributes.disabled = group == -1;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, group, 0);
}

bool counters_start(void)
{
    leader = open_counter(PERF_COUNT_HW_INSTRUCTIONS, -1);
    if (leader < 0)
        return false;
    member = open_counter(PERF_COUNT_HW_CPU_CYCLES, leader);
    return member >= 0 &&
           ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP) == 0;
}

bool counters_stop(struct counters *counters)
{
    ioctl(leader, PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
    return read(leader, &counters->instructions, 8) == 8 &&
           read(member, &counters->cycles, 8) == 8;
}
