# SPDX-License-Identifier: MIT
"""Random programs: the same seed gives the same programs."""
import random

from model import Model, TooLong
from program import Node, Program, Unit, blocks
from statements import Place, Statements

# What costs a compiler time although it is never reached.
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


class Generator(Statements):
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
