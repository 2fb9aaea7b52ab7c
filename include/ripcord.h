/* SPDX-License-Identifier: MIT */
/*
 * ripcord.h - Go's defer, panic and recover for C.
 *
 * Defines only names that begin with ripcord_ or RIPCORD_, and names built
 * from those of the functions that are declared deferrable. The bare names
 * are in <ripcord/short.h>, which includes this file.
 */
#ifndef RIPCORD_H
#define RIPCORD_H

#include <ripcord/defer.h>
#include <ripcord/panic.h>
#include <ripcord/recover.h>
#include <ripcord/backtrace.h>
#include <ripcord/checked.h>
#include <ripcord/libc.h>
#include <ripcord/fault.h>
#include <ripcord/thread.h>
#include <ripcord/stack.h>

#endif
