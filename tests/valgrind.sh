#!/bin/sh
# SPDX-License-Identifier: MIT
#
# valgrind.sh PROGRAM: runs a suite under Memcheck. Each test is a process of
# its own; an error in one makes it end with 99, which fails it.
exec ./libtool --mode=execute valgrind --quiet --error-exitcode=99 \
  --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
  "$@"
