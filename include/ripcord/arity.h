/* SPDX-License-Identifier: MIT */
/*
 * ripcord/arity.h - choosing a macro by the number of its arguments, in
 * standard C: no __VA_OPT__, no ", ##__VA_ARGS__".
 *
 * Nothing here is meant to be used directly.
 */
#ifndef RIPCORD_ARITY_H
#define RIPCORD_ARITY_H

#define RIPCORD__FIRST(...) RIPCORD__FIRST_(__VA_ARGS__, ~)
#define RIPCORD__FIRST_(first, ...) first

/* The number of arguments, 1 to 8; an empty list counts as 1. */
#define RIPCORD__COUNT(...) \
    RIPCORD__COUNT_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define RIPCORD__COUNT_(a, b, c, d, e, f, g, h, count, ...) count

/* ONE for one argument, MORE for 2 to 32: braces and the commas between
   them may stand in an argument, so the exact number means nothing. */
#define RIPCORD__MORE(...)                                                 \
    RIPCORD__MORE_(__VA_ARGS__, MORE, MORE, MORE, MORE, MORE, MORE, MORE,  \
                   MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE,   \
                   MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE, MORE,   \
                   MORE, MORE, MORE, MORE, MORE, MORE, ONE, ~)
#define RIPCORD__MORE_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q,  \
                       r, s, t, u, v, w, x, y, z, A, B, C, D, E, F, which, \
                       ...)                                                \
    which

/* NONE for an empty list, else SOME. An empty argument followed by
   the name of a macro and its parentheses is a call of that macro, which
   gives two arguments; the other three tests rule out an argument that
   does so by itself. */
#define RIPCORD__NONE_OR_SOME(...)                                       \
    RIPCORD__JOIN(RIPCORD__HOW_MANY_,                                     \
        RIPCORD__JOIN(RIPCORD__TWO(__VA_ARGS__),                          \
        RIPCORD__JOIN(RIPCORD__TWO(RIPCORD__PAIR __VA_ARGS__),            \
        RIPCORD__JOIN(RIPCORD__TWO(__VA_ARGS__ ()),                       \
                      RIPCORD__TWO(RIPCORD__PAIR __VA_ARGS__ ())))))
#define RIPCORD__PAIR(...) ,
#define RIPCORD__TWO(...) \
    RIPCORD__COUNT_(__VA_ARGS__, 1, 1, 1, 1, 1, 1, 1, 0, ~)
#define RIPCORD__HOW_MANY_0001 NONE
#define RIPCORD__HOW_MANY_0000 SOME
#define RIPCORD__HOW_MANY_1111 SOME
#define RIPCORD__HOW_MANY_0011 SOME
#define RIPCORD__HOW_MANY_0101 SOME

/* macro(a) macro(b) ... for each of 1 to 8 arguments. */
#define RIPCORD__EACH(macro, ...) \
    RIPCORD__JOIN(RIPCORD__EACH_, RIPCORD__COUNT(__VA_ARGS__)) \
    (macro, __VA_ARGS__)
#define RIPCORD__EACH_1(m, a) m(a)
#define RIPCORD__EACH_2(m, a, ...) m(a) RIPCORD__EACH_1(m, __VA_ARGS__)
#define RIPCORD__EACH_3(m, a, ...) m(a) RIPCORD__EACH_2(m, __VA_ARGS__)
#define RIPCORD__EACH_4(m, a, ...) m(a) RIPCORD__EACH_3(m, __VA_ARGS__)
#define RIPCORD__EACH_5(m, a, ...) m(a) RIPCORD__EACH_4(m, __VA_ARGS__)
#define RIPCORD__EACH_6(m, a, ...) m(a) RIPCORD__EACH_5(m, __VA_ARGS__)
#define RIPCORD__EACH_7(m, a, ...) m(a) RIPCORD__EACH_6(m, __VA_ARGS__)
#define RIPCORD__EACH_8(m, a, ...) m(a) RIPCORD__EACH_7(m, __VA_ARGS__)

#endif
