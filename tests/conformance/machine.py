# SPDX-License-Identifier: MIT
"""The rules of Go for pending calls and running panics.

There are two lists, as everybody would draw them on paper: what is pending,
and what is running. A statement returns how it completed: None (normally), a
Jump, or a Cut, which says that the stack is cut back to a landing; whoever
is given a Cut that is not meant for him passes it on.
"""
from typing import NamedTuple

from report import go_report_lines, report_lines


class Jump:
    """A statement was left by return, break, continue."""

    def __init__(self, op, value=None):
        self.op = op
        self.value = value


class Cut:
    """The stack is cut back to `landing`; None: to nothing, the thread or
    the process ends."""

    def __init__(self, landing):
        self.landing = landing


class Panic:
    """A running panic, or a thread exit, which stands on the same list."""

    def __init__(self, kind, message, code=0, again=None):
        self.kind = kind
        self.message = message
        self.code = code
        self.again = again          # of panic_again: 'newest' or 'caught'
        self.recovered = False
        self.is_exit = kind == 'exit'
        self.shadow = []            # an exit: what Go still lists before it


class Depths(NamedTuple):
    """How deep the thread is in what, for `seen` only."""
    calls: int = 0              # deferred calls that are running
    rescues: int = 0            # rescue blocks
    attempts: int = 0           # attempts that may land

    def deeper(self, what):
        """One deeper."""
        return self._replace(**{what: getattr(self, what) + 1})


class Landing:
    """A recoverable or attempt block that has been entered."""

    def __init__(self, kind, machine):
        self.kind = kind
        self.panics = len(machine.panics)   # running at the entry
        self.depths = machine.depths
        self.exit = None            # the thread exit that goes on here
        self.caught = None          # the panic that an attempt took


class Call:
    """A deferred call: its arguments are those of the statement's time."""

    def __init__(self, unit, value, cell, when, landing):
        self.unit = unit
        self.value = value
        self.cell = cell
        self.when = when
        self.landing = landing      # where it brings a panic that it recovers
        self.pending = True


class Scope:
    """An entry that holds calls, newest last."""

    def __init__(self, landing):
        self.calls = []
        self.landing = landing


class Machine:
    """One thread. `seen` says what happened; `status` how it ended, `report`
    and `go_report` are the lists of an uncaught panic as the library and as
    Go 1.19 print them. The calls themselves run in `call_deferred`, which is
    the model's."""

    def __init__(self):
        self.entries = []
        self.panics = []
        self.seen = set()
        self.depths = Depths()
        self.status = 0
        self.report = []
        self.go_report = []
        self.go_differs = False     # Go before 1.22 is known to be wrong

    def call_deferred(self, call, panic):
        """Runs a call that is off the list; `panic` is what runs it."""
        raise NotImplementedError

    # ---- Entries ----

    def leave(self, base):
        """Runs what is pending above `base`, as a block that is left."""
        while len(self.entries) > base:
            done = self.run_newest(None)[0]
            if isinstance(done, Cut):
                return done
        return None

    def run_newest(self, panic):
        """Takes the newest call off and runs it; `panic` is what runs it, or
        None. Returns how it completed, and the call."""
        entry = self.entries[-1]
        if isinstance(entry, Scope) and entry.calls:
            call = entry.calls.pop()
            self.seen.add('call in a scope')
        else:
            call = self.entries.pop()
        if not isinstance(call, Call) or not call.pending:
            return None, None
        call.pending = False
        if call.when == ('success' if panic else 'failure'):
            self.seen.add('on_%s left out' % call.when)
            return None, call
        return self.call_deferred(call, panic), call

    # ---- Panics ----

    def panic(self, panic):
        """Runs the pending calls for a panic until it lands."""
        if self.depths.calls:
            self.seen.add('panic in a deferred call')
        if any(not p.is_exit for p in self.panics):
            self.seen.add('panic during a panic')
        if any(p.is_exit for p in self.panics):
            self.seen.add('panic during an exit')
        if self.depths.rescues:
            self.seen.add('panic in a rescue block')
        self.seen.add('panic: ' + panic.kind)
        self.panics.append(panic)
        while self.entries:
            newest = self.entries[-1]
            if isinstance(newest, Landing) and newest.kind == 'attempt':
                self.entries.pop()
                return self.catch(newest, panic)
            done, call = self.run_newest(panic)
            if isinstance(done, Cut):
                return done
            if panic.recovered:
                return self.land(call.landing)
        return self.uncaught()

    def newest_exit(self, base):
        """The place in the list of the newest exit from `base` on, or -1."""
        for i in range(len(self.panics) - 1, base - 1, -1):
            if self.panics[i].is_exit:
                return i
        return -1

    def land(self, landing):
        """After a recovery: the newer panics are gone, an exit stays."""
        self.depths = landing.depths
        self.seen.add('recovery')
        at = self.newest_exit(landing.panics)
        gone = len(self.panics) - max(at + 1, landing.panics)
        if gone > 1:
            self.seen.add('recovery of nested panics')
        if at >= 0:
            self.seen.add('recovery on the way of an exit')
            self.go_differs |= gone > 1
            landing.exit = self.panics[at]
            del self.panics[at + 1:]
        else:
            landing.exit = None
            del self.panics[landing.panics:]
        return Cut(landing)

    def catch(self, landing, panic):
        """An attempt is reached: it takes the panic, and an exit with it."""
        self.depths = landing.depths
        self.seen.add('rescue')
        at = self.newest_exit(landing.panics)
        gone = len(self.panics) - max(at + 1, landing.panics)
        if gone > 1:
            self.seen.add('rescue of nested panics')
        landing.caught = panic
        newer = self.panics[landing.panics:]
        del self.panics[landing.panics:]
        landing.exit = None
        if at >= 0:
            self.seen.add('rescue on the way of an exit')
            self.go_differs |= gone > 1
            landing.exit = Panic('exit', '')
            landing.exit.shadow = newer[:at - landing.panics + 1]
            self.panics.append(landing.exit)
        return Cut(landing)

    def exit(self, leaving):
        """A thread exit: all that is pending runs, then the thread ends."""
        self.panics.append(leaving)
        return self.go_on_exiting(leaving)

    def go_on_exiting(self, leaving):
        """The loop of an exit that is on the list."""
        while self.entries:
            done = self.run_newest(leaving)[0]
            if isinstance(done, Cut):
                return done
        return Cut(None)

    def uncaught(self):
        """Nobody has recovered: the report, in both forms."""
        self.seen.add('uncaught')
        self.status = 2
        self.report = report_lines(self.panics)
        self.go_report = go_report_lines(self.panics)
        if len(self.report) > 1:
            self.seen.add('uncaught list of several')
        return Cut(None)
