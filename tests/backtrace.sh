#!/bin/sh
# SPDX-License-Identifier: MIT
#
# backtrace.sh: the trace of an uncaught panic in programs that are built and
# linked in different ways, and with a libdw that is missing, that hangs and
# that crashes.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"
unset RIPCORD_UNCAUGHT RIPCORD_TRACEBACK
# shellcheck disable=SC3045
ulimit -c 0

shared=$libraries/libripcord.so
static=$libraries/libripcord.a
if [ ! -f "$shared" ] || instrumented "$shared"; then
  skip backtrace 'no shared library, or an instrumented one'
  finish
fi
cd "$work" || exit 1

cat >prog.c <<'END'
#include <ripcord/short.h>

#define FRAME static __attribute__((noinline))
#define STAY() __asm__ volatile("")

static volatile int ending;

#ifdef HANDLER
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
static void handler(int number)
{
    (void)open("handled", O_CREAT | O_WRONLY, 0600);
    _exit(number);
}
#endif

static inline __attribute__((always_inline)) void inlined(int n)
{
    if (!ending)
        panic("stock of %d", n);
}
FRAME void take(int n) { inlined(n); STAY(); }
static inline __attribute__((always_inline)) void passes(int n)
{
    take(n);
    STAY();
}
FRAME void fill(int n)
{
    passes(n);
    STAY();
}
FRAME void unlock(void) { STAY(); }
RIPCORD_DEFERRABLE(unlock)
FRAME void serve(int n)
{
    defer(unlock);
    fill(n);
}

#ifdef THREAD
#include <pthread.h>
static void *run(void *argument)
{
    serve(7);
    return argument;
}

/* On the smallest stack that has room for the library. */
int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_create(&thread, &attributes, run, NULL);
    pthread_join(thread, NULL);
    return 0;
}
#else
int main(void)
{
#ifdef HANDLER
    signal(SIGSEGV, handler);
    signal(SIGCHLD, handler);
#endif
    serve(7);  /* by main */
    return 0;
}
#endif
END

line_of() { # TEXT: of prog.c
  grep -n -F -e "$1" prog.c | sed 's/:.*//'
}
panics=$(line_of 'panic("') takes=$(line_of 'take(n);')
fills=$(line_of 'passes(n);') serves=$(line_of 'by main')

build() { # COMPILER [FLAG...]: makes ./prog of prog.c
  # shellcheck disable=SC2086
  "$@" -std=gnu17 -fexceptions "$include" -I. prog.c -o prog \
    $libs >said 2>&1
}

# Runs ./prog; the trace without debug information goes to `plain', the one
# with it to `refined', both without the offsets.
run() { # [COMMAND...]
  { sh -c 'exec "$@" >/dev/null 2>output' sh "$@" ./prog; } 2>/dev/null
  ended=$?
  awk '/\[source lines\]:$/ { exit } { print }' output >plain
  sed '1,/\[source lines\]:$/d' output >refined
}

# The functions of a trace in one line.
functions() { # FILE
  sed -n 's/^\([^\t ]*\)(\.\.\.)$/\1/p' "$1" | tr '\n' ' '
}

# Whether a trace has these functions, in this order.
traced() { # NAME FILE FUNCTION...
  name=$1 file=$2
  shift 2
  if [ "$(functions "$file")" = "$* " ] && [ "$ended" -eq 134 ]; then
    ok "$name"
  else
    { echo "status $ended, not the functions $*"; cat output; } |
      not_ok "$name"
  fi
}

has_line() { # NAME FILE PATTERN
  if grep -q -e "$3" "$2"; then ok "$1"; else not_ok "$1" <"$2"; fi
}

# ---- Ways to build ----

all='inlined take fill serve main'
dynamic="-L$libraries -lripcord"

