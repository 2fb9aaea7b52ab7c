#!/bin/sh
# SPDX-License-Identifier: MIT
#
# instructions.sh: the hot paths execute no more instructions than
# instructions.budget says. Callgrind counts them, those of the program and
# those of the library apart; what libc executes depends on the processor and
# is not counted. A compiler without a budget is skipped, and so is a library
# that was built by other flags than -g and -O2.
#
# `instructions.sh record' prints the budget with what it counts in its place.
# shellcheck source=tests/common.sh disable=SC2317
. "${top_srcdir:=.}/tests/common.sh"

budget=$top_srcdir/tests/instructions.budget
library=$libraries/libripcord.so

why_not() {
  if ! has valgrind; then
    echo 'valgrind is not installed'
  elif [ ! -f "$library" ] || instrumented "$library"; then
    echo 'there is no shared library, or an instrumented one'
  elif [ "$(uname -m)" != x86_64 ]; then
    echo 'there is no budget for this processor'
  fi
}

# gcc-12, clang-14, ...
version_of() { # COMPILER
  if is_clang "$1"; then printf 'clang-'; else printf 'gcc-'; fi
  # shellcheck disable=SC2086
  $1 -dumpversion | sed 's/\..*//'
}

# The compiler of the library; nothing when its flags are not the budget's.
version_of_library() {
  flags=$(sed -n 's/^CFLAGS = //p' "$top_builddir/Makefile")
  for flag in $flags; do
    case $flag in -g | -O2) ;; *) return ;; esac
  done
  case $flags in *-O2*) version_of "$CC" ;; esac
}

# What one time takes of the program and of the library, from a dump: the
# lines of costs, without those behind `calls=', which are the callee's. A
# name is given once, then it is a number.
# shellcheck disable=SC2016
count='
/^c?ob=/ {
  id = $1
  sub(/^c?ob=/, "", id)
  if (NF > 1) names[id] = $NF
  if (/^ob=/) object = names[id]
}
/^calls=/ { getline; next }
/^[-+*0-9]/ && object ~ /\/probe$/ { program += $2 }
/^[-+*0-9]/ && object ~ /\/libripcord\.so/ { library += $2 }
/^desc: Trigger:/ { path = $0; sub(/.*path_/, "", path) }
END { if (path) printf "%s %.0f %.0f\n", path, program / 1000, library / 1000 }
'

# Leaves a line "PATH PROGRAM LIBRARY" in $work/counts for each path.
measure() { # COMPILER
  rm -f "$work"/dump*
  # shellcheck disable=SC2086
  $1 -std=gnu11 -O2 -fexceptions "$include" \
    "$top_srcdir/tests/instructions.c" -o "$work/probe" \
    -L"$libraries" -lripcord &&
    LD_BIND_NOW=1 LD_LIBRARY_PATH=$work/stripped \
      valgrind --tool=callgrind --dump-after='path_*' \
      --zero-before='path_*' --callgrind-out-file="$work/dump" \
      "$work/probe" || return 1
  for dump in "$work"/dump.*; do
    awk "$count" "$dump"
  done >"$work/counts"
}

# Each reads the counts, then the budget, whose lines are columns.
# shellcheck disable=SC2016
columns='
FNR == NR { counted[$1] = $field; next }
$1 == "path" { for (i = 2; i <= NF; i++) if ($i == name) column = i }
'

has_column() { # COLUMN
  grep '^path ' "$budget" | tr ' ' '\n' | grep -q -x "$1"
}

# What is over the budget, or was not counted, a line each.
compare() { # FIELD COLUMN
  awk -v field="$1" -v name="$2" "$columns"'
    /^#/ || $1 == "path" { next }
    !($1 in counted) { print $1 ": was not counted"; next }
    $column == "-" { print $1 ": has no budget"; next }
    counted[$1] > $column + ($column > 0) {
      print $1 ": " counted[$1] " instructions, the budget is " $column
    }' "$work/counts" "$budget" >"$work/over"
  empty "instructions: $2" "$work/over"
}

# Puts the counts in their column.
record() { # FIELD COLUMN
  awk -v field="$1" -v name="$2" "$columns"'
    $1 in counted { $column = counted[$1] }
    { print }' "$work/counts" "$budget" >"$work/budget"
  cp "$work/budget" "$work/recorded"
  budget=$work/recorded
}

reason=$(why_not)
if [ -n "$reason" ]; then
  skip instructions "$reason"
  finish
fi
# Some debug information is more than Valgrind can read.
mkdir "$work/stripped"
for file in "$library"*; do
  strip -g -o "$work/stripped/$(basename "$file")" "$file"
done
then=compare
[ "${1-}" != record ] || then=record
of_library=$(version_of_library)
library_counted=no
for family in gcc clang; do
  choose $family || { skip "instructions: $family" 'not installed'; continue; }
  version=$(version_of "$cc")
  if ! has_column "program/$version"; then
    skip "instructions: program/$version" 'it has no budget'
    continue
  fi
  if ! measure "$cc" >"$work/said" 2>&1; then
    not_ok "instructions: program/$version runs" <"$work/said"
    continue
  fi
  $then 2 "program/$version"
  if [ "$version" = "$of_library" ] && has_column "library/$version"; then
    $then 3 "library/$version"
    library_counted=yes
  fi
done
if [ $then = record ]; then
  [ "$failed" -eq 0 ] || exit 1
  cat "$budget"
  exit 0
fi
[ $library_counted = yes ] ||
  skip 'instructions: library' 'it was built by other flags or another compiler'
finish
