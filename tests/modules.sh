#!/bin/sh
# SPDX-License-Identifier: MIT
#
# modules.sh: the library in a process that loads and unloads what uses it.
# shellcheck source=tests/common.sh
. "${top_srcdir:=.}/tests/common.sh"

library=$libraries/libripcord.so
if [ ! -f "$library" ]; then
  skip modules 'no shared library was built'
  finish
fi
# A sanitizer's library wants programs that are built with it as well.
sanitizers=
for flag in ${library_cflags-}; do
  case $flag in
    -fsanitize=*) sanitizers="$sanitizers $flag" ;;
  esac
done
if [ -z "$sanitizers" ] && instrumented "$library"; then
  skip modules 'the library is instrumented'
  finish
fi
# ThreadSanitizer does not see the locks of the dynamic linker.
echo 'race:ld-linux' >"$work/suppressions"
TSAN_OPTIONS="suppressions=$work/suppressions:${TSAN_OPTIONS-}"
export TSAN_OPTIONS
# shellcheck disable=SC3045
ulimit -c 0

cat >"$work/module.c" <<'END'
#include <ripcord/short.h>
int lands(void);
void adds(ripcord_scope *scope);
void calls_back(void (*callback)(void));
static void never(void) { puts("A CALL OF AN UNLOADED MODULE RAN"); }
RIPCORD_DEFERRABLE(never)
static void add(int *sum, int n) { *sum += n; }
RIPCORD_DEFERRABLE(add, int *, int)
static void fails(int *sum)
{
    defer(add, sum, 1);
    defer(add, sum, 2);
    panic("p");
}
/* Through every thing that a thread has of its own. */
int lands(void)
{
    int sum = 0;
    attempt () {
        fails(&sum);
    } rescue (p) {
        defer(add, &sum, 4);
    }
    return sum;
}
void adds(ripcord_scope *scope)
{
    defer_to(*scope, never);
}
void calls_back(void (*callback)(void))
{
    defer(never);
    callback();
}
END

cat >"$work/threads.c" <<'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
static pthread_barrier_t barrier;
static void *loads(void *path)
{
    pthread_barrier_wait(&barrier);
    void *module = dlopen(path, RTLD_NOW);
    if (!module)
        return fprintf(stderr, "%s\n", dlerror()), NULL;
    int (*lands)(void) = (int (*)(void))dlsym(module, "lands");
    for (int i = 0; i < 100; i++)
        if (lands() != 7)
            return NULL;
    if (dlclose(module))
        return NULL;
    return path;
}
int main(int count, char **words)
{
    pthread_t threads[100];
    void *result;
    int good = 0;
    pthread_barrier_init(&barrier, NULL, 100);
    for (int i = 0; i < 100; i++)
        pthread_create(&threads[i], NULL, loads, words[count - 1]);
    for (int i = 0; i < 100; i++)
        good += pthread_join(threads[i], &result) == 0 && result;
    printf("%d\n", good);
    printf("%s\n", dlopen(words[1], RTLD_NOW | RTLD_NOLOAD) ? "loaded" : "");
    printf("%s\n", dlopen(words[2], RTLD_NOW | RTLD_NOLOAD) ? "" : "gone");
    return 0;
}
END

cat >"$work/pending.c" <<'END'
#include <dlfcn.h>
#include <ripcord/short.h>
static void *module;
static void *find(const char *name) { return must(dlsym(module, name)); }
static void say(const char *text) { puts(text); }
RIPCORD_DEFERRABLE(say, const char *)
static void unload(void)
{
    must_zero(dlclose(module));
}
static void unload_and_panic(void)
{
    unload();
    panic("next");
}
static void adds(ripcord_scope *scope)
{
    void (*f)(ripcord_scope *) = (void (*)(ripcord_scope *))find("adds");
    f(scope);
}
static void calls_back(void (*callback)(void))
{
    void (*f)(void (*)(void)) =
        (void (*)(void (*)(void)))find("calls_back");
    f(callback);
}
int main(int count, char **words)
{
    module = must(dlopen(words[count - 1], RTLD_NOW));
    setbuf(stdout, NULL);
    switch (words[1][0]) {
    case 'l': {
        defer_scope(calls);
        adds(scope_of(calls));
        unload();
        break;
    }
    case 's': {
        defer_scope(calls);
        adds(scope_of(calls));
        unload_and_panic();
        break;
    }
    case 'p':
        calls_back(unload_and_panic);
        break;
    default:
        attempt () {
            defer(say, "unloaded");
            defer(dlclose, module);
            defer_scope(calls);
            defer_to(calls, say, "pending");
            int (*lands)(void) = (int (*)(void))find("lands");
            printf("%d\n", lands());
            panic("p");
        } rescue (p) {
            puts(p->message);
        }
    }
    return 0;
}
END

user() { # OPTION...
  # shellcheck disable=SC2086
  $CC -std=gnu17 -O1 -fexceptions $sanitizers "$include" "$@" \
    >"$work/said" 2>&1 ||
    { not_ok 'the modules compile' <"$work/said"; finish; }
}
user -shared -fPIC "$work/module.c" -o "$work/module.so" \
  -L"$libraries" -lripcord
user -pthread "$work/threads.c" -o "$work/threads" -ldl
user "$work/pending.c" -o "$work/pending" -L"$libraries" -lripcord -ldl

# The program itself does not know of the library: its memory for each thread
# is found although they have begun before.
printf '100\nloaded\ngone\n' >"$work/expected"
"$work/threads" libripcord.so.0 "$work/module.so" >"$work/got" 2>&1
same 'a hundred threads load it at once, and it stays when they are done' \
  "$work/expected" "$work/got"

printf '7\npending\nunloaded\np\n' >"$work/expected"
"$work/pending" none "$work/module.so" >"$work/got" 2>&1
same 'a module may be unloaded by a deferred call' "$work/expected" \
  "$work/got"

refused() { # NAME CASE TEXT
  { sh -c 'exec "$0" "$@" >"$work/got" 2>&1' "$work/pending" "$2" \
    "$work/module.so"; } 2>/dev/null
  ended=$?
  if [ "$ended" -eq 134 ] && grep -qF -e "$3" "$work/got" &&
    ! grep -q 'UNLOADED MODULE RAN' "$work/got"; then
    ok "$1"
  else
    echo "status $ended" >>"$work/got"
    not_ok "$1" <"$work/got"
  fi
}
export work
refused 'a scope with a call of an unloaded module is named when it is left' \
  leave 'a call deferred to the scope calls declared at '
refused 'the same when a panic comes to it' \
  scope 'cannot be read: its module was unloaded'
refused 'a panic names a call whose module was unloaded' \
  panic 'where a pending call was deferred cannot be read: its module was '
finish
