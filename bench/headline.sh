#!/bin/sh
# SPDX-License-Identifier: MIT
#
# headline.sh: the table of README.md is that of the results in the tree.
: "${top_srcdir:=.}"
bench=$top_srcdir/bench

command -v python3 >/dev/null || { echo 'skip headline: no python3'; exit 0; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
python3 -B "$bench/headline.py" "$bench/results/gcc.csv" >"$scratch/is" ||
  exit 1
sed -n '/^| | in C |/,/^$/p' "$top_srcdir/README.md" | sed '/^$/d' \
  >"$scratch/said"
if diff -u "$scratch/said" "$scratch/is"; then
  echo 'ok README.md has the table of the results'
else
  echo 'not ok README.md has the table of the results'
  exit 1
fi
