/* SPDX-License-Identifier: MIT */
/* The C side of exception.cc. */
#ifndef EXCEPTION_H
#define EXCEPTION_H

#ifdef __cplusplus
extern "C" {
#endif

/* Defers calls that leave letters, then calls back. */
void through_c(void (*call_back)(void));
/* Defers one call on success and one on failure, then calls back. */
void succeeds_or_fails(void (*call_back)(void));
void leave_letter(char letter);

#ifdef __cplusplus
}
#endif

#endif
