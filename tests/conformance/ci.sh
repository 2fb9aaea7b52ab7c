#!/bin/sh
# SPDX-License-Identifier: MIT
#
# ci.sh: 20,000 random programs, split over compilers and levels of
# optimisation, 5,000 of them compared with Go too. SEED is the day's unless
# it is given. Closes with one line that adds all of them up.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

: "${SEED:=$(date -u +%Y%m%d)}"
passed=0 failed=0
echo "conformance: seed $SEED"

part() { # FIRST CASES COMPILER LEVEL OPTION...
  first=$1 cases=$2 compiler=$3 level=$4
  shift 4
  echo "---- programs $first to $((first + cases - 1)): $compiler $level"
  python3 "$top_srcdir/tests/conformance/run.py" --cc "$compiler" \
    --cflags="$level" --include "$top_srcdir/include" \
    --libraries "$libraries" --seed "$SEED" --first "$first" \
    --cases "$cases" "$@" >"$work/part" 2>&1
  grep -v -e '^ok ' -e '^conformance: ' "$work/part"
  counts=$(sed -n 's/^conformance: \(.*\) passed, \(.*\) failed.*/\1 \2/p' \
    "$work/part")
  # shellcheck disable=SC2086
  set -- ${counts:-0 1}
  passed=$((passed + $1)) failed=$((failed + $2))
}

part 0 14000 gcc -O0 --go go --go-cases 7500 --coverage
part 14000 3000 gcc -O2
part 17000 3000 clang -O2
echo "conformance: $passed passed, $failed failed, seed $SEED"
[ "$failed" -eq 0 ]
