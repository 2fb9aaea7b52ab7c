# SPDX-License-Identifier: MIT
"""The reference: what a program must do, by the rules of Go.

The model keeps two lists, of pending entries and of running panics, as
everybody would draw them on paper. A statement returns how it completed:
None (normally), a Jump, or a Cut, which says that the stack is cut back to a
landing; whoever is given a Cut that is not meant for him passes it on.
"""
from program import mix

LIMIT = 400         # steps, after which a program is given up


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


class Landing:
    """A recoverable or attempt block that has been entered."""

    def __init__(self, kind, panics):
        self.kind = kind
        self.panics = panics        # how many were running at the entry
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


class Cell:
    """A variable, so that others can point to it."""

    def __init__(self, value):
        self.value = value


class Frame:
    """The variables of a unit that is being executed."""

    def __init__(self, value, cell=None, handle=None):
        self.a = value
        self.x = Cell(value)
        self.r = Cell(0)
        self.v = cell
        self.handle = handle        # the panic that runs it, or None
        self.loops = {}
        self.names = {}
        self.scopes = {}
        self.rescued = {}
        self.depth = 'call'


class TooLong(Exception):
    """The program runs on for more steps than it is worth."""


class Model:
    """Runs one program. Afterwards `trace` holds its lines, `status` how it
    ended, `report` and `go_report` the lists of an uncaught panic as the
    library and as Go 1.19 print them, and `seen` what happened."""

    def __init__(self, program):
        self.units = program.units
        self.entries = []
        self.panics = []
        self.trace = []
        self.seen = set()
        self.reached = set()        # the statements that were executed
        self.steps = 0
        self.nesting = 0            # deferred calls that are running
        self.rescuing = 0
        self.attempts = 0
        self.status = 0
        self.report = []
        self.go_report = []
        self.go_differs = False     # Go before 1.22 is known to be wrong

    def run(self):
        """The whole program."""
        frame = Frame(0)
        done = self.call_function(frame, self.units[0], 1)
        if done is None:
            self.trace.append('end %d' % frame.x.value)
        elif self.status == 0:
            self.trace.append('end exit')
            self.seen.add('thread exit')
        return self

    # ---- Entries ----

    def leave(self, base, frame_panic=None):
        """Runs what is pending above `base`, as a block that is left."""
        while len(self.entries) > base:
            done = self.run_newest(frame_panic)[0]
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

    def call_deferred(self, call, panic):
        """The call itself, in a frame of its own."""
        handle = panic
        if panic is not None and panic.is_exit:
            handle = None
            self.seen.add('deferred call of an exit')
        if call.unit.kind != 'recoverer':
            handle = None
        self.nesting += 1
        frame = Frame(call.value, call.cell, handle)
        done = self.block(frame, call.unit.body, None)
        if not isinstance(done, Cut):
            self.nesting -= 1
        return done if isinstance(done, Cut) else None

    # ---- Panics ----

    def panic(self, panic):
        """Runs the pending calls for a panic until it lands."""
        if self.nesting:
            self.seen.add('panic in a deferred call')
        if any(not p.is_exit for p in self.panics):
            self.seen.add('panic during a panic')
        if any(p.is_exit for p in self.panics):
            self.seen.add('panic during an exit')
        if self.rescuing:
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
        self.nesting = landing.nesting
        self.rescuing = landing.rescuing
        self.attempts = landing.attempts
        self.seen.add('recovery')
        at = self.newest_exit(landing.panics)
        gone = len(self.panics) - max(at + 1, landing.panics)
        if gone > 1:
            self.seen.add('recovery of nested panics')
        if at >= 0:
            self.seen.add('recovery on the way of an exit')
            if gone > 1 or at > landing.panics:
                self.go_differs = True
            landing.exit = self.panics[at]
            del self.panics[at + 1:]
        else:
            landing.exit = None
            del self.panics[landing.panics:]
        return Cut(landing)

    def catch(self, landing, panic):
        """An attempt is reached: it takes the panic, and an exit with it."""
        self.nesting = landing.nesting
        self.rescuing = landing.rescuing
        self.attempts = landing.attempts
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
            if gone > 1 or at > landing.panics:
                self.go_differs = True
            landing.exit = Panic('exit', '')
            landing.exit.shadow = newer[:at - landing.panics]
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

    # ---- Statements ----

    def block(self, frame, nodes, landing):
        """A block: its statements, then what they deferred."""
        base = len(self.entries)
        done = self.statements(frame, nodes, landing)
        if isinstance(done, Cut):
            return done
        return self.leave(base) or done

    def statements(self, frame, nodes, landing):
        """One after another until one does not complete normally."""
        for node in nodes:
            self.steps += 1
            if self.steps > LIMIT:
                raise TooLong
            self.reached.add(node)
            done = getattr(self, 'do_' + node.op)(frame, node, landing)
            if done is not None:
                return done
        return None

    def value(self, frame, e):
        """The value of an expression."""
        if e[0] == 'k':
            return e[1]
        if e[0] == 'i':
            return frame.loops[e[1]]
        if e[0] == 'a':
            return frame.a
        return self.cell(frame, e[0]).value

    def cell(self, frame, variable):
        """The variable itself."""
        return getattr(frame, variable)

    def do_event(self, frame, node, landing):
        self.trace.append('%d %d' % (node.id, self.value(frame, node.e)))

    def do_set(self, frame, node, landing):
        cell = self.cell(frame, node.var)
        cell.value = mix(self.value(frame, node.e), node.k)

    def do_call(self, frame, node, landing):
        value = self.value(frame, node.e)
        return self.call_function(frame, self.units[node.unit], value)

    def call_function(self, frame, unit, value):
        """x = unit(value)"""
        inner = Frame(value)
        done = self.block(inner, unit.body, None)
        if isinstance(done, Cut):
            return done
        frame.x.value = done.value if done else 0
        return None

    def do_direct(self, frame, node, landing):
        """A deferred function called as any other: it has no handle."""
        self.seen.add('recoverer as a helper')
        inner = Frame(self.value(frame, node.e), frame.x)
        done = self.block(inner, self.units[node.unit].body, None)
        return done if isinstance(done, Cut) else None

    def do_defer(self, frame, node, landing):
        call = Call(self.units[node.unit], self.value(frame, node.e),
                    self.cell(frame, node.var), node.when, landing)
        if self.nesting:
            self.seen.add('defer in a deferred call')
        if node.scope is not None:
            scope = frame.scopes[node.scope]
            call.landing = scope.landing
            scope.calls.append(call)
        else:
            self.entries.append(call)
        if node.name is not None:
            frame.names[node.name] = call

    def do_scope(self, frame, node, landing):
        scope = Scope(landing)
        frame.scopes[node.id] = scope
        self.entries.append(scope)

    def do_cancel(self, frame, node, landing):
        self.seen.add('defer_cancel')
        frame.names[node.name].pending = False

    def do_run(self, frame, node, landing):
        call = frame.names[node.name]
        if not call.pending:
            return None
        self.seen.add('defer_run')
        call.pending = False
        return self.call_deferred(call, None)

    def do_block(self, frame, node, landing):
        return self.block(frame, node.body, landing)

    def do_if(self, frame, node, landing):
        if self.value(frame, node.e) % node.m == node.k:
            return self.block(frame, node.body, landing)
        return self.block(frame, node.other, landing)

    def do_loop(self, frame, node, landing):
        for i in range(node.n):
            frame.loops[node.id] = i
            done = self.block(frame, node.body, landing)
            if isinstance(done, Jump) and done.op == 'break':
                break
            if isinstance(done, Jump) and done.op == 'continue':
                continue
            if done is not None:
                return done
        return None

    def enter(self, kind):
        """The entry of a landing."""
        landing = Landing(kind, len(self.panics))
        landing.nesting = self.nesting
        landing.rescuing = self.rescuing
        landing.attempts = self.attempts
        self.entries.append(landing)
        return landing

    def do_recoverable(self, frame, node, landing):
        here = self.enter('recoverable')
        base = len(self.entries)
        done = self.statements(frame, node.body, here)
        landed = False
        while True:
            if not isinstance(done, Cut):
                rest = self.leave(base)
                if rest is None:
                    break
                done = rest
            if done.landing is not here:
                return done
            landed = True
            done = self.go_on_exiting(here.exit) if here.exit else None
        self.entries.pop()
        if landed or not isinstance(done, Jump):
            return None
        if done.op == 'recoverable_return':
            self.seen.add('recoverable_return')
            return Jump('return', frame.r.value)
        return done if done.op == 'return' else None

    def do_attempt(self, frame, node, landing):
        here = self.enter('attempt')
        base = len(self.entries)
        self.attempts += 1
        done = self.statements(frame, node.body, here)
        if not isinstance(done, Cut):
            done = self.leave(base) or done
        if isinstance(done, Cut):
            if done.landing is not here:
                return done
            return self.rescue(frame, node, landing, here)
        self.attempts = here.attempts
        self.entries.pop()
        return done if done and done.op == 'return' else None

    def rescue(self, frame, node, landing, here):
        """The rescue block of an attempt that took a panic; without one the
        panic goes on."""
        if not node.rescue:
            caught = here.caught
            return self.panic(Panic(caught.kind, caught.message, caught.code))
        frame.rescued[node.id] = here.caught
        self.trace.append('%d %s' % (node.id, described(here.caught)))
        self.rescuing += 1
        done = self.block(frame, node.rescue, landing)
        if isinstance(done, Cut):
            return done
        self.rescuing -= 1
        if here.exit:
            self.seen.add('exit goes on after a rescue block')
            return self.go_on_exiting(here.exit)
        return None if done and done.op in ('break', 'continue') else done

    def do_protect(self, frame, node, landing):
        here = self.enter('attempt')
        inner = Frame(frame.x.value, frame.x)
        done = self.block(inner, self.units[node.unit].body, None)
        if not isinstance(done, Cut):
            self.entries.pop()
            return None
        if done.landing is not here:
            return done
        if here.exit:
            self.seen.add('protect does not return in an exit')
            return self.go_on_exiting(here.exit)
        self.seen.add('protect')
        frame.rescued[node.id] = here.caught
        self.trace.append('%d %s' % (node.id, described(here.caught)))
        done = self.block(frame, node.rescue, landing)
        return done

    def do_panic(self, frame, node, landing):
        message, code = node.message, node.code
        if node.kind == 'format':
            message += str(self.value(frame, node.e))
        return self.panic(Panic(node.kind, message, code))

    def do_again(self, frame, node, landing):
        """panic_again of the handle, or of what a rescue block has."""
        if node.of is None:
            old, how = frame.handle, 'newest'
            if old is not self.panics[-1]:
                how = 'older'
        else:
            old, how = frame.rescued[node.of], 'caught'
        self.seen.add('panic_again, ' + how)
        return self.panic(Panic(old.kind, old.message, old.code, how))

    def do_exit(self, frame, node, landing):
        if self.panics and not self.panics[-1].is_exit:
            self.seen.add('exit during a panic')
            if self.panics[-1].recovered:
                self.seen.add('exit in a recoverer that has recovered')
        if any(p.is_exit for p in self.panics):
            self.seen.add('exit during an exit')
        if self.attempts:
            self.seen.add('exit under an attempt')
        if self.rescuing:
            self.seen.add('exit in a rescue block')
        return self.exit(Panic('exit', ''))

    def do_return(self, frame, node, landing):
        return Jump('return', node.e and self.value(frame, node.e))

    def do_recoverable_return(self, frame, node, landing):
        frame.r.value = self.value(frame, node.e)
        return Jump('recoverable_return')

    def do_break(self, frame, node, landing):
        return Jump('break')

    def do_continue(self, frame, node, landing):
        return Jump('continue')

    def do_recover(self, frame, node, landing):
        panic = frame.handle
        if panic is None or panic.recovered or panic is not self.panics[-1]:
            self.seen.add('recover gives nothing')
            self.trace.append('%d nothing' % node.id)
            return None
        panic.recovered = True
        self.trace.append('%d %s' % (node.id, described(panic)))
        return self.statements(frame, node.body, landing)


