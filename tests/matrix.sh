#!/bin/sh
# SPDX-License-Identifier: MIT
#
# matrix.sh [NAME...]: builds the library, its suites and the examples anew in
# each of the configurations below (or in those named), under ./matrix, and
# runs them.
# Closes with one line that adds all of them up.
set -u
: "${MAKE:=make}"

source=$(cd "$(dirname "$0")/.." && pwd)
sanitize='-fno-sanitize-recover=all -fno-omit-frame-pointer -g'
suites='test_backtrace test_checked test_defer test_exception test_exit
test_libc test_memory test_misuse test_panic test_recover test_report test_scope
test_unwind test_mark test_stack test_stale test_validate
test_thread test_ways test_bare test_outcome test_ends test_cpp
conformance/test_defer_rows conformance/test_exit_rows
conformance/test_golden conformance/test_panic_rows
conformance/test_process_rows conformance/test_recover_rows
conformance/test_result_rows'
# These make the errors that Valgrind is there to find.
fault_suites='test_fault test_fault_bounded test_fault_end test_fault_limits
test_fault_sent test_fault_setup test_interrupt test_storm'

# Where there is GNU Pth. Valgrind takes the stacks of its threads, which it is
# not told of, for memory that was not written.
pth_suites=test_pth
# Those that hand out memory, or keep some for each thread.
leak_suites='test_exception test_exit test_libc test_memory test_scope
test_unwind test_stack test_thread test_ways test_bare test_outcome test_ends
test_cpp'
# Two that need faults of the processor, which UBSan would find first.
faulting_examples='examples/12-server examples/13-temporary-files'

# NAME|COMPILER|CFLAGS
configurations='
gcc-O0|gcc|-O0
gcc-O3|gcc|-O3
gcc-fortified|gcc|-O2 -D_FORTIFY_SOURCE=3
gcc-lto|gcc|-O2 -flto
gcc-static-lto|gcc|-O3 -flto
clang-O0|clang|-O0
clang-O2|clang|-O2
clang-O3|clang|-O3
gcc-sanitized|gcc|-O1 -fsanitize=address,undefined
clang-sanitized|clang|-O1 -fsanitize=address,undefined
gcc-tsan|gcc|-O1 -g -fsanitize=thread
clang-tsan|clang|-O1 -g -fsanitize=thread
gcc-checked|gcc|-O2
clang-checked|clang|-O1 -fsanitize=address
gcc-valgrind|gcc|-O2 -g
clang-valgrind|clang|-O2 -gdwarf-4
'

tests() {
  for suite in $suites; do
    printf 'tests/%s ' "$suite"
  done
}

# The C++ compiler of the same family, whose flags it shares: what is compiled
# by one and linked by the other wants the same sanitizers.
cxx_of() {
  case $1 in
    clang) echo clang++ ;;
    *) echo g++ ;;
  esac
}

# The library, and all that uses it.
build() {
  # shellcheck disable=SC2046
  $MAKE -s -j"$(nproc)" all $(tests) tests/libsupport.la \
    PROGRAM_FLAGS="$program_flags" || return 1
  case $name in
    *-sanitized)
      # shellcheck disable=SC2086
      $MAKE -s $faulting_examples CFLAGS="$cflags -fno-sanitize=undefined" ;;
  esac
}

# Configures, builds and runs one. The log of each step stays in its folder.
run() {
  name=$1 compiler=$2 cflags=$3 program_flags='' scripts=examples/run.sh
  set --
  case $name in
    clang-valgrind) suites=$leak_suites pth_suites='' ;;
    *-valgrind) pth_suites='' ;;
    *) suites="$suites $fault_suites" ;;
  esac
  case $name in
    *-sanitized) scripts="$scripts tests/modules.sh" ;;
    *-tsan)
      scripts="$scripts tests/modules.sh"
      # Its stack overflows, which may happen in ThreadSanitizer's own code.
      EXAMPLES_LEFT_OUT=12-server
      export EXAMPLES_LEFT_OUT ;;
    *-checked) program_flags=-DRIPCORD_CHECKED ;;
  esac
  case $name in
    *-sanitized | clang-checked)
      cflags="$cflags $sanitize"
      RIPCORD_TEST_QUICK=1
      ASAN_OPTIONS=detect_stack_use_after_return=1
      export RIPCORD_TEST_QUICK ASAN_OPTIONS ;;
    *-tsan | *-checked | *-valgrind)
      RIPCORD_TEST_QUICK=1
      export RIPCORD_TEST_QUICK ;;
    *-static-lto)
      set -- --disable-shared AR=gcc-ar NM=gcc-nm RANLIB=gcc-ranlib ;;
  esac
  mkdir -p "matrix/$name" && cd "matrix/$name" || return 1
  [ -e config.status ] ||
    "$source/configure" --enable-werror --disable-dependency-tracking \
      CC="$compiler" CXX="$(cxx_of "$compiler")" \
      CFLAGS="$cflags" CXXFLAGS="$cflags" "$@" >configure.log 2>&1 ||
    { tail -n 5 configure.log; return 1; }
  rm -f tests/*.log tests/*.trs tests/conformance/*.log \
    tests/conformance/*.trs examples/*.log examples/*.trs
  grep -q '^PTH_LIBS = .' Makefile && suites="$suites $pth_suites"
  build >make.log 2>&1 || { tail -n 20 make.log; return 1; }
  case $name in
    *-valgrind) set -- LOG_COMPILER="$source/tests/valgrind.sh" ;;
    *) set -- ;;
  esac
  $MAKE -s -j"$(nproc)" check TESTS="$(tests) $scripts" \
    PROGRAM_FLAGS="$program_flags" "$@" >check.log 2>&1
  sh "$source/tests/summary.sh" . $?
}

total_passed=0 total_failed=0
for configuration in $(printf '%s' "$configurations" | tr ' ' '%'); do
  configuration=$(printf '%s' "$configuration" | tr '%' ' ')
  name=${configuration%%|*}
  rest=${configuration#*|}
  case " $* " in
    "  " | *" $name "*) ;;
    *) continue ;;
  esac
  command -v "${rest%%|*}" >/dev/null ||
    { printf '%s: left out, there is no %s\n' "$name" "${rest%%|*}"; continue; }
  result=$(run "$name" "${rest%%|*}" "${rest#*|}" 2>&1)
  status=$?
  last=$(printf '%s\n' "$result" | tail -n 1)
  counts=$(printf '%s\n' "$last" |
    sed -n 's/^ripcord: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p')
  [ "$status" -eq 0 ] || printf '%s\n' "$result"
  [ -n "$counts" ] || counts='0 1'
  printf '%-21s %s passed, %s failed\n' "$name" "${counts% *}" "${counts#* }"
  total_passed=$((total_passed + ${counts% *}))
  total_failed=$((total_failed + ${counts#* }))
done
printf 'matrix: %d passed, %d failed\n' "$total_passed" "$total_failed"
[ "$total_failed" -eq 0 ] && [ "$total_passed" -gt 0 ]
