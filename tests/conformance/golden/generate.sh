#!/bin/sh
# SPDX-License-Identifier: MIT
#
# generate.sh [check]: runs the Go programs beside it with the `go` that is
# installed, and writes what each prints to NAME.txt: what is on its standard
# error up to the line that begins with "goroutine", and its exit status.
# With `check` it compares instead, with what is there.
#
# The files are those of Go 1.19: other versions print some of them in
# another way. What differs from one run to the next is left out: the address
# of the instruction of a fault.
set -eu
cd "$(dirname "$0")"
programs=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: "${GOCACHE:=$work/cache}"
export GOCACHE
unset GOTRACEBACK GODEBUG GOFLAGS

case $(go version) in
  *' go1.19'*) ;;
  *)
    echo "skip golden files: they are of go 1.19, this is $(go version)"
    exit 77 ;;
esac

run() { # NAME
  (cd "$work" && go build -o "$1" "$programs/$1.go")
  status=0
  "$work/$1" >"$work/said" 2>&1 || status=$?
  awk '
    /^goroutine [0-9]+ / { exit }
    { sub(/ pc=0x[0-9a-f]+\]/, " pc=0x...]") }
    /^$/ { empty = empty "\n"; next }
    { printf "%s%s\n", empty, $0; empty = "" }' "$work/said"
  echo "exit status $status"
}

result=0
for program in *.go; do
  name=${program%.go}
  run "$name" >"$work/$name.txt"
  if [ "${1-}" != check ]; then
    cp "$work/$name.txt" .
  elif diff "$name.txt" "$work/$name.txt"; then
    echo "ok $name"
  else
    echo "not ok $name"
    result=1
  fi
done
exit $result
