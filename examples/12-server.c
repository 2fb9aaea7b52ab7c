/* SPDX-License-Identifier: MIT */
/*
 * 12-server.c - a loop that serves requests and survives a handler that
 * uses a null pointer, divides by zero, or calls itself without end.
 *
 * What the handler had acquired is released by its own deferred calls. That
 * is also what makes going on defensible: a request that faulted may have
 * left data half changed, so everything it touches belongs to the request,
 * or is undone by a deferred call.
 */
#include <stdio.h>
#include <string.h>

#include <ripcord/short.h>

struct request {
    const char *path;
    const char *name;       /* NULL when the client sent none */
    int pages;
};

static int open_requests;

static void finish(const char *path)
{
    open_requests--;
    printf("  finished %s\n", path);
}
RIPCORD_DEFERRABLE(finish, const char *)

/* A compiler deletes what nobody needs, so the name is volatile and its first
   letter is used. Not every processor refuses to divide by zero, so that is
   checked. */
static int answer(const struct request *request)
{
    const volatile char *volatile name = request->name;
    volatile char room[1000];

    room[0] = name[0];
    if (strcmp(request->path, "/deep") == 0)
        return answer(request) + room[0];
    return room[0] + checked_div(100, request->pages);
}

static void to_status(ripcord_panic *p, volatile int *status)
{
    if (!recover(p))
        return;
    *status = 500;
    printf("  %s: %s\n", p->kind->name, p->message);
}
RIPCORD_RECOVERER(to_status, volatile int *)

static int serve(const struct request *request)
{
    volatile int status = 200;

    recoverable (status) {
        defer(to_status, &status);
        open_requests++;
        defer(finish, request->path);
        status = answer(request) > 0 ? 200 : 404;
    }
    return status;
}

int main(void)
{
    static const struct request requests[] = {
        { "/hello", "world", 4 }, { "/greet", NULL, 4 },
        { "/share", "world", 0 }, { "/deep", "world", 4 },
        { "/hello", "again", 4 },
    };

    if (ripcord_faults_enable(NULL) != 0) {
        fprintf(stderr, "%s\n", ripcord_faults_reason());
        return 1;
    }
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        printf("%s\n", requests[i].path);
        printf("  status %d\n", serve(&requests[i]));
    }
    printf("%d requests open\n", open_requests);
    return 0;
}
