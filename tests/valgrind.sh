#!/bin/sh
# SPDX-License-Identifier: MIT
#
# valgrind.sh PROGRAM: runs a suite under Memcheck. Each test is a process of
# its own; an error in one makes it end with 99, which fails it. The script of
# the examples has each of them run by this one, but for two that fault: that
# is an error to Valgrind, which also dies when it is to end by the signal.
case $1 in
  *.sh)
    EXAMPLE_RUNNER=$0 EXAMPLES_LEFT_OUT='12-server 13-temporary-files' \
      exec "$@" ;;
esac
exec ./libtool --mode=execute valgrind --quiet --error-exitcode=99 \
  --leak-check=full --show-leak-kinds=definite \
  --errors-for-leak-kinds=definite \
  "$@"
