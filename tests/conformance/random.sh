#!/bin/sh
# SPDX-License-Identifier: MIT
#
# random.sh: 2,000 random programs, always the same, do what the model of
# Go's rules says. `make conformance' runs others, and compares with Go.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

if ! has python3; then
  skip 'random programs' 'python3 is not installed'
  exit 77
fi
if [ ! -f "$libraries/libripcord.so" ] ||
    instrumented "$libraries/libripcord.so"; then
  skip 'random programs' 'no shared library, or an instrumented one'
  exit 77
fi
python3 "$top_srcdir/tests/conformance/run.py" --cc "$CC" --cflags=-O0 \
  --include "$top_srcdir/include" --libraries "$libraries" \
  --seed check --cases "${CASES:-2000}"
