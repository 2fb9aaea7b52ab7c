#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lto.sh: link-time optimisation may inline the library into a program that
# links it statically. What compares its own frame with those of the program
# must still have one: otherwise calls that are pending look jumped over.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

cat >"$work/prog.c" <<'END'
#include <ripcord/short.h>

RIPCORD_DEFERRABLE(puts, const char *)

static void unwinds(void)
{
    ripcord_mark mark = RIPCORD_MARK();
    defer(puts, "unwound");
    ripcord_unwind(&mark);
}

static void forks(void)
{
    defer(puts, "not reached");
    ripcord_fork_child();
}

int main(void)
{
    defer(puts, "last");
    unwinds();
    {
        defer(puts, "checked");
        (void)ripcord__validate(NULL);
    }
    (void)fflush(stdout);
    forks();
    return puts("forked") < 0;
}
END
printf '%s\n' unwound checked forked >"$work/expected"

archive=$libraries/libripcord.a
if [ ! -f "$archive" ] || instrumented "$archive"; then
  skip 'link-time optimisation' 'no static library, or an instrumented one'
  finish
fi
# The library may be compiled for link-time optimisation or not; these are.
set -- "$work/prog.c" "$top_srcdir/lib/mark.c" "$top_srcdir/lib/fork.c" \
  "$top_srcdir/lib/validate.c" "$archive" -pthread
# shellcheck disable=SC2086
if ! $CC -O3 -flto -fexceptions -D_GNU_SOURCE "$include" "$@" \
  -o "$work/prog" >"$work/said" 2>&1; then
  skip 'link-time optimisation' "$(sed -n 1p "$work/said")"
  finish
fi
"$work/prog" >"$work/output" 2>&1
same 'calls that are pending are not taken for jumped over' \
  "$work/expected" "$work/output"
finish
