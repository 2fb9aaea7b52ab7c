/* SPDX-License-Identifier: MIT */
/*
 * 18-lua.c - C between two languages of errors. Lua raises errors by longjmp,
 * so neither may pass the other's frames: each is translated at the border.
 */
#include <stdio.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <ripcord/short.h>

RIPCORD_DEFERRABLE(puts, const char *)
RIPCORD_DEFERRABLE(lua_close, lua_State *)
RIPCORD_DEFERRABLE(lua_settop, lua_State *, int)

/* ---- From Lua to C: an error of Lua becomes a panic ---- */

static ripcord_mark border;

/* Lua calls this where the error is raised, before it jumps: what C code
   between here and lua_pcall has pending runs now. */
static int before_the_jump(lua_State *lua)
{
    ripcord_unwind(&border);
    return lua_gettop(lua);
}

static void run(lua_State *lua, const char *script)
{
    const ripcord_mark outer = border;

    defer(lua_settop, lua, 0);
    lua_pushcfunction(lua, before_the_jump);
    int status = luaL_loadstring(lua, script);
    border = RIPCORD_MARK();
    if (status == LUA_OK)
        status = lua_pcall(lua, 0, 0, -2);
    border = outer;
    if (status != LUA_OK)
        panic("%s", lua_tostring(lua, -1));
}

/* ---- From C to Lua: a panic becomes an error of Lua ---- */

struct call {
    int (*function)(lua_State *);
    lua_State *lua;
    int results;
};

static void make(void *argument)
{
    struct call *call = argument;
    call->results = call->function(call->lua);
}

/* The panic has come to its end before lua_error jumps. */
static int guarded(lua_State *lua, int (*function)(lua_State *))
{
    struct call call = { function, lua, 0 };
    ripcord_panic panic;

    if (ripcord_protect(make, &call, &panic))
        return call.results;
    return luaL_error(lua, "%s", panic.message);
}

/* ---- Two functions for scripts ---- */

/* Fails in the way of Lua, with a call pending. */
static int each(lua_State *lua)
{
    defer(puts, "  each: released");
    for (lua_Integer i = 1; i <= luaL_checkinteger(lua, 1); i++) {
        lua_pushvalue(lua, 2);
        lua_pushinteger(lua, i);
        lua_call(lua, 1, 0);
    }
    return 0;
}

/* Fails in the way of C. */
static int halve_panics(lua_State *lua)
{
    int n = (int)luaL_checkinteger(lua, 1);
    defer(puts, "  halve: released");
    if (n % 2)
        panic("%d is odd", n);
    lua_pushinteger(lua, n / 2);
    return 1;
}

static int halve(lua_State *lua) { return guarded(lua, halve_panics); }

static void try_to_run(lua_State *lua, const char *script)
{
    puts(script);
    attempt () {
        run(lua, script);
    } rescue (p) {
        printf("  rescued: %s\n", p->message);
    }
}

int main(void)
{
    lua_State *lua = must(luaL_newstate());
    defer(lua_close, lua);
    luaL_openlibs(lua);
    lua_register(lua, "each", each);
    lua_register(lua, "halve", halve);

    try_to_run(lua, "each(2, function(i) print('  ' .. halve(2 * i)) end)");
    try_to_run(lua, "each(2, function(i) print('  ' .. halve(i)) end)");
    try_to_run(lua, "each(2, function(i) error('not ' .. i, 0) end)");
    try_to_run(lua, "each('two')");
    return 0;
}
