#!/bin/sh
# SPDX-License-Identifier: MIT
#
# layout.sh: a program compiled with the headers of another layout than the
# library's is refused, by the linker or at its start.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

library=$libraries/libripcord.so
if [ ! -f "$library" ]; then
  skip layout 'no shared library was built'
  finish
fi
if instrumented "$library"; then
  skip layout 'the library is instrumented'
  finish
fi

cp -R "$top_srcdir/include" "$work/include"
chmod -R u+w "$work/include"
layout=$(sed -n 's/^#define RIPCORD__LAYOUT //p' "$work/include/ripcord/base.h")
other=$((layout + 1))
sed -i "s/^\(#define RIPCORD__LAYOUT\) .*/\1 $other/" \
  "$work/include/ripcord/base.h"

cat >"$work/program.c" <<'END'
#include <ripcord/short.h>
int main(void)
{
    defer(puts, "");
    return 0;
}
END
cat >"$work/recovers.c" <<'END'
#include <ripcord/short.h>
void recovers(ripcord_panic *p);
void recovers(ripcord_panic *p) { (void)recover(p); }
int main(void) { return 0; }
END
sed -i 's/defer(puts, "")/defer(free, NULL)/' "$work/program.c"

# Whether the file `said' names the symbol, and the last command has failed.
names() { # NAME SYMBOL STATUS
  if [ "$3" -ne 0 ] && grep -q "$2" "$work/said"; then
    ok "$1"
  else
    echo "status $3" >>"$work/said"
    not_ok "$1" <"$work/said"
  fi
}

compile() { # PROGRAM OPTION...
  program=$1
  shift
  # shellcheck disable=SC2086
  $CC -std=gnu17 -O1 -fexceptions "-I$work/include" "$work/$program.c" \
    -o "$work/$program" "-L$libraries" -lripcord "$@" >"$work/said" 2>&1
}

compile program
names 'the linker refuses a program of another layout' \
  "ripcord__thread_layout_$other" $?
compile recovers
names 'the linker refuses a recoverer of another layout' \
  "ripcord__recover_layout_$other" $?

# As if it had been linked with another library: what a shared object lacks
# is only noticed when it is loaded.
if compile program -shared -fPIC -Dmain=run &&
  mv "$work/program" "$work/libprogram.so" &&
  echo 'int run(void); int main(void) { return run(); }' >"$work/main.c" &&
  compile main "-L$work" -lprogram "-Wl,-rpath,$work" \
    -Wl,--unresolved-symbols=ignore-in-shared-libs; then
  "$work/main" >"$work/said" 2>&1
  names 'a program of another layout does not start' \
    "ripcord__thread_layout_$other" $?
else
  not_ok 'a program of another layout does not start' <"$work/said"
fi
finish
