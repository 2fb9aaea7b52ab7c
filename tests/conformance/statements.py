# SPDX-License-Identifier: MIT
"""Random statements: what may stand where, and how often it does."""
from program import Node

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
    'protect': 2.5, 'recover': 1.5, 'panic': 1, 'again': 1, 'exit': 0.8,
    'return': 0.5,
    'recoverable_return': 1, 'break': 0.7, 'continue': 0.5,
}
LAST = ('panic', 'again', 'exit', 'return', 'recoverable_return', 'break',
        'continue')


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


class Statements:
    """Makes statements for the unit whose number is `at`; make_X makes one
    whose operation is X."""

    random = None       # where the choices come from
    units = None        # those that are made already
    kind = at = None    # of the unit that is made
    in_go = True        # only what Go can express
    exiting = True      # with thread exits
    count = frames = 0  # numbers that were used

    def chance(self, probability):
        """True as often as that."""
        return self.random.random() < probability

    def next(self):
        """A number that nothing else in the program has."""
        self.count += 1
        return self.count

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
            op = op or self.choose(place)
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
        comes first, and what the deferred calls are for comes last. None is
        anything that may stand there."""
        if place.framed and self.chance(0.7):
            for _ in range(self.random.randint(1, 3)):
                yield 'defer'
        for _ in range(self.random.randint(1, size)):
            yield None
        if self.chance(0.35 if place.framed else 0.15):
            yield 'last'

    def make_last(self, place):
        """Something after which nothing follows."""
        choices = ['panic'] * 3
        if self.exiting:
            choices += ['exit'] * 2
        if self.may_stand('again', place):
            choices += ['again'] * 2
        if self.may_stand('recoverable_return', place):
            choices += ['recoverable_return']
        return getattr(self, 'make_' + self.random.choice(choices))(place)

    def may_stand(self, op, place):
        """Whether the languages, and taste, allow a statement here."""
        if op in ('return', 'recoverable_return') and place.named == 'inner':
            return False
        return {
            'exit': self.exiting,
            'name': place.names,
            'again': place.recovered or place.rescued,
            'recover': self.kind == 'recoverer' and not self.in_go,
            'return': not place.named,
            'recoverable_return': (place.landing == 'recoverable' and
                                   self.kind == 'function'),
            'break': place.jumps,
            'continue': place.jumps,
        }.get(op, True)

    def choose(self, place):
        """The operation of a statement that may stand here."""
        allowed = {op: w for op, w in WEIGHTS.items()
                   if self.may_stand(op, place)}
        if place.depth >= 3:
            for op in ('block', 'if', 'loop', 'recoverable', 'attempt'):
                allowed.pop(op, None)
        return self.random.choices(list(allowed), list(allowed.values()))[0]

    def may_recover(self, place):
        """Whether recoverers may be deferred. In Go they recover in the
        function that defers them, so that must be the landing's."""
        return place.landing == 'recoverable' and (
            not self.in_go or place.frame == place.landing_frame)

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
        handle = (self.kind == 'recoverer' and not self.in_go and
                  self.chance(0.5))
        return Node('direct', unit=self.random.choice(units),
                    e=self.expression(place), handle=handle)

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

    def make_recover(self, place):
        return Node('recover', {'body': []}, id=self.next())

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
