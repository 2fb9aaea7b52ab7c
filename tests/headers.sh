#!/bin/sh
# SPDX-License-Identifier: MIT
#
# headers.sh: each header stands on its own, all of them leave the names of
# others alone, and the text keeps to its limits.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

headers=$(cd "$top_srcdir/include" && find . -name '*.h' | sed 's|^\./||')

# ---- Each on its own ----

for header in $headers; do
  echo "#include <$header>"
done >"$work/all"

alone() { # NAME COMPILER...
  checked=$1
  shift
  : >"$work/wrong"
  while read -r line; do
    # Twice: a header may be included again.
    printf '%s\n%s\nextern int not_empty;\n' "$line" "$line" >"$work/one.c"
    # shellcheck disable=SC2086
    "$@" $warnings -Wpedantic -Wconversion -Wundef -fsyntax-only "$include" \
      "$work/one.c" >"$work/said" 2>&1 && [ ! -s "$work/said" ] && continue
    { echo "$line"; cat "$work/said"; } >>"$work/wrong"
  done <"$work/all"
  empty "$checked" "$work/wrong"
}

for family in gcc clang; do
  if ! choose $family; then
    skip "each header alone, $family" 'it is not installed'
    continue
  fi
  for standard in c11 gnu17; do
    # shellcheck disable=SC2086
    alone "each header alone, $family $standard" $cc -std=$standard
  done
  # shellcheck disable=SC2086
  [ -z "$cxx" ] ||
    alone "each header alone, $family c++17" $cxx -x c++ -std=c++17
done

for family in gcc clang; do
  choose $family && [ -n "$cxx" ] || continue
  for standard in c++17 c++20; do
    # shellcheck disable=SC2086
    silent "<ripcord/cpp.hpp> and what uses it, $family $standard" $cxx \
      -std=$standard -O2 $warnings -Wpedantic -Wconversion -Wundef "$include" \
      -c "$top_srcdir/tests/test_cpp.cc" -o "$work/cpp.o"
  done
done

# ---- Each public one used on its own ----

used() { # HEADER: a program that uses it is read from the standard input
  { echo "#include <ripcord/$1>"; cat; } >"$work/used.c"
  # shellcheck disable=SC2086
  silent "<ripcord/$1> is enough to use it, C" $CC -std=gnu17 $warnings \
    -fsyntax-only "$include" "$work/used.c"
  # shellcheck disable=SC2086
  silent "<ripcord/$1> is enough to use it, C++" $CXX -x c++ -std=c++17 \
    $warnings -fsyntax-only "$include" "$work/used.c"
}

used defer.h <<'END'
void f(int);
RIPCORD_DEFERRABLE(f, int)
void user(int n);
void user(int n)
{
    RIPCORD_DEFER(f, n);
    RIPCORD_DEFER_SCOPE(calls);
    RIPCORD_DEFER_TO(calls, f, n);
}
END
used panic.h <<'END'
void user(int n);
void user(int n)
{
    RIPCORD_PANIC_AS(&RIPCORD_PLAIN, "%d", n);
}
END
used recover.h <<'END'
void f(ripcord_panic *p);
RIPCORD_RECOVERER(f)
int user(int n);
int user(int n)
{
    volatile int result = n;
    RIPCORD_RECOVERABLE (result) {
        RIPCORD_DEFER(f);
        RIPCORD_ATTEMPT () {
            RIPCORD_PANIC("%d", n);
        } RIPCORD_RESCUE (p) {
            RIPCORD_PANIC_AGAIN(p);
        }
        RIPCORD_RECOVERABLE_RETURN(n);
    }
    return result;
}
END
used checked.h <<'END'
int user(int n, const char *path);
int user(int n, const char *path)
{
    int array[2] = { 1, 2 };
    (void)RIPCORD_MUST(path);
    return RIPCORD_CHECKED_SHL(RIPCORD_CHECKED_DIV(RIPCORD_AT(array, n), n),
                               RIPCORD_CHECKED_CAST(unsigned char, n));
}
END
used fault.h <<'END'
int user(const ripcord_panic *p);
int user(const ripcord_panic *p)
{
    ripcord_fault_options options = RIPCORD_FAULT_OPTIONS;
    options.recoverable |= RIPCORD_FAULT_BUS;
    RIPCORD_CHECK_INTERRUPT();
    return ripcord_faults_enable(&options) + p->fault.signal;
}
END
used libc.h <<'END'
#include <ripcord/defer.h>
void user(FILE *file);
void user(FILE *file)
{
    RIPCORD_DEFER(fclose, file);
}
END

