# SPDX-License-Identifier: MIT
"""The reference: what a program must do. It executes the statements; what
they defer and raise is the machine's."""
from machine import Call, Cut, Jump, Landing, Machine, Panic, Scope
from program import mix
from report import described

LIMIT = 400         # steps, after which a program is given up


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


class TooLong(Exception):
    """The program runs on for more steps than it is worth."""


class Model(Machine):
    """Runs one program; do_X executes a statement whose operation is X.
    Afterwards `trace` holds the lines that it prints, and `reached` the
    statements that were executed."""

    def __init__(self, program):
        super().__init__()
        self.units = program.units
        self.trace = []
        self.reached = set()
        self.steps = 0

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

    def call_deferred(self, call, panic):
        """The call itself, in a frame of its own."""
        handle = panic
        if panic is not None and panic.is_exit:
            handle = None
            self.seen.add('deferred call of an exit')
        if call.unit.kind != 'recoverer':
            handle = None
        outside, self.depths = self.depths, self.depths.deeper('calls')
        frame = Frame(call.value, call.cell, handle)
        done = self.block(frame, call.unit.body, None)
        if isinstance(done, Cut):
            return done
        self.depths = outside
        return None

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
        """A deferred function called as any other: it has no handle, unless
        its caller passes its own on."""
        handle = frame.handle if node.handle else None
        self.seen.add('recoverer as a helper' +
                      (', with the handle' if handle else ''))
        inner = Frame(self.value(frame, node.e), frame.x, handle)
        done = self.block(inner, self.units[node.unit].body, None)
        return done if isinstance(done, Cut) else None

    def do_defer(self, frame, node, landing):
        call = Call(self.units[node.unit], self.value(frame, node.e),
                    self.cell(frame, node.var), node.when, landing)
        if self.depths.calls:
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
        landing = Landing(kind, self)
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
        self.depths = self.depths.deeper('attempts')
        done = self.statements(frame, node.body, here)
        if not isinstance(done, Cut):
            done = self.leave(base) or done
        if isinstance(done, Cut):
            if done.landing is not here:
                return done
            return self.rescue(frame, node, landing, here)
        self.depths = here.depths
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
        self.depths = self.depths.deeper('rescues')
        done = self.block(frame, node.rescue, landing)
        if isinstance(done, Cut):
            return done
        self.depths = here.depths
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
        if self.depths.attempts:
            self.seen.add('exit under an attempt')
        if self.depths.rescues:
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
