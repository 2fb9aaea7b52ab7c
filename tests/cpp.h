/* SPDX-License-Identifier: MIT */
/* The C side of test_cpp.cc. */
#ifndef CPP_H
#define CPP_H

#ifdef __cplusplus
extern "C" {
#endif

/* Leaves a letter, and panics if `number` is negative. */
int c_function(int number);
/* Calls back with `argument`, between letters, and returns what that did. */
int c_calls_back(int (*call_back)(int), int argument);
/* The same, and returns -1 if a panic came back, whose place it leaves. */
int c_catches(int (*call_back)(int), int argument, const char **message,
              int *kind);
enum { KIND_PLAIN, KIND_MEMORY, KIND_OTHER };
void c_exits(void);
void leave_letter(char letter);

#ifdef __cplusplus
}
#endif

#endif
