# SPDX-License-Identifier: MIT
"""What a random program is made of.

A program is a list of units. Unit 0 is called first; a unit refers only to
units with higher numbers, so that every program ends. There are four kinds:

    function    int f(int a), with the variables x and r, r for results
    deferred    void d(int a, int *v): is deferred, or called directly
    recoverer   the same with the handle of the panic that runs it
    body        void p(void *v): is called by ripcord_protect

A statement is a Node: an operation, its fields, and its blocks. Names of
fields and operations are those of the library where it has one.
"""


class Node:
    """A statement: `op`, fields by name, and blocks (lists of nodes)."""

    def __init__(self, op, blocks=None, **fields):
        self.op = op
        self.blocks = blocks or {}
        self.fields = fields

    def __getattr__(self, name):
        fields = self.__dict__.get('fields', {})
        if name in fields:
            return fields[name]
        blocks = self.__dict__.get('blocks', {})
        if name in blocks:
            return blocks[name]
        raise AttributeError(name)


class Unit:
    """A function of the program. A `named` function is Go's pattern: one
    recoverable block as its body and a named result."""

    def __init__(self, kind, number, body, named=False):
        self.kind = kind
        self.number = number
        self.body = body
        self.named = named

    @property
    def name(self):
        """Its name in the sources: a letter for its kind, its number."""
        letters = {'function': 'f', 'deferred': 'd', 'recoverer': 'd',
                   'body': 'p'}
        return '%s%d' % (letters[self.kind], self.number)


class Program:
    """Units by number, those that are used, and whether Go can express
    them."""

    def __init__(self, number, units, in_go):
        self.number = number
        self.units = {}
        self.in_go = in_go
        for unit in units:
            if unit.number == 0 or any(
                    getattr(node, 'unit', None) == unit.number
                    for user in self.units.values()
                    for node in walk(user.body)):
                self.units[unit.number] = unit

    def has_exit(self):
        """Whether a thread exit stands somewhere in it."""
        return any(node.op == 'exit' for unit in self.units.values()
                   for node in walk(unit.body))


def walk(nodes):
    """All statements of a block, in the order of the text."""
    for node in nodes:
        yield node
        for block in node.blocks.values():
            yield from walk(block)


def blocks(nodes):
    """All blocks inside of one, itself first."""
    yield nodes
    for node in nodes:
        for block in node.blocks.values():
            yield from blocks(block)


def defers(nodes):
    """Whether a block needs a function of its own in Go: it defers calls
    that run at its end. Blocks without are looked into: what these defer to
    a scope belongs to the block of the scope."""
    return any(node.op == 'scope' or
               (node.op == 'defer' and node.scope is None)
               for node in nodes)


# What a jump does when it leaves a function of Go that stands for a block.
RETURN, BREAK, CONTINUE, RETURN_RESULT = 1, 2, 3, 4

JUMPS = {'return': RETURN, 'break': BREAK, 'continue': CONTINUE,
         'recoverable_return': RETURN_RESULT}


def escapes(nodes):
    """The jumps that may leave a block."""
    found = set()
    for node in nodes:
        if node.op in JUMPS:
            found.add(JUMPS[node.op])
        inner = set()
        for block in node.blocks.values():
            inner |= escapes(block)
        if node.op in ('loop', 'recoverable', 'attempt'):
            inner -= {BREAK, CONTINUE}
        if node.op == 'recoverable' and RETURN_RESULT in inner:
            inner = (inner - {RETURN_RESULT}) | {RETURN}
        found |= inner
    return found


# Everything is computed by this, in all three languages: small and positive.
def mix(value, constant):
    """The value that `set` assigns."""
    return (value * 7 + constant) % 97
