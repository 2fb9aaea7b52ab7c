#!/bin/sh
# SPDX-License-Identifier: MIT
#
# exports.sh: what the shared library shows to others, what it needs from
# them, and how it is linked.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

library=$libraries/libripcord.so
if [ ! -f "$library" ]; then
  skip exports 'no shared library was built'
  finish
fi
for tool in nm readelf; do
  if ! has $tool; then
    skip exports "$tool is not installed"
    finish
  fi
done

# ---- Names ----

nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' |
  sed 's/@.*//' | sort >"$work/exported"
awk '/^global:/ { on = 1; next } /^local:/ { on = 0 }
     on { sub(/;.*/, ""); print $1 }' \
  "$top_srcdir/lib/ripcord.map" | sort >"$work/map"
same 'the library exports what its map lists' "$work/map" "$work/exported"

grep -v -E '^(ripcord|RIPCORD)_' "$work/exported" >"$work/foreign"
empty 'every exported name begins with ripcord_ or RIPCORD_' "$work/foreign"

# The static library shows everything to the program that it is linked to,
# but for what is weak and shared with it.
if [ -f "$libraries/libripcord.a" ]; then
  nm "$libraries/libripcord.a" 2>/dev/null |
    awk '$2 ~ /^[TDBRC]$/ { print $3 }' | grep -v -E '^(ripcord|RIPCORD)_' |
    sort -u >"$work/foreign"
  empty 'every name of the static library does so too' "$work/foreign"
else
  skip 'every name of the static library does so too' 'there is none'
fi

if choose clang; then
  echo '#include <ripcord/short.h>' >"$work/all.c"
  # shellcheck disable=SC2086
  declared $cc -std=gnu17 "$include" "$work/all.c" |
    sed -n 's/^extern \(ripcord_\|RIPCORD_\)/\1/p' | sort -u >"$work/declared"
  sed 's/_layout_[0-9]*$//' "$work/exported" | sort >"$work/named"
  same 'the headers declare what the library exports' \
    "$work/named" "$work/declared"
else
  skip 'the headers declare what the library exports' 'needs clang'
fi

# ---- Linking ----

readelf -dW "$library" >"$work/dynamic"
readelf -lW "$library" >"$work/segments"

finds() { # NAME PATTERN FILE
  if grep -E -q -e "$2" "$3"; then ok "$1"; else not_ok "$1" <"$3"; fi
}

finds 'the soname is libripcord.so.0' \
  'SONAME.*\[libripcord\.so\.0\]' "$work/dynamic"
finds 'symbols are bound at start' 'BIND_NOW|FLAGS_1.*NOW' "$work/dynamic"
finds 'relocations become read-only' GNU_RELRO "$work/segments"
finds 'the library cannot be unloaded' 'FLAGS_1.*NODELETE' "$work/dynamic"
finds 'the stack is not executable' 'GNU_STACK .* RW +0x' "$work/segments"
grep TEXTREL "$work/dynamic" >"$work/relocations"
empty 'code needs no relocation' "$work/relocations"
grep -E ' LOAD .* (RWE|WE)' "$work/segments" >"$work/writable"
empty 'no code is writable' "$work/writable"

# Parts of the C library that were files of their own once count as it, and
# so does the unwinder, which it loads itself to cancel a thread.
sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' "$work/dynamic" |
  grep -E -v '^(libc|libpthread|libdl|librt|libgcc_s|ld-[^/]*)\.' \
    >"$work/needed"
if instrumented "$library"; then
  skip 'the C library is all it needs' 'the library is instrumented'
else
  empty 'the C library is all it needs' "$work/needed"
fi

# ---- setjmp: saving the signal mask is a system call ----

undefined() { # FILE OPTION...
  nm -u "$@" | awk '{ sub(/@.*/, "", $NF); print $NF }' | grep -i setjmp
}

undefined "$library" -D | grep -v -x _setjmp >"$work/jumps"
empty 'the library saves no signal mask' "$work/jumps"

cat >"$work/defers.c" <<'END'
#include <ripcord/short.h>
int number(int n);
int number(int n)
{
    FILE *file = fopen("/dev/null", "r");
    defer(fclose, file);
    defer_scope(calls);
    for (int i = 0; i < n; i++) {
        defer_as(call, ripcord_end_child, 0, 0);
        defer_to(calls, free, malloc(1));
        if (i == 7)
            return at_n((char *)NULL, i, (size_t)n);
        (void)defer_cancel(call);
    }
    defer_on_failure(setlocale, LC_ALL, "C");
    if (n < 0)
        panic("%d", n);
    return checked_add(n, 1);
}
END
cat >"$work/lands.c" <<'END'
#include <ripcord/short.h>
int number(int n);
int number(int n)
{
    volatile int result = n;
    recoverable (result) {
        attempt () {
            panic("%d", n);
        } rescue (p) {
            result = p->line;
        }
    }
    return result;
}
END
for family in gcc clang; do
  if ! choose $family; then
    skip "setjmp, $family" 'it is not installed'
    continue
  fi
  for level in 0 2; do
    for program in defers lands; do
      # shellcheck disable=SC2086
      $cc -std=gnu17 -fexceptions -O$level "$include" -c \
        "$work/$program.c" -o "$work/$program.o" >"$work/said" 2>&1 ||
        not_ok "$program.c compiles, $family -O$level" <"$work/said"
    done
    undefined "$work/defers.o" >"$work/jumps"
    empty "a block that only defers calls no setjmp, $family -O$level" \
      "$work/jumps"
    undefined "$work/lands.o" >"$work/jumps"
    echo _setjmp >"$work/expected"
    same "a landing calls _setjmp and no other, $family -O$level" \
      "$work/expected" "$work/jumps"
  done
done
finish