used thread.h <<'END'
void *body(void *argument);
int user(void);
int user(void)
{
    const ripcord_thread_attributes attributes = { "worker", 0,
                                                   RIPCORD_THREAD_PANIC_KEPT };
    ripcord_thread thread;
    void *result;
    if (RIPCORD_THREAD_START(&thread, &attributes, body, 0) != 0)
        RIPCORD_EXIT(1);
    return RIPCORD_THREAD_JOIN(thread, &result, 0);
}
END

# ---- Names ----

# What the headers include of others, in the order in which they do.
for header in $headers; do
  grep -h '^#include <' "$top_srcdir/include/$header"
done | grep -v '<ripcord' | sort -u >"$work/system.c"
echo '#include <ripcord.h>' | cat "$work/system.c" - >"$work/plain.c"
echo '#include <ripcord/short.h>' | cat "$work/system.c" - >"$work/short.c"

new_names() { # LISTER FILE: what it lists and does not of the system alone
  lister=$1
  $lister "$work/system.c" | sort -u >"$work/before"
  $lister "$2" | sort -u | comm -13 "$work/before" -
}

macros() { # FILE
  # shellcheck disable=SC2086,SC2317
  $CC -E -dM "$include" "$1" | sed 's/^#define \([A-Za-z0-9_]*\).*/\1/'
}

new_names macros "$work/plain.c" >"$work/macros"
grep -v '^RIPCORD_' "$work/macros" >"$work/wrong"
empty '<ripcord.h> defines no macro but RIPCORD_...' "$work/wrong"
if grep -q -x RIPCORD_DEFER "$work/macros"; then
  ok 'the macros were found'
else
  not_ok 'the macros were found' <"$work/macros"
fi

new_names macros "$work/short.c" | grep -v '^RIPCORD_' >"$work/short"
while read -r name; do
  long=RIPCORD_$(echo "$name" | tr '[:lower:]' '[:upper:]')
  grep -q -x "$long" "$work/macros" ||
    grep -q "ripcord_$name(" "$top_srcdir"/include/ripcord/[!s]*.h ||
    echo "$name"
done <"$work/short" >"$work/wrong"
empty 'each short name is that of a long one' "$work/wrong"

c_names() { # FILE
  # shellcheck disable=SC2086,SC2317
  declared $cc -std=gnu17 -w "$include" "$1" | sed 's/.* //'
}
cxx_names() { # FILE
  # shellcheck disable=SC2086,SC2317
  declared $cxx -std=c++17 -w -x c++ "$include" "$1" | sed 's/.* //'
}

# The compiler declares what it has built in where that is used first, and a
# struct that only <netdb.h> defines must be declared to point to it.
names_are_ours() { # NAME LISTER
  for file in plain short; do
    new_names "$2" "$work/$file.c"
  done >"$work/names"
  grep -v -E -e '^(ripcord_|RIPCORD_)' -e '^__(builtin|atomic)_' \
    -e '^addrinfo$' "$work/names" >"$work/wrong"
  [ "$(wc -l <"$work/names")" -gt 100 ] ||
    echo 'hardly a name was found' >>"$work/wrong"
  empty "$1" "$work/wrong"
}

if choose clang; then
  names_are_ours 'only ripcord_... and RIPCORD_... are declared, C' c_names
  [ -z "$cxx" ] ||
    names_are_ours 'only ripcord_... and RIPCORD_... are declared, C++' \
      cxx_names
else
  skip 'only ripcord_... and RIPCORD_... are declared' 'needs clang'
fi

# ---- Text ----

files=$(find "$top_srcdir/include" "$top_srcdir/lib" -name '*.[ch]')
# shellcheck disable=SC2086
awk 'length > 80 { print FILENAME ":" FNR ": " length " columns" }' $files \
  >"$work/wrong"
empty 'lines of the library have at most 80 columns' "$work/wrong"
# shellcheck disable=SC2086
wc -l $files | awk '$1 > 350 && $2 != "total"' >"$work/wrong"
empty 'files of the library have at most 350 lines' "$work/wrong"
# shellcheck disable=SC2086
awk '/[ \t]$/ { print FILENAME ":" FNR ": ends in a space" }
     /\t/ { print FILENAME ":" FNR ": has a tab" }' $files >"$work/wrong"
empty 'lines of the library have no tab and no space at the end' \
  "$work/wrong"
# shellcheck disable=SC2086
grep -L 'SPDX-License-Identifier: MIT' $files >"$work/wrong"
empty 'every file of the library names its licence' "$work/wrong"
finish
