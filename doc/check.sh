#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Holds README.md, HACKING.md, go.md and the manual pages to what they say:
# lints the pages, compiles every example, runs those that are programs,
# compares what they print with what the text says they print, and looks up in
# the library the messages that a page lists.
#
# A mark stands on the line before an example: in a page the comment
# `.\" MARK' before .Bd -literal, in the others `<!-- MARK -->' before ```c
# or ```text. MARK is one of
#
#   run NAME [STATUS]   a program, which ends with STATUS (0) and prints ...
#   cpp NAME            the same in C++17
#   output NAME         ... this, on both streams
#   compile NAME [FLAG] declarations and functions, which compile
#   fails NAME [FLAG]   the same, which do not compile, and the compiler
#                       says one of the lines of ...
#   dies NAME           a program, which abort() ends, and which says ...
#   message NAME        ... this
#
# Examples marked compile or fails have <ripcord/short.h>, <stdio.h> and
# <stdlib.h> included for them.
# shellcheck source-path=SCRIPTDIR/..
. "${top_srcdir:=.}/tests/common.sh"
unset RIPCORD_UNCAUGHT RIPCORD_TRACEBACK
# shellcheck disable=SC3045
ulimit -c 0

# What a variable of the Makefile holds: examples are built as the library
# is, which matters when that is with a sanitizer.
of_makefile() {
  sed -n "s/^$1 = //p" "$top_builddir/Makefile" 2>/dev/null
}

# Not every compiler has every warning that a mark names.
cflags="$(of_makefile CFLAGS) -fexceptions $include -D_DEFAULT_SOURCE"
cflags="$cflags $warnings -Wno-unknown-warning-option"
if [ -e "$libraries/libripcord.so" ]; then
  libs="-L$libraries -lripcord"
else
  libs=$libraries/libripcord.a
fi
libs="$(of_makefile LDFLAGS) $libs $(of_makefile LIBS)"

