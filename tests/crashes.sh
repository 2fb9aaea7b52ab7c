#!/bin/sh
# SPDX-License-Identifier: MIT
#
# crashes.sh: what is left of a program that died of a fault: the core shows
# the line that faulted, and a sanitizer that keeps its signals is noticed.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"
unset RIPCORD_UNCAUGHT

library=$libraries/libripcord.so
if [ ! -f "$library" ] || instrumented "$library"; then
  skip crashes 'there is no shared library as users have it'
  finish
fi

# Each line that faults has the name of the case in a comment.
cat >"$work/crash.c" <<'END'
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <ripcord/short.h>

static void say(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(1);
}
RIPCORD_DEFERRABLE(say, const char *)

static volatile int zero;
static int *volatile null;

static void fault_again(void)
{
    *null = 1;
}
RIPCORD_DEFERRABLE(fault_again)

static int overflow(int depth)
{
    volatile char room[400];
    room[0] = (char)depth;                              /* overflow */
    return depth < 0 ? 0 : overflow(depth + 1) + room[0];
}

static void *in_thread(void *unused)
{
    (void)unused;
    defer(say, "cleanup\n");
    *null = 1;                                          /* thread */
    return NULL;
}

static void fault(const char *name)
{
    pthread_t thread;
    defer(say, "cleanup\n");
    if (strcmp(name, "null") == 0)
        *null = 1;                                      /* null */
    if (strcmp(name, "divide") == 0)
        zero = 7 / zero;                                /* divide */
    if (strcmp(name, "wild") == 0)
        *(volatile int *)0x200000000000 = 1;            /* wild */
    if (strcmp(name, "illegal") == 0)
        __asm__ volatile("ud2");                        /* illegal */
    if (strcmp(name, "overflow") == 0)
        zero = overflow(0);
    if (strcmp(name, "twice") == 0) {
        defer(fault_again);
        zero = 7 / zero;                                /* twice */
    }
    if (strcmp(name, "thread") == 0) {
        (void)pthread_create(&thread, NULL, in_thread, NULL);
        (void)pthread_join(thread, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc < 2 || ripcord_faults_enable(NULL) != 0) {
        say(ripcord_faults_reason());
        return 3;
    }
    fault(argv[1]);
    return 0;
}
END

compile_crash() { # FLAG...
  # shellcheck disable=SC2086
  $cc -std=gnu17 -g -fexceptions $warnings "$include" "$@" "$work/crash.c" \
    -o "$work/crash" -L"$libraries" -lripcord -pthread >"$work/said" 2>&1
}

# Runs a case in an empty directory, where its core is left. What a shell
# says about a signal is written to the standard error that it waits with.
run_crash() { # CASE
  rm -rf "$work/core"
  mkdir "$work/core"
  { sh -c 'cd "$2" && ulimit -c unlimited && exec "$0" "$1" >said 2>report' \
    "$work/crash" "$1" "$work/core"; } 2>/dev/null
}

# Where an overflow is met is the compiler's choice, but in which function.
core_shows() { # CASE
  run_crash "$1"
  core=$(find "$work/core" -type f -name 'core*')
  gdb -batch -ex 'backtrace 1' "$work/crash" "$core" >"$work/shown" 2>&1
  line=$(grep -n "/\* $1 \*/" "$work/crash.c" | cut -d: -f1)
  [ "$1" = overflow ] && line='[0-9]*'
  label="the core shows where it faulted: $1, $family -O$level"
  if grep -q "^#0 .*crash\.c:$line\$" "$work/shown" &&
    grep -q '^\[signal ' "$work/core/report" &&
    grep -q '^cleanup$' "$work/core/said"; then
    ok "$label"
  else
    not_ok "$label" <"$work/shown"
  fi
}

check_cores() {
  for level in 0 2; do
    compile_crash -O$level ||
      { not_ok "crash.c compiles, $family -O$level" <"$work/said"; continue; }
    for case in null thread twice overflow wild divide illegal; do
      case $level-$case in
        0-[owdi]*) ;;
        *) core_shows $case ;;
      esac
    done
  done
}

can_dump() {
  # shellcheck disable=SC3045
  (ulimit -c unlimited) 2>/dev/null || return 1
  case $(cat /proc/sys/kernel/core_pattern 2>/dev/null) in
    '' | '|'* | */*) return 1 ;;
  esac
}

for family in gcc clang; do
  if ! choose $family; then
    skip "cores, $family" 'it is not installed'
  elif ! has gdb; then
    skip "cores, $family" 'gdb is not installed'
  elif ! can_dump; then
    skip "cores, $family" 'this system leaves no core where it can be found'
  elif [ "$(uname -m)" != x86_64 ]; then
    skip "cores, $family" 'they are known for x86_64'
  else
    check_cores
  fi

  choose $family || continue
  label="AddressSanitizer that keeps SIGSEGV is noticed, $family"
  if compile_crash -O1 -fsanitize=address; then
    ASAN_OPTIONS=handle_segv=2 "$work/crash" null >"$work/said" 2>&1
    if [ $? -eq 3 ] && grep -q 'SIGSEGV.*was refused' "$work/said"; then
      ok "$label"
    else
      not_ok "$label" <"$work/said"
    fi
  else
    skip "$label" 'it is not installed'
  fi
done
finish
