#!/bin/sh
# SPDX-License-Identifier: MIT
#
# warnings.sh: the programs of user/, which use everything, compile without
# a warning with every compiler, standard and level of optimisation, and do
# what they should. two.c and two_other.c are one program; each program
# says "done" if all went as it expects. The standards differ for the front
# of a compiler only, so that -O2 is enough for the less common ones.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

sources=$top_srcdir/tests/user
programs='checks defers landings libc names'
mkdir "$work/objects"

# All the sources in one command; the objects are left in objects/.
compiles() { # NAME COMPILER...
  checked=$1
  shift
  if (cd "$work/objects" && rm -f ./*.o &&
      "$@" "$include" -c "$sources"/*.c) >"$work/said" 2>&1 &&
      [ ! -s "$work/said" ]; then
    ok "$checked: compiles"
  else
    not_ok "$checked: compiles" <"$work/said"
    return 1
  fi
}

# Links the objects with the library and runs what comes out.
runs() { # NAME LINKER...
  checked=$1
  shift
  : >"$work/wrong"
  for program in $programs two; do
    set_of=$work/objects/$program.o
    [ "$program" != two ] || set_of="$set_of $work/objects/two_other.o"
    # shellcheck disable=SC2086
    if "$@" $set_of -o "$work/program" $link >"$work/said" 2>&1; then
      "$work/program" "$work/file" >"$work/said" 2>&1
      status=$?
      [ "$status" -eq 0 ] && [ "$(cat "$work/said")" = 'done' ] && continue
      echo "$program ended with $status:" >>"$work/wrong"
    else
      echo "$program does not link:" >>"$work/wrong"
    fi
    cat "$work/said" >>"$work/wrong"
  done
  empty "$checked: runs" "$work/wrong"
}

both() { # NAME COMPILER...: compiles, links with the same flags, and runs
  named=$1
  shift
  compiles "$named" "$@" || return
  [ -z "$link" ] || runs "$named" "$@"
}

# What to link with; nothing if it cannot be done here.
link=
if [ -f "$libraries/libripcord.so" ] &&
    ! instrumented "$libraries/libripcord.so"; then
  link="-L$libraries -lripcord"
else
  skip 'running the programs' 'no shared library, or an instrumented one'
fi

for family in gcc clang; do
  if ! choose $family; then
    skip "warnings, $family" 'it is not installed'
    continue
  fi
  all="$warnings -Wpedantic -Wconversion -fexceptions"
  for standard in c11 gnu11 gnu2x; do
    # shellcheck disable=SC2086
    compiles "$family $standard -O2" $cc -std=$standard -O2 $all
  done
  for level in 0 1 2 3; do
    # shellcheck disable=SC2086
    both "$family gnu17 -O$level" $cc -std=gnu17 -O$level $all
    [ -n "$cxx" ] || continue
    # shellcheck disable=SC2086
    compiles "$family c++17 -O$level" $cxx -x c++ -std=c++17 -O$level $all
  done
  # shellcheck disable=SC2086
  [ -z "$cxx" ] || [ -z "$link" ] || runs "$family c++17 -O3" $cxx

  # shellcheck disable=SC2086
  both "$family, fortified" $cc -O2 $all -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
  # shellcheck disable=SC2086
  both "$family, without -fexceptions" $cc -O2 $warnings
  echo 'int main(void) { return 0; }' >"$work/none.c"
  # shellcheck disable=SC2086
  if $cc -O2 -flto "$work/none.c" -o "$work/none" >"$work/said" 2>&1; then
    # shellcheck disable=SC2086
    both "$family, link-time optimisation" $cc -O2 $all -flto
  else
    skip "$family, link-time optimisation" 'its linker cannot do it'
  fi
done
finish