# extract DOCUMENT: writes each example to NAME.c, what belongs to it to
# NAME.output or NAME.message, and the marks, in order, to the file `marks'.
extract() {
  awk '
    function bad(what) { print "bad", FILENAME ":" FNR, what >"marks" }
    BEGIN { printf "" >"marks" }
    /^\.\\" [a-z]+ [a-z_0-9]+( |$)/ { mark = substr($0, 5); next }
    /^<!-- [a-z]+ [a-z_0-9]+( .*)? -->$/ {
      mark = substr($0, 6, length($0) - 9); next }
    !file && (/^\.Bd .*-literal/ || /^```(c|text)$/) {
      if (!split(mark, word, " ")) { bad("unmarked"); next }
      file = word[2] (word[1] == "output" || word[1] == "message" \
                      ? "." word[1] : ".c")
      if (file in seen) bad("name used twice")
      seen[file] = 1
      print mark >"marks"
      mark = ""
      next
    }
    file && (/^\.Ed$/ || /^```$/) { close(file); file = ""; next }
    file {
      if (FILENAME ~ /\.[0-9]$/) {
        gsub(/\\e/, "\\"); gsub(/\\&/, ""); gsub(/\\\(aq/, "\047")
        gsub(/\\\(ha/, "^"); gsub(/\\\(ti/, "~"); gsub(/\\-/, "-")
        gsub(/\\\(ga/, "`")
      }
      print >file
      next
    }
    mark && !/^$/ { bad("a mark without an example"); mark = "" }
    END { if (file) bad("unclosed") }' "$1"
}

compile() {
  # shellcheck disable=SC2086
  $CC $cflags "$@" >compiler 2>&1
}

compile_part() {
  compile -include ripcord/short.h -include stdio.h -include stdlib.h \
    "$@" -c "$name.c" -o "$name.o"
}

link_program() {
  # shellcheck disable=SC2086
  compile "$name.c" -o "$name" $libs
}

# Sets `ended'. What a shell says about a signal is written to the standard
# error that it waits with, so that is not the program's.
run_program() {
  { sh -c 'exec "$0" </dev/null >printed 2>&1' "./$name"; } 2>/dev/null
  ended=$?
}

# The number of a thread and where code lies are the only accidents in a
# report: an offset is left out when the function is inlined.
without_accidents() {
  sed -e 's/^thread [0-9]* "\([^"]*\)"/thread N "\1"/' \
    -e 's/^\(\t.*:[0-9]*\) +0x[0-9a-f]*$/\1/' \
    -e 's|^\t[^ ]*/\([a-z]*\)[^/ ]*+0x[0-9a-f]*$|\t\1+N|' "$1"
}

# says FILE: one line of the example's message is in it.
says() {
  while IFS= read -r line; do
    grep -qF -e "$line" "$1" && return 0
  done <"$name.message"
  return 1
}

link_cpp() {
  mv "$name.c" "$name.cc"
  # shellcheck disable=SC2086
  $CXX -std=c++17 $cflags "$name.cc" -o "$name" $libs >compiler 2>&1
}

# check_run LABEL STATUS [HOW]
check_run() {
  "${3-link_program}" || { not_ok "$1" <compiler; return; }
  run_program
  without_accidents printed >actual
  without_accidents "$name.output" >expected
  if [ "$ended" -ne "$2" ]; then
    { echo "ended with status $ended, not $2"; cat printed; } >why
    not_ok "$1" <why
  else
    same "$1" expected actual
  fi
}

check_dies() {
  link_program || { not_ok "$1" <compiler; return; }
  run_program
  if [ "$ended" -eq 134 ] && says printed; then
    ok "$1"
  else
    { echo "ended with status $ended, saying:"; cat printed; } >why
    not_ok "$1" <why
  fi
}

check_fails() {
  label=$1
  shift
  if compile_part "$@"; then
    echo 'compiles, although it must not' >why
    not_ok "$label" <why
  elif says compiler; then
    ok "$label"
  else
    { echo 'the compiler says instead:'; cat compiler; } >why
    not_ok "$label" <why
  fi
}

check_mark() {
  document=$1 kind=$2 name=$3
  shift 3
  case $kind in
    run) check_run "$document $name" "${1-0}" ;;
    cpp) check_run "$document $name" 0 link_cpp ;;
    dies) check_dies "$document $name" ;;
    fails) check_fails "$document $name" "$@" ;;
    compile)
      if compile_part "$@"; then
        ok "$document $name"
      else
        not_ok "$document $name" <compiler
      fi ;;
    output | message) ;;
    *)
      echo "$kind $name $*" >why
      not_ok "$document $name" <why ;;
  esac
}

check_examples() {
  document=$(basename "$1")
  mkdir "$work/$document" && cd "$work/$document" || exit 1
  extract "$1"
  [ -s marks ] || not_ok "$document has examples" <marks
  while read -r mark; do
    # shellcheck disable=SC2086
    check_mark "$document" $mark
  done <marks
}

check_page() {
  if has mandoc; then
    silent "$(basename "$1") lint" mandoc -T lint -W warning "$1"
  else
    skip "$(basename "$1") lint" 'mandoc is not installed'
  fi
}

# The messages that a page lists are the library's.
check_diagnostics() {
  document=$(basename "$1")
  library=$libraries/libripcord.so
  [ -e "$library" ] || library=$libraries/libripcord.a
  sed -n '/^\.Bl -diag/,/^\.El/s/^\.It "\(.*\)"$/\1/p' "$1" >"$work/listed"
  while IFS= read -r message; do
    if grep -qaF -e "$message" "$library"; then
      ok "$document says: $message"
    else
      echo 'is no message of the library' >"$work/why"
      not_ok "$document says: $message" <"$work/why"
    fi
  done <"$work/listed"
}

# The first two commands that the README tells.
check_commands() {
  printf '%s\n' './bootstrap demo' './bootstrap check' >"$work/commands"
  awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 }
    inside && NF && n < 2 { n++; print $1, $2 }' "$1" >"$work/told"
  same 'README.md starts with the demo and the tests' \
    "$work/commands" "$work/told"
}

for page in "$top_srcdir"/doc/*.3; do
  check_page "$page"
  check_diagnostics "$page"
  check_examples "$page"
done
check_commands "$top_srcdir/README.md"
check_examples "$top_srcdir/README.md"
check_examples "$top_srcdir/HACKING.md"
check_examples "$top_srcdir/doc/go.md"
finish
