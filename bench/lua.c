/* SPDX-License-Identifier: MIT */
/*
 * lua.c - Lua's protected calls, by its C interface. What has something to
 * clean up makes a protected call, cleans up, and passes the error on.
 */
#include "bench.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>

static lua_State *lua;

void fail(struct thing *t)
{
    (void)t;
    lua_pushnil(lua);
    lua_error(lua);
    abort();
}

/* Calls a function of C with a pointer, under protection; false: it failed,
   and the error is on the stack. */
static inline bool attempt(lua_CFunction function, struct thing *t)
{
    lua_pushcfunction(lua, function);
    lua_pushlightuserdata(lua, t);
    return lua_pcall(lua, 1, 0, 0) == LUA_OK;
}

static int using(lua_State *l)
{
    must_use(lua_touserdata(l, 1));
    return 0;
}

static NOINLINE void defer_1(struct thing *t)
{
    must_acquire(t);
    bool whole = attempt(using, t);
    release(t);
    if (!whole)
        lua_error(lua);
}

static int nothing(lua_State *l)
{
    (void)l;
    BARRIER();
    return 0;
}

static NOINLINE void defer_bare(struct thing *t)
{
    t->acquired++;
    bool whole = attempt(nothing, t);
    release(t);
    if (!whole)
        lua_error(lua);
}

static int second(lua_State *l);
static int third(lua_State *l);
static int fourth(lua_State *l);

/* Acquires, does the rest under protection, and releases. */
static inline int with(struct thing *t, lua_CFunction rest)
{
    must_acquire(t);
    bool whole = attempt(rest, t);
    release(t);
    return whole ? 0 : lua_error(lua);
}

static NOINLINE void defer_4(struct thing *t)
{
    with(t, second);
}

static int second(lua_State *l)
{
    return with(lua_touserdata(l, 1), third);
}

static int third(lua_State *l)
{
    return with(lua_touserdata(l, 1), fourth);
}

static int fourth(lua_State *l)
{
    return with(lua_touserdata(l, 1), using);
}

/* ---- Failing ---- */

static NOINLINE void breaks(struct thing *t)
{
    if (!t->whole)
        fail(t);
}

static int breaking(lua_State *l)
{
    breaks(lua_touserdata(l, 1));
    return 0;
}

static int breaking_literal(lua_State *l)
{
    struct thing *t = lua_touserdata(l, 1);
    if (t->whole)
        return 0;
    lua_pushliteral(l, "broken");
    return lua_error(l);
}

static int breaking_formatted(lua_State *l)
{
    struct thing *t = lua_touserdata(l, 1);
    if (t->whole)
        return 0;
    return luaL_error(l, "broken: order %d of %s", 4711 + t->broken,
                      "somebody");
}

static NOINLINE void landing(struct thing *t, lua_CFunction function)
{
    if (attempt(function, t))
        return;
    t->caught++;
    lua_pop(lua, 1);
}

static int depth;

static int framed(lua_State *l)
{
    struct thing *t = lua_touserdata(l, 1);

    if (--depth > 0)
        with(t, framed);
    else
        breaks(t);
    t->used++;
    return 0;
}

static int outermost(lua_State *l)
{
    return with(lua_touserdata(l, 1), framed);
}

static NOINLINE void bare_frame(struct thing *t, int deep)
{
    if (deep > 1)
        bare_frame(t, deep - 1);
    else
        breaks(t);
    t->used++;
}

static int bare(lua_State *l)
{
    bare_frame(lua_touserdata(l, 1), 100);
    return 0;
}

/* ---- What is measured ---- */

MEASURED(defer_1, defer_1(&subject))
MEASURED(defer_4, defer_4(&subject))
MEASURED(defer_bare, defer_bare(&subject))
MEASURED(landing, landing(&subject, using))
MEASURED(panic, landing(&subject, breaking))
MEASURED(frames_10, depth = 10; landing(&subject, outermost))
MEASURED(frames_100, depth = 100; landing(&subject, outermost))
MEASURED(bare_100, landing(&subject, bare))
MEASURED(literal, landing(&subject, breaking_literal))
MEASURED(formatted, landing(&subject, breaking_formatted))

int main(int argc, char **argv)
{
    static const struct workload workloads[] = {
        { "defer-1", run_defer_1, NULL },
        { "defer-4", run_defer_4, NULL },
        { "defer-bare", run_defer_bare, NULL },
        { "landing", run_landing, NULL },
        { "panic", run_panic, NULL },
        { "frames-10", run_frames_10, NULL },
        { "frames-100", run_frames_100, NULL },
        { "bare-100", run_bare_100, NULL },
        { "message-literal", run_literal, NULL },
        { "message-formatted", run_formatted, NULL },
        { NULL, NULL, NULL }
    };
    lua = luaL_newstate();
    if (!lua)
        return 1;
    return bench_main(argc, argv, workloads);
}
