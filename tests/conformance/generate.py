# SPDX-License-Identifier: MIT
"""Random programs: the same seed gives the same programs."""
import random

from model import Model, TooLong
from program import Node, Program, Unit, blocks

KINDS = ['plain'] * 8 + ['format', 'lines', 'empty', 'as', 'code', 'value',
                         'nil', 'null', 'index', 'negative', 'divide',
                         'overflow', 'shift']

MESSAGES = {
    'empty': '',
    'nil': 'panic called with nil argument',
    'null': 'runtime error: invalid memory address or nil pointer '
            'dereference',
    'index': 'runtime error: index out of range [5] with length 3',
    'negative': 'runtime error: index out of range [-4]',
    'divide': 'runtime error: integer divide by zero',
    'overflow': 'runtime error: integer overflow: 2147483647 + 1',
    'shift': 'runtime error: negative shift amount',
}

# How often each statement is tried, where it may stand.
WEIGHTS = {
    'event': 3, 'set': 2, 'call': 4, 'direct': 1, 'defer': 8, 'name': 4,
    'block': 1, 'if': 3, 'loop': 1.5, 'recoverable': 2, 'attempt': 2.5,
    'protect': 2.5, 'panic': 1, 'again': 1, 'exit': 0.8, 'return': 0.5,
    'recoverable_return': 1, 'break': 0.7, 'continue': 0.5,
}
LAST = ('panic', 'again', 'exit', 'return', 'recoverable_return', 'break',
        'continue')

COSTLY = ('call', 'direct', 'defer', 'cancel', 'run', 'block', 'if', 'loop',
          'recoverable', 'attempt', 'protect', 'scope')

# What a program is worth running for, and what is seldom reached.
WANTED = {'call in a scope', 'defer in a deferred call', 'exit during a panic',
          'exit under an attempt', 'panic during a panic',
          'panic during an exit', 'panic in a deferred call',
          'panic in a rescue block', 'recovery', 'rescue',
          'recover gives nothing', 'uncaught list of several', 'thread exit'}
RARE = {'defer_cancel', 'defer_run', 'recoverable_return', 'protect',
        'exit goes on after a rescue block', 'panic_again, newest',
        'exit in a recoverer that has recovered', 'exit in a rescue block',
        'protect does not return in an exit',
        'recovery on the way of an exit', 'rescue on the way of an exit'}


class Place:
    """Where a statement stands: what the languages allow there."""

    def __init__(self, **known):
        self.landing = None     # innermost: 'recoverable', 'attempt', None
        self.frame = 0          # which function of Go it is in
        self.framed = True      # its block has a frame of its own
        self.scope = None       # (name, frame, may recover) of the nearest
        self.own_scope = False  # it is declared in this very block
        self.loops = ()
        self.names = ()
        self.jumps = False      # break leaves something
        self.rescued = ()       # what panic_again may take here
        self.recovered = False  # and whether it may take the handle
        self.landing_frame = 0  # the function of Go that it is
        self.named = None       # in the recoverable block of a named function,
                                # 'outermost', or in another one inside it
        self.depth = 0
        self.__dict__.update(known)

    def inside(self, **changes):
        """The same place, with changes."""
        known = dict(self.__dict__)
        known.update(changes)
        return Place(**known)


