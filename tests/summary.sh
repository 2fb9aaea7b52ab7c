#!/bin/sh
# SPDX-License-Identifier: MIT
#
# summary.sh BUILDDIR STATUS: adds up the logs of `make check', which ended
# with STATUS, shows what failed, and closes with one line. A Check suite
# says how many it ran; a script prints "ok", "not ok" or "skip" lines.
set -u
cd "$1" || exit 1
status=$2

passed=0 failed=0 skipped=0
for log in tests/*.log tests/conformance/*.log examples/*.log doc/*.log; do
  [ -e "$log" ] || continue
  result=$(sed -n 's/^:test-result: //p' "${log%.log}.trs" 2>/dev/null)
  counts=$(awk '
    /^[0-9]+%: Checks: / {
      gsub(/,/, ""); passed += $3 - $5 - $7; failed += $5 + $7 }
    /^ok / { passed++ }
    /^not ok / { failed++ }
    /^skip / { skipped++ }
    END { print passed + 0, failed + 0, skipped + 0 }' "$log")
  # shellcheck disable=SC2086
  set -- $counts
  # A test that failed without saying so, or ended early, is a failure.
  case $result in
    PASS) ;;
    SKIP*) [ "$3" -gt 0 ] || set -- "$1" "$2" 1 ;;
    *) [ "$2" -gt 0 ] || set -- "$1" 1 "$3" ;;
  esac
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  if [ "$2" -gt 0 ]; then
    printf -- '---- %s ----\n' "$log"
    tail -n 60 "$log"
  fi
done

if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
  tail -n 40 check.log
  failed=1
fi
[ "$((passed + failed))" -gt 0 ] || { tail -n 40 check.log; failed=1; }
printf 'ripcord: %d passed, %d failed, %d skipped\n' \
  "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