ways() { # FAMILY LEVEL
  libs=$dynamic
  for flags in '-fpie -pie' '-fno-pie -no-pie' '-fomit-frame-pointer'; do
    # shellcheck disable=SC2086
    build $cc "-O$2" $flags || not_ok "$1 -O$2 $flags builds" <said
    run
    # shellcheck disable=SC2086
    traced "$1 -O$2 $flags: the trace" plain $all
  done
  # shellcheck disable=SC2086
  build $cc "-O$2" -s
  run
  has_line "$1 -O$2 stripped: the place of the panic" plain \
    "^	prog\.c:$panics\$"
  has_line "$1 -O$2 stripped: the others by address" plain \
    '/prog+0x[0-9a-f]*$'
  [ -f "$static" ] || return 0
  libs=$static
  for flags in '-static' '-static-pie'; do
    # shellcheck disable=SC2086
    if build $cc "-O$2" $flags; then
      empty "$1 -O$2 $flags: nothing is said by the linker" said
      run
      # shellcheck disable=SC2086
      traced "$1 -O$2 $flags: the trace" plain $all
    else
      skip "$1 -O$2 $flags" 'there is no static C library'
    fi
  done
}

for family in gcc clang; do
  if ! choose $family; then
    skip "the trace, $family" 'it is not installed'
    continue
  fi
  ways $family 0
  ways $family 2
done

# ---- Addresses ----

choose gcc || choose clang
libs=$dynamic
for flags in '-fpie -pie' '-fno-pie -no-pie'; do
  # shellcheck disable=SC2086
  build $cc -g -O0 $flags || not_ok "$flags builds" <said
  RIPCORD_TRACEBACK=single run
  address=$(sed -n '/^fill(/{n;s/.*+//p;}' plain)
  if has addr2line; then
    addr2line -i -e prog "$address" | tail -n 1 |
      sed 's|.*/||; s/ (disc.*//' >found
    echo "prog.c:$fills" >expected
    same "addr2line knows the addresses, $flags" expected found
  else
    skip "addr2line knows the addresses, $flags" 'it is not installed'
  fi
done

# ---- Source lines ----

# shellcheck disable=SC2086
build $cc -g -O2 || not_ok 'with debug information: builds' <said
run
# shellcheck disable=SC2086
traced 'the plain trace stands first' plain $all
if [ -s refined ]; then
  # Of the inlined call only debug information knows.
  traced 'source lines: inlined calls have frames' refined \
    inlined take passes fill serve main
  has_line 'source lines: of an inlined call' refined "prog\.c:$takes\$"
  has_line 'source lines: of the frame that it is inlined in' refined \
    "prog\\.c:$fills +0x[0-9a-f]*\$"
  has_line 'source lines: of a frame' refined \
    "prog\.c:$serves +0x[0-9a-f]*\$"
    # shellcheck disable=SC2086
  build $cc -g -O2 -DTHREAD -pthread
  run
  traced 'source lines: of a thread with a small stack' refined \
    inlined take passes fill serve run
  # clang writes no table of addresses.
  if choose clang; then
    # shellcheck disable=SC2086
    build $cc -g -O2
    run
    has_line 'source lines: of clang' refined "prog\.c:$serves +0x[0-9a-f]*\$"
  fi
  choose gcc || choose clang
  # shellcheck disable=SC2086
  build $cc -g -O2
else
  skip 'source lines' 'libdw is not installed'
fi

# A library that takes its place.
fake() { # BODY: of every function
  functions_used=$(sed -n 's/^    F([^,]*, \([a-z_]*\),.*/\1/p' \
    "$top_srcdir/lib/debuginfo.c")
  {
    echo '#include <stdlib.h>'
    echo '#include <unistd.h>'
    for function in $functions_used; do
      echo "void *$function(void); void *$function(void) { $1 }"
    done
  } >fake.c
  mkdir -p fake
  # shellcheck disable=SC2086
  $cc -shared -fPIC fake.c -o fake/libdw.so.1 >said 2>&1 ||
    not_ok 'the fake libdw builds' <said
}
with_fake='env LD_LIBRARY_PATH=fake:'$LD_LIBRARY_PATH

fake 'for (;;) pause();'
# shellcheck disable=SC2086
run timeout -s KILL 20 $with_fake
# shellcheck disable=SC2086
traced 'libdw hangs: the plain trace is there' plain $all
has_line 'libdw hangs: it is cut off, and said so' output \
  '^ripcord: reading debug information took too long$'