def described(panic):
    """What a program says of a panic that it has in its hands."""
    return '%s, %s, %d' % (KINDS[panic.kind], panic.message, panic.code)


# How the library names the kind of each statement that panics.
KINDS = {
    'plain': 'panic', 'format': 'panic', 'lines': 'panic', 'empty': 'panic',
    'as': 'shop error', 'code': 'order error', 'value': 'stock error',
    'nil': 'runtime error', 'null': 'null error', 'index': 'index error',
    'negative': 'index error', 'divide': 'divide error',
    'overflow': 'overflow error', 'shift': 'shift error',
}


def report_lines(panics):
    """The list of an uncaught panic: oldest first, one that was raised again
    on the line of its first."""
    lines = []
    shown = [p for p in panics if not p.is_exit]
    for i, panic in enumerate(shown):
        if panic.again == 'newest':
            continue
        mark = ' [recovered]' if panic.recovered else ''
        newer = shown[i + 1] if i + 1 < len(shown) else None
        if panic.again == 'caught' or (panic.recovered and newer and
                                       newer.again == 'newest'):
            mark = ' [recovered, repanicked]'
        text = 'panic: ' + panic.message.replace('\n', '\n\t') + mark
        lines += (('\t' if i else '') + text).split('\n')
    return lines


def go_report_lines(panics):
    """The same as Go 1.19 prints it: every panic on lines of its own."""
    lines = []
    for i, panic in enumerate(with_shadows(panics)):
        mark = ' [recovered]' if panic.recovered else ''
        text = 'panic: ' + panic.message + mark
        lines += (('\t' if i else '') + text).split('\n')
    return lines


def with_shadows(panics):
    """The panics of a list and those that only Go still has on it."""
    for panic in panics:
        if panic.is_exit:
            yield from with_shadows(panic.shadow)
        else:
            yield panic
