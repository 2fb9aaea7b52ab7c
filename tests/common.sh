# SPDX-License-Identifier: MIT
#
# common.sh: what the scripts of the tests share; they read it with `.'.
#
# A script tells each check by a line "ok NAME", "not ok NAME" (then what went
# wrong, indented) or "skip NAME: REASON", and ends with `finish'.
# shellcheck shell=sh disable=SC2034
set -u
LC_ALL=C
export LC_ALL

: "${top_srcdir:?}" "${top_builddir:?}"
: "${CC:=cc}" "${CXX:=c++}" "${MAKE:=make}"
libraries=$top_builddir/.libs
LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT PIPE TERM

passed=0 failed=0

ok() { # NAME
  echo "ok $1"
  passed=$((passed + 1))
}

not_ok() { # NAME: the details are read from the standard input
  echo "not ok $1"
  sed -n 's/^/    /; 1,30p'
  failed=$((failed + 1))
}

skip() { # NAME REASON
  echo "skip $1: $2"
}

# Whether a command succeeds and says nothing at all.
silent() { # NAME COMMAND...
  checked=$1
  shift
  if "$@" >"$work/said" 2>&1 && [ ! -s "$work/said" ]; then
    ok "$checked"
  else
    { echo "$*"; cat "$work/said"; } >"$work/details"
    not_ok "$checked" <"$work/details"
    return 1
  fi
}

# Whether a file is empty; what it holds is what went wrong.
empty() { # NAME FILE
  if [ -s "$2" ]; then not_ok "$1" <"$2"; else ok "$1"; fi
}

same() { # NAME EXPECTED-FILE FILE
  diff "$2" "$3" >"$work/difference"
  empty "$1" "$work/difference"
}

finish() {
  [ "$failed" -eq 0 ] || exit 1
  [ "$passed" -gt 0 ] || exit 77
  exit 0
}

# ---- Compilers ----

is_clang() { # COMPILER
  # shellcheck disable=SC2086
  $1 -E -dM -x c /dev/null 2>/dev/null | grep -q __clang__
}

has() { # COMMAND [ARGUMENT...]
  command -v "$1" >/dev/null 2>&1
}

# The C and the C++ compiler of a family, gcc or clang: those that the
# library is built with, if they are of this family. False: there is none.
choose() { # FAMILY
  own=gcc cxx=g++
  is_clang "$CC" && own=clang
  [ "$1" = clang ] && cxx=clang++
  if [ "$own" = "$1" ]; then
    cc=$CC cxx=$CXX
  else
    cc=$1
  fi
  # shellcheck disable=SC2086
  has $cc || return 1
  # shellcheck disable=SC2086
  has $cxx || cxx=
}

# The flags that every user's program should be clean under.
warnings='-Wall -Wextra -Wshadow -Wcast-function-type -Wcast-qual -Werror'
include=-I$top_srcdir/include

# Whether the library can only be linked with a sanitizer's or a profiler's
# own flags, which no script knows.
instrumented() { # LIBRARY
  { nm -u "$1"; nm -D -u "$1"; } 2>/dev/null |
    grep -E -q ' U _+(asan|hwasan|tsan|msan|ubsan|gcov|llvm_prof|sanitizer)_'
}

# What a source file declares at file scope, as clang sees it: one line
# "KIND NAME" each, where KIND is `extern' for what a library must define,
# else `other'. Needs clang, whose name is in $cc or $cxx.
declared() { # COMPILER ARGUMENT...
  "$@" -fsyntax-only -fno-color-diagnostics -Xclang -ast-dump 2>/dev/null |
    awk '
    /^[|`]-/ { parent = $0; sub(/^[|`]-/, "", parent) }
    !/^[|`]-/ && !(/^[| ] [|`]-/ && parent ~ /^(LinkageSpec|Enum)Decl/) {
      next
    }
    { sub(/^[|` -]*/, ""); kind = $1 }
    kind ~ /^(Function|Var|Typedef|EnumConstant)Decl$/ {
      text = substr($0, 1, index($0, " \047") - 1)
      count = split(text, word, " ")
      inside = /(static|inline)( |$)/ && !/ extern/
      print (kind ~ /^(Function|Var)/ && !inside ? "extern" : "other"),
            word[count]
    }
    kind ~ /^((CXX)?Record|Enum|ClassTemplate|FunctionTemplate)Decl$/ {
      sub(/ definition$/, "")
      if ($NF !~ /[>:]/ && $NF !~ /^(struct|union|class)$/)
        print "other", $NF
    }'
}
