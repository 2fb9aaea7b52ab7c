#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install.sh: what `make install' puts down is enough for a program outside
# of the tree, and `make uninstall' takes all of it away.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

root=$work/root
# The job server of a make that runs the tests is not this one's.
unset MAKEFLAGS MFLAGS LD_LIBRARY_PATH

run_make() { # TARGET
  # shellcheck disable=SC2086
  $MAKE -C "$top_builddir" "$1" DESTDIR="$root" >"$work/said" 2>&1
}

if run_make install; then
  ok 'make install'
else
  not_ok 'make install' <"$work/said"
  finish
fi

pc=$(find "$root" -name ripcord.pc)
header=$(find "$root" -name ripcord.h)
if [ -z "$pc" ] || [ -z "$header" ]; then
  find "$root" -type f | not_ok 'a header and a .pc file are installed'
  finish
fi
libdir=$(dirname "$(dirname "$pc")")
includedir=$(dirname "$header")

(cd "$top_srcdir/include" && find . -name '*.h' | sort) >"$work/source"
(cd "$includedir" && find . -path '*ripcord*.h' | sort) >"$work/installed"
same 'every header is installed' "$work/source" "$work/installed"
while read -r file; do
  cmp "$top_srcdir/include/$file" "$includedir/$file"
done <"$work/source" >"$work/difference" 2>&1
empty 'the headers are installed as they are' "$work/difference"

# ---- A program of a user ----

cat >"$work/prog.c" <<'END'
#include <ripcord/short.h>

static void recovered(ripcord_panic *p, volatile int *status)
{
    if (recover(p)) {
        puts(p->message);
        *status = 0;
    }
}
RIPCORD_RECOVERER(recovered, volatile int *)

static void work(const char *path)
{
    FILE *file = must_fopen("/dev/null", "r");
    defer(fclose, file);
    FILE *missing = must_fopen(path, "r");
    defer(fclose, missing);
}

int main(void)
{
    volatile int status = 1;
    recoverable (status) {
        defer(recovered, &status);
        work("/nowhere/at/all");
    }
    return status;
}
END
cp "$work/prog.c" "$work/prog.cc"
echo 'open /nowhere/at/all: No such file or directory' >"$work/expected"

runs() { # NAME COMMAND...
  ran=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    same "$ran" "$work/expected" "$work/output"
  else
    not_ok "$ran" <"$work/output"
  fi
}

# The directories that a system searches anyway are in another root here.
pkg_config() {
  PKG_CONFIG_PATH=$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root \
    PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 \
    pkg-config "$@"
}

shared=no static=no
[ -f "$libdir/libripcord.so" ] && ! instrumented "$libdir/libripcord.so" &&
  shared=yes
[ -f "$libdir/libripcord.a" ] && ! instrumented "$libdir/libripcord.a" &&
  static=yes
# Objects for link-time optimisation suit only the compiler that made them.
other_static=$static
[ "$static" = yes ] &&
  nm "$libdir/libripcord.a" 2>/dev/null | grep -q __gnu_lto && other_static=no

build() { # NAME COMPILER...
  name=$1 program=$work/prog.c
  shift
  case $name in *++*) program=$work/prog.cc ;; esac
  if [ "$shared" = yes ]; then
    # shellcheck disable=SC2046
    silent "$name, shared: builds" "$@" "$program" -o "$work/prog" \
      $(pkg_config --cflags --libs ripcord) &&
      runs "$name, shared: runs" env LD_LIBRARY_PATH="$libdir" "$work/prog"
  else
    skip "$name, shared" 'no library, or an instrumented one'
  fi
  if [ "$static" = yes ]; then
    # shellcheck disable=SC2046
    silent "$name, static: builds" "$@" "$program" -o "$work/static" \
      $(pkg_config --cflags ripcord) -Wl,-Bstatic \
      $(pkg_config --static --libs ripcord) -Wl,-Bdynamic &&
      runs "$name, static: runs" "$work/static"
  else
    skip "$name, static" 'no library, or one that only its compiler can link'
  fi
}

if has pkg-config; then
  pkg_config --cflags ripcord >"$work/cflags"
  if grep -q -e -fexceptions "$work/cflags"; then
    ok 'the flags have -fexceptions'
  else
    not_ok 'the flags have -fexceptions' <"$work/cflags"
  fi
  pkg_config --modversion ripcord >"$work/version"
  sed -n 's/^VERSION = //p' "$top_builddir/Makefile" >"$work/right"
  same 'the version is that of the package' "$work/right" "$work/version"
  for family in gcc clang; do
    if ! choose $family; then
      skip "a program outside of the tree, $family" 'it is not installed'
      continue
    fi
    [ "$cc" = "$CC" ] || static=$other_static
    for standard in c11 gnu17 gnu2x; do
      # shellcheck disable=SC2086
      build "$family $standard" $cc -std=$standard $warnings
    done
    # shellcheck disable=SC2086
    [ -z "$cxx" ] || build "$family c++17" $cxx -std=c++17 $warnings
  done
else
  skip 'a program outside of the tree' 'pkg-config is not installed'
fi

# ---- Away with it ----

if run_make uninstall; then
  find "$root" ! -type d >"$work/left"
  empty 'make uninstall leaves no file' "$work/left"
else
  not_ok 'make uninstall' <"$work/said"
fi
finish