for body in 'abort();' 'return *(void *volatile *)8;' '_exit(0);'; do
  fake "$body"
  # shellcheck disable=SC2086
  run $with_fake
  # shellcheck disable=SC2086
  traced "libdw does $body: the plain trace is there" plain $all
  tail -n 1 output | grep -v '^	.*/prog+0x[0-9a-f]*$' >extra
  empty "libdw does $body: nothing else is said" extra
done

fake 'return *(void *volatile *)8;'
# shellcheck disable=SC2086
build $cc -g -O2 -DHANDLER || not_ok 'with handlers: builds' <said
# shellcheck disable=SC2086
run $with_fake
# shellcheck disable=SC2086
traced 'libdw crashes: the handlers of the program do not see it' plain $all
ls handled >seen 2>/dev/null
empty 'libdw crashes: they did nothing' seen
# shellcheck disable=SC2086
build $cc -g -O2

# A library without our functions, then none at all.
echo 'void *other(void); void *other(void) { return 0; }' >fake.c
# shellcheck disable=SC2086
$cc -shared -fPIC fake.c -o fake/libdw.so.1
# shellcheck disable=SC2086
run $with_fake
# shellcheck disable=SC2086
traced 'libdw has no function of ours: the plain trace is there' plain $all
empty 'libdw has no function of ours: no source lines' refined
echo 'no library' >fake/libdw.so.1
# shellcheck disable=SC2086
run $with_fake
# shellcheck disable=SC2086
traced 'libdw cannot be loaded: the plain trace is there' plain $all
empty 'libdw cannot be loaded: no source lines' refined

# ---- A damaged heap ----

cat >heap.c <<'END'
#include <stdlib.h>
#include <unistd.h>
static void used(void) { write(2, "heap used\n", 10); abort(); }
void *malloc(size_t size) { (void)size; used(); return NULL; }
void *calloc(size_t n, size_t size) { (void)(n + size); used(); return NULL; }
void *realloc(void *p, size_t size) { (void)size; used(); return p; }
void free(void *p) { (void)p; used(); }
END
# shellcheck disable=SC2086
$cc -std=gnu17 -fexceptions -g "$include" prog.c heap.c -w -o prog $libs
run
# shellcheck disable=SC2086
traced 'without a heap: the plain trace is there' plain $all
grep 'heap used' output >used
empty 'without a heap: nothing asks for it, or says so' used

# ---- Privileges of its own ----

# Whether ./prog runs with privileges of another user, which needs root and a
# file system that allows it.
secure() {
  [ "$(id -u)" -eq 0 ] && chown 65534 "$1" && chmod 4755 "$1" &&
    chmod 711 . && "./$1"
}

echo '#include <sys/auxv.h>
int main(void) { return !getauxval(AT_SECURE); }' >probe.c
# shellcheck disable=SC2086
$cc probe.c -o probe
libs=$static
# shellcheck disable=SC2086
if [ ! -f "$static" ] || ! build $cc -g -static; then
  skip 'no addresses with privileges of its own' 'nothing static can be linked'
elif ! secure probe; then
  skip 'no addresses with privileges of its own' 'a program gets none'
else
  secure prog 2>/dev/null
  run
  grep '+\{0,1\}0x' output >addresses
  empty 'no addresses with privileges of its own' addresses
  # shellcheck disable=SC2086
  traced 'names with privileges of its own' plain $all
  empty 'no debug information with privileges of its own' refined
  RIPCORD_TRACEBACK=none run
  # shellcheck disable=SC2086
  traced 'the environment is ignored with privileges of its own' plain $all
fi

# ---- Valgrind ----

libs=$dynamic
# shellcheck disable=SC2086
build $cc -g -O2
# Valgrind 3.19 gives up on the debug information that clang 14 writes.
if is_clang "$CC"; then
  skip 'under valgrind' 'the library was compiled by clang'
elif has valgrind; then
  run valgrind -q --error-exitcode=99
  # shellcheck disable=SC2086
  traced 'under valgrind: the trace' plain $all
else
  skip 'under valgrind' 'it is not installed'
fi
finish