class Generator:
    """Makes one program after another."""

    def __init__(self, seed, exits=True, only_go=False):
        self.seed = seed
        self.exits = exits
        self.only_go = only_go

    def program(self, number):
        """The program of this number, which is worth running."""
        for attempt in range(1000):
            self.random = random.Random('%s/%s/%s' % (self.seed, number,
                                                      attempt))
            program = self.draft(number)
            try:
                model = Model(program).run()
            except TooLong:
                continue
            if self.is_interesting(model):
                self.trim(program, model)
                return Program(number, program.units.values(),
                               program.in_go), model
        raise RuntimeError('no program %d' % number)

    def is_interesting(self, model):
        """Whether enough happens; of what is common only some are kept."""
        if model.seen & RARE:
            return True
        if model.status == 2 and self.chance(0.7):
            return False
        return len(model.seen & WANTED) >= 3 and self.chance(0.5)

    def trim(self, program, model):
        """Puts an event for each statement that is never reached and costs
        the compilers time: it still shows when it is reached by mistake."""
        for unit in program.units.values():
            for block in blocks(unit.body):
                for i, node in enumerate(block):
                    if node not in model.reached and node.op in COSTLY:
                        block[i] = Node('event', id=self.next(),
                                        e=('k', 0))

    # ---- The program ----

    def draft(self, number):
        """A program, whatever it does."""
        self.in_go = self.only_go or self.chance(0.8)
        self.exiting = self.exits and self.chance(0.45)
        self.count = 0
        self.frames = 0
        kinds = ['function'] + self.random.choices(
            ['function', 'recoverer', 'deferred', 'body'], [5, 4, 4, 2],
            k=self.random.randint(2, 4)) + ['deferred', 'deferred',
                                            'recoverer']
        self.units = [None] * len(kinds)
        for i in range(len(kinds) - 1, -1, -1):
            self.kind, self.at = kinds[i], i
            make = self.leaf if i >= len(kinds) - 3 else self.unit
            self.units[i] = make(kinds[i], i)
        return Program(number, self.units, self.in_go)

    def chance(self, probability):
        """True as often as that."""
        return self.random.random() < probability

    def next(self):
        """A number that nothing else in the program has."""
        self.count += 1
        return self.count

    def leaf(self, kind, number):
        """A small function at the end of the program."""
        place = Place(depth=3, framed=False)
        body = [Node('event', id=self.next(), e=('a',)),
                Node('set', var='v', e=('v',), k=self.small())]
        if self.chance(0.4):
            body.append(self.make_last(place))
        if kind == 'recoverer':
            body.insert(0, self.recover(None))
        return Unit(kind, number, body)

    def unit(self, kind, number):
        """One function."""
        if kind == 'function' and self.chance(0.75):
            place = Place(landing='recoverable', named='outermost')
            inner = self.block(place, 4)
            if number == 0 and self.chance(0.7):
                self.recover_first(inner, place)
            body = [Node('recoverable', {'body': inner}, id=self.next()),
                    Node('return', e=('r',))]
            return Unit(kind, number, body, named=True)
        place = Place()
        body = self.block(place, 4)
        if kind != 'function' and self.chance(0.2):
            body = [self.make_recoverable(place)] + body
        if kind == 'recoverer' and self.chance(0.85):
            body.insert(0, self.recover(place))
        if kind == 'recoverer' and self.chance(0.25):
            body.insert(self.random.randint(0, len(body)),
                        self.recover(None))
        if kind == 'function':
            body.append(Node('return', e=self.expression(place)))
        return Unit(kind, number, body)

    def recover_first(self, block, place):
        """Puts a recoverer where it runs after all else of a block."""
        scope = block[0].id if block and block[0].op == 'scope' else None
        block.insert(0 if scope is None else 1, Node(
            'defer', unit=self.random.choice(self.others('recoverer')),
            e=self.expression(place), var=self.variable(), when=None,
            name=None, scope=scope))

    def recover(self, place):
        """What a recoverer begins with."""
        body = []
        if place and self.chance(0.15):
            body = [Node('again', of=None)]
        elif place and self.chance(0.4):
            body = self.block(place.inside(recovered=True, framed=False,
                                           depth=2), 2)
        return Node('recover', {'body': body}, id=self.next())

    def small(self):
        """A small number."""
        return self.random.randint(0, 9)

    def expression(self, place):
        """A variable that is visible, or a number."""
        choices = [('a',), ('x',), ('k', self.small())]
        if self.kind == 'function':
            choices.append(('r',))
        else:
            choices.append(('v',))
        choices += [('i', i) for i in place.loops]
        return self.random.choice(choices)

    def variable(self):
        """One that can be assigned."""
        return self.random.choice(
            ['x', 'r'] if self.kind == 'function' else ['x', 'v'])

    def others(self, *kinds):
        """The units of these kinds that may be referred to here."""
        return [u.number for u in self.units[self.at + 1:]
                if u.kind in kinds]

    # ---- Blocks ----

    def new_frame(self, place, **changes):
        """The place inside of a block with a frame of its own."""
        self.frames += 1
        return place.inside(frame=self.frames, framed=True, names=(),
                            own_scope=False, depth=place.depth + 1,
                            **changes)

    def inner(self, place, **changes):
        """The place inside of a block that may have a frame, or not."""
        if self.chance(0.4):
            return self.new_frame(place, **changes)
        return place.inside(framed=False, names=(), own_scope=False,
                            depth=place.depth + 1, **changes)

    def block(self, place, size):
        """A list of statements; the names in it are its own."""
        nodes = []
        if place.framed and self.chance(0.2):
            scope = self.next()
            place = place.inside(
                scope=(scope, place.frame, self.may_recover(place)),
                own_scope=True)
            nodes.append(Node('scope', id=scope))
        for op in self.plan(place, size):
            node = getattr(self, 'make_' + op)(place)
            if node is None:
                continue
            nodes.append(node)
            if node.op == 'defer' and node.name is not None:
                place = place.inside(names=place.names + (node.name,))
            if node.op in LAST:
                break
        return nodes

    def plan(self, place, size):
        """The operations of a block, one after another: what is deferred
        comes first, and what the deferred calls are for comes last."""
        if place.framed and self.chance(0.7):
            for _ in range(self.random.randint(1, 3)):
                yield 'defer'
        for _ in range(self.random.randint(1, size)):
            yield self.choose(place)
        if self.chance(0.35 if place.framed else 0.15):
            yield 'last'

    def make_last(self, place):
        """Something after which nothing follows."""
        choices = ['panic'] * 3
        if self.exiting:
            choices += ['exit'] * 2
        if self.may_again(place):
            choices += ['again'] * 2
        if self.may_recoverable_return(place):
            choices += ['recoverable_return']
        return getattr(self, 'make_' + self.random.choice(choices))(place)

    def choose(self, place):
        """The operation of a statement that may stand here."""
        allowed = {op: w for op, w in WEIGHTS.items()
                   if getattr(self, 'may_' + op, None) is None or
                   getattr(self, 'may_' + op)(place)}
        if place.depth >= 3:
            for op in ('block', 'if', 'loop', 'recoverable', 'attempt'):
                allowed.pop(op, None)
        return self.random.choices(list(allowed), list(allowed.values()))[0]

    def may_recover(self, place):
        """Whether recoverers may be deferred. In Go they recover in the
        function that defers them, so that must be the landing's."""
        return place.landing == 'recoverable' and (
            not self.in_go or place.frame == place.landing_frame)

    def may_exit(self, place):
        return self.exiting

    def may_name(self, place):
        return place.names

    def may_again(self, place):
        return place.recovered or place.rescued

    def may_return(self, place):
        return not place.named

    def may_recoverable_return(self, place):
        if place.landing != 'recoverable' or self.kind != 'function':
            return False
        return place.named != 'inner'

    def may_break(self, place):
        return place.jumps

    def may_continue(self, place):
        return place.jumps

    # ---- Statements ----

    def make_event(self, place):
        return Node('event', id=self.next(), e=self.expression(place))

    def make_set(self, place):
        return Node('set', var=self.variable(), e=self.expression(place),
                    k=self.small())

    def make_call(self, place):
        units = self.others('function')
        if not units:
            return None
        return Node('call', unit=self.random.choice(units),
                    e=self.expression(place))

    def make_direct(self, place):
        units = self.others('recoverer', 'deferred')
        if not units:
            return None
        return Node('direct', unit=self.random.choice(units),
                    e=self.expression(place))

    def make_defer(self, place):
        """A defer, of one of the forms that are possible here."""
        scope = self.scope_for(place)
        if scope is None and not place.framed:
            return None
        recovers = scope[2] if scope else self.may_recover(place)
        units = self.others('deferred')
        if recovers:
            units += self.others('recoverer') * 2
        if not units:
            return None
        when = name = None
        if scope is None:
            when = self.random.choices([None, 'failure', 'success'],
                                       [7, 1, 1])[0]
            if when is None and self.chance(0.3):
                name = self.next()
        return Node('defer', unit=self.random.choice(units),
                    e=self.expression(place), var=self.variable(),
                    when=when, name=name, scope=scope and scope[0])

    def scope_for(self, place):
        """The scope that a defer goes to, or None."""
        if not place.scope:
            return None
        if self.in_go and place.scope[1] != place.frame:
            return None
        if place.own_scope or not place.framed:
            # Beside a scope everything goes to it, or the order is not
            # that of Go.
            if self.in_go or self.chance(0.8):
                return place.scope
            return None
        return place.scope if self.chance(0.3) else None

    def make_name(self, place):
        return Node(self.random.choice(['cancel', 'run']),
                    name=self.random.choice(place.names))

    def make_block(self, place):
        return Node('block', {'body': self.block(self.inner(place), 3)})

    def make_if(self, place):
        m = self.random.randint(2, 3)
        other = []
        if self.chance(0.3):
            other = self.block(self.inner(place), 2)
        return Node('if', {'body': self.block(self.inner(place), 2),
                           'other': other}, e=self.expression(place), m=m,
                    k=self.random.randrange(m))

    def make_loop(self, place):
        loop = self.next()
        body = self.block(self.inner(place, loops=place.loops + (loop,),
                                     jumps=True), 3)
        return Node('loop', {'body': body}, id=loop,
                    n=self.random.randint(2, 3))

    def make_recoverable(self, place):
        inner = self.new_frame(place, landing='recoverable', jumps=True,
                               named=place.named and 'inner')
        inner.landing_frame = inner.frame
        return Node('recoverable', {'body': self.block(inner, 4)},
                    id=self.next())

    def make_attempt(self, place):
        inner = self.new_frame(place, landing='attempt', jumps=True)
        number = self.next()
        rescue = []
        if self.chance(0.9):
            rescue = self.rescue_block(place, number)
        return Node('attempt', {'body': self.block(inner, 4),
                                'rescue': rescue}, id=number)

    def rescue_block(self, place, number):
        """What runs after an attempt has failed. It is a frame in Go."""
        inner = self.new_frame(place, jumps=True,
                               rescued=place.rescued + (number,))
        inner.framed = self.chance(0.4)
        return self.block(inner, 2) or [self.make_event(place)]

    def make_protect(self, place):
        units = self.others('body')
        if not units:
            return None
        number = self.next()
        inner = place.inside(framed=False, names=(), own_scope=False,
                             depth=place.depth + 1,
                             rescued=place.rescued + (number,))
        return Node('protect', {'rescue': self.block(inner, 2)}, id=number,
                    unit=self.random.choice(units))

    def make_panic(self, place):
        kind = self.random.choice(KINDS)
        number = self.next()
        message = MESSAGES.get(kind, 'p%d' % number)
        code = 0
        if kind == 'format':
            message += '-'
        if kind == 'lines':
            message += '\nand more'
        if kind in ('code', 'value'):
            code = 11 * self.random.randint(1, 4)
        return Node('panic', kind=kind, message=message, code=code,
                    e=self.expression(place))

    def make_again(self, place):
        if place.recovered and (not place.rescued or self.chance(0.5)):
            return Node('again', of=None)
        return Node('again', of=self.random.choice(place.rescued))

    def make_exit(self, place):
        return Node('exit')

    def make_return(self, place):
        if self.kind != 'function':
            return Node('return', e=None)
        return Node('return', e=self.expression(place))

    def make_recoverable_return(self, place):
        return Node('recoverable_return', e=self.expression(place))

    def make_break(self, place):
        return Node('break')

    def make_continue(self, place):
        return Node('continue')
