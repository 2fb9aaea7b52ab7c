#!/bin/sh
# SPDX-License-Identifier: MIT
#
# rows.sh: every behaviour of Go that doc/go.md numbers has a test that is
# named after it, or says why not; every such test has its row; and every
# test is named in the list of its suite.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"
tests=$top_srcdir/tests/conformance

# The numbers of each theme, without a gap.
for theme in D18 N7 R17 P18 G9; do
  seq -f "${theme%%[0-9]*}%g" 1 "${theme#?}"
done | sort >"$work/all"

# "NUMBER tested", or "NUMBER reasoned" where the text says why there is none.
sed -n 's/^| \([DNRPG][0-9]*\) | .* | \(.*\) |$/\1 \2/p' \
  "$top_srcdir/doc/go.md" |
  awk '{ print $1, /No test: ......../ ? "reasoned" : "tested" }' \
    >"$work/rows"
cut -d ' ' -f 1 "$work/rows" | sort >"$work/listed"
same 'doc/go.md lists every row once' "$work/all" "$work/listed"

# "NUMBER tested" of each test, which must be the first word of its name.
cat "$tests"/test_*.c |
  sed -n 's/^START_TEST(\([dnrpg][0-9]*\)_[a-z_0-9]*)$/\1/p' |
  tr '[:lower:]' '[:upper:]' | sort -u >"$work/tests"
sed -n 's/ tested$//p' "$work/rows" | sort >"$work/promised"
same 'every row has its test, and every test its row' \
  "$work/promised" "$work/tests"

for suite in "$tests"/test_*.c; do
  sed -n 's/^START_TEST(\(.*\))$/\1/p' "$suite" | sort >"$work/defined"
  sed -n '/^RUN_SUITE/,$p' "$suite" | grep -o '[a-z_0-9]*[,)]*$' |
    sed 's/[,)]*$//; /^$/d' | sort >"$work/run"
  same "$(basename "$suite") runs all its tests" "$work/defined" "$work/run"
done
finish
