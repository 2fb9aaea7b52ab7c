#!/bin/sh
# SPDX-License-Identifier: MIT
#
# wrong.sh: programs that break a rule are refused, with a message that says
# why. Each file of wrong/ is compiled twice. With WRONG defined it must be
# refused, and the first error must hold the text of the most special of the
# comments that apply, one of
#
#     /* expect: TEXT */      /* expect-gcc: TEXT */  /* expect-clang: TEXT */
#     /* expect-c++: TEXT */  /* expect-g++: TEXT */  /* expect-clang++: TEXT */
#
# Without WRONG it is its correct twin, and must compile without a warning:
# so it is for the wrong line only that the other one is refused. A comment
# "only: c" keeps a file from being compiled as C++; "flags: ..." adds flags.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

# What the first of the words says that a comment of the file begins with.
comment() { # FILE WORD...
  commented=$1
  shift
  awk -v words="$*" '
    BEGIN { count = split(words, word) }
    # One that is long goes on in further lines.
    /^\/\* [-a-z+]+: / { text = $0; open = 1 }
    open && !/^\/\*/ { sub(/^ */, ""); text = text " " $0 }
    open && text ~ / \*\/$/ {
      at = index(text, ":")
      end = length(text) - 3
      says[substr(text, 4, at - 4)] = substr(text, at + 2, end - at - 1)
      open = 0
    }
    END {
      for (i = 1; i <= count; i++)
        if (word[i] in says) { print says[word[i]]; exit }
    }' "$commented"
}

refuse() { # REASON: reads what the compiler said
  { echo "$1"; cat "$work/said"; } >"$work/details"
  not_ok "$name" <"$work/details"
}

check() { # NAME FILE TEXT COMPILER...
  name=$1 file=$2 text=$3
  shift 3
  # shellcheck disable=SC2046
  set -- "$@" -fsyntax-only -fexceptions "$include" $(comment "$file" flags)
  # shellcheck disable=SC2086
  if ! "$@" $warnings "$file" >"$work/said" 2>&1; then
    refuse 'the correct twin is refused:'
  elif "$@" -DWRONG "$file" >"$work/said" 2>&1; then
    refuse 'it is accepted, saying:'
  elif [ -z "$text" ] ||
      ! grep 'error:' "$work/said" | sed 1q | grep -F -q -e "$text"; then
    refuse "the first error does not say: $text"
  else
    ok "$name"
  fi
}

for family in gcc clang; do
  if ! choose "$family"; then
    skip "wrong programs, $family" 'it is not installed'
    continue
  fi
  plus=g++
  [ "$family" = gcc ] || plus=clang++
  [ -n "$cxx" ] || skip "wrong programs, $plus" 'it is not installed'
  for file in "$top_srcdir"/tests/wrong/*.c; do
    program=$(basename "$file" .c)
    # shellcheck disable=SC2086
    check "$program, $family" "$file" \
      "$(comment "$file" "expect-$family" expect)" $cc -std=gnu17
    if [ -n "$cxx" ] && [ "$(comment "$file" only)" != c ]; then
      # shellcheck disable=SC2086
      check "$program, $plus" "$file" \
        "$(comment "$file" "expect-$plus" expect-c++ "expect-$family" expect)" \
        $cxx -std=gnu++17 -x c++
    fi
  done
done
finish
