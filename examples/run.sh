#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs every example and compares what it prints with NAME.expected. The
# examples write nothing to stderr, and exit with 0; the one whose panic is
# not recovered is compared with both, and exits with 2. EXAMPLES_LEFT_OUT has
# the names of those that are not to be run.
set -u
: "${top_srcdir:=.}" "${top_builddir:=.}"

# A crash is to be one: a sanitizer would make it a report and a status.
ASAN_OPTIONS=${ASAN_OPTIONS-}:handle_segv=0
TSAN_OPTIONS=${TSAN_OPTIONS-}:handle_segv=0
export ASAN_OPTIONS TSAN_OPTIONS

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0

# EXAMPLE_RUNNER stands before each command, such as "valgrind -q"; that
# wants a build with --disable-shared, where no script stands in between.
run() {
  # shellcheck disable=SC2086
  ${EXAMPLE_RUNNER-} "$top_builddir/examples/$1" "$top_srcdir/examples" \
    </dev/null
}

# The lines before the thread, and its line without what changes; the frames
# behind it depend on the compiler.
mask_report() {
  sed -e 's/^thread [0-9]* "[^"]*"/thread N "NAME"/' -e '/^thread /q'
}

# What AddressSanitizer says of whatever switches stacks is left away.
without_warning() {
  sed -e '/^==[0-9]*==WARNING: ASan /d' \
    -e '/^False positive error reports may follow$/d' \
    -e '/^For details see .*\/sanitizers\/issues\/189$/d'
}

# Prints "ok" or "not ok", with the differences behind it.
compare() {
  if differences=$(diff -u "$top_srcdir/examples/$1.expected" - <"$2"); then
    echo "ok $1"
  else
    echo "not ok $1"
    printf '%s\n' "$differences"
    failed=1
  fi
}

for expected in "$top_srcdir"/examples/*.expected; do
  name=$(basename "$expected" .expected)
  if [ ! -x "$top_builddir/examples/$name" ]; then
    echo "skip $name: its library is not installed"
    continue
  fi
  case " ${EXAMPLES_LEFT_OUT-} " in
    *" $name "*) echo "skip $name: left out"; continue ;;
  esac
  output=$scratch/$name
  if [ "$name" = 10-uncaught ]; then
    RIPCORD_UNCAUGHT='exit' run "$name" >"$output.all" 2>&1
    status=$?
    mask_report <"$output.all" >"$output"
    [ "$status" -eq 2 ] || echo "exit status $status" >>"$output"
  else
    run "$name" >"$output" 2>"$output.errors"
    status=$?
    without_warning <"$output.errors" >>"$output"
    [ "$status" -eq 0 ] || echo "exit status $status" >>"$output"
  fi
  compare "$name" "$output"
done
exit "$failed"
