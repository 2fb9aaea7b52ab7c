#!/bin/sh
# SPDX-License-Identifier: MIT
#
# build.sh DIRECTORY: builds the library and one program of the benchmark for
# each system whose compiler is there, and says which are not.
#
# The library is always built by gcc -O2 and installed, as it is in use; the
# programs are built by $BENCH_CC (gcc or clang). They are in
# DIRECTORY/$BENCH_CC afterwards, the library is in DIRECTORY/installed.
set -eu

: "${top_srcdir:?}" "${BENCH_CC:=gcc}" "${MAKE:=make}"
source=$(cd "$top_srcdir" && pwd)
mkdir -p "$1"
here=$(cd "$1" && pwd)
out=$here/$BENCH_CC
mkdir -p "$out"

case $BENCH_CC in
  *clang*) cxx=clang++ ;;
  *) cxx=g++ ;;
esac
flags='-O2 -fexceptions -pthread -D_GNU_SOURCE -Wall -Wextra'
common="$out/work.o $out/bench.o $out/threads.o $out/counters.o"

# Whether a step succeeds; what it said is shown when not.
quietly() { # STEP COMMAND...
  log=$here/$1.log
  shift
  "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

skip() { # SYSTEM REASON
  echo "skip $1: $2"
  rm -f "$out/$1"
}

has() { # SYSTEM COMMAND PACKAGE
  command -v "$2" >/dev/null 2>&1 && return
  skip "$1" "$2 is not installed (Debian's package $3)"
  return 1
}

# ---- The library ----

# Configures, builds and installs it under DIRECTORY/NAME.
install_library() { # NAME CONFIGURE-OPTION...
  name=$1
  shift
  mkdir -p "$here/tree-$name" && cd "$here/tree-$name"
  [ -e config.status ] ||
    quietly "$name-configure" "$source/configure" --prefix="$here/$name" \
      --libdir="$here/$name/lib" "$@"
  # Its own makefile decides what has changed.
  quietly "$name-make" env -u MAKEFLAGS -u MFLAGS "$MAKE" -s \
    install-libLTLIBRARIES install-includeHEADERS install-pkgincludeHEADERS
  cd "$here"
}

install_library installed CC=gcc CFLAGS=-O2
root=$here/installed
lto_root=$here/installed-lto-$BENCH_CC

# ---- Programs in C and C++ ----

compile() { # SOURCE OBJECT [FLAG...]
  from=$source/bench/$1 to=$out/$2
  shift 2
  # shellcheck disable=SC2086
  case $from in
    *.cc) $cxx -std=c++17 $flags "$@" -c "$from" -o "$to" ;;
    *) $BENCH_CC -std=gnu11 $flags "$@" -c "$from" -o "$to" ;;
  esac
}

for part in work bench threads counters fail; do
  compile $part.c $part.o
done
"$BENCH_CC" -O2 "$source/bench/start.c" -o "$out/start"

for system in goto cleanup pthread; do
  compile $system.c $system.o
  # shellcheck disable=SC2086
  $BENCH_CC -pthread "$out/$system.o" "$out/fail.o" $common -o "$out/$system"
done
for system in setjmp pgtry; do
  compile $system.c $system.o
  # shellcheck disable=SC2086
  $BENCH_CC -pthread "$out/$system.o" $common -o "$out/$system"
done

compile ripcord.c ripcord.o -I"$root/include"
# shellcheck disable=SC2086
$BENCH_CC -pthread "$out/ripcord.o" $common -o "$out/ripcord" \
  -L"$root/lib" -Wl,-rpath,"$root/lib" -lripcord
# shellcheck disable=SC2086
$BENCH_CC -pthread "$out/ripcord.o" $common -o "$out/ripcord-static" \
  "$root/lib/libripcord.a"

# The objects of one compiler mean nothing to the other, and clang's need a
# linker that reads them.
lto_library() {
  case $BENCH_CC in
    *clang*)
      command -v ld.lld >/dev/null 2>&1 && command -v llvm-ar >/dev/null 2>&1 &&
      install_library "installed-lto-$BENCH_CC" --disable-shared \
        CC="$BENCH_CC" CFLAGS='-O2 -flto' LDFLAGS=-fuse-ld=lld AR=llvm-ar \
        NM=llvm-nm RANLIB=llvm-ranlib ;;
    *)
      install_library "installed-lto-$BENCH_CC" --disable-shared \
        CC="$BENCH_CC" CFLAGS='-O2 -flto' AR=gcc-ar NM=gcc-nm \
        RANLIB=gcc-ranlib ;;
  esac
}

if lto_library; then
  lld=
  case $BENCH_CC in *clang*) lld=-fuse-ld=lld ;; esac
  compile ripcord.c ripcord-lto.o -I"$lto_root/include" -flto
  # shellcheck disable=SC2086
  $BENCH_CC -O2 -flto $lld -pthread "$out/ripcord-lto.o" $common \
    -o "$out/ripcord-lto" "$lto_root/lib/libripcord.a"
else
  skip ripcord-lto "$BENCH_CC cannot link with it (no ld.lld and llvm-ar)"
fi

if has cxx $cxx "$cxx"; then
  compile raii.cc cxx.o
  # shellcheck disable=SC2086
  $cxx -pthread "$out/cxx.o" $common -o "$out/cxx"
fi

if pkg-config --exists lua5.4 2>/dev/null; then
  # shellcheck disable=SC2046
  compile lua.c lua.o $(pkg-config --cflags lua5.4)
  # shellcheck disable=SC2046,SC2086
  $BENCH_CC -pthread "$out/lua.o" $common -o "$out/lua" \
    $(pkg-config --libs lua5.4)
else
  skip lua "Lua 5.4 is not installed (Debian's package liblua5.4-dev)"
fi

# ---- Other languages, whose compilers do not depend on $BENCH_CC ----

if has go go golang-go; then
  (cd "$out" && GOCACHE=$here/go-cache GO111MODULE=off GOFLAGS='' \
    go build -o go "$source/bench/peer.go")
fi

# Debian's, if it is there: another one may stand before it.
rustc=rustc
[ ! -x /usr/bin/rustc ] || rustc=/usr/bin/rustc
if has rust $rustc rustc; then
  $rustc --edition 2021 -O "$source/bench/peer.rs" -o "$out/rust"
fi

if has ocaml ocamlopt ocaml-nox; then
  cp "$source/bench/peer.ml" "$out/peer.ml"
  (cd "$out" && ocamlopt -I +unix unix.cmxa peer.ml -o ocaml)
fi
