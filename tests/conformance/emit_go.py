# SPDX-License-Identifier: MIT
"""Random programs as Go.

A block of C that defers calls is a function of Go that is called in place.
It returns a code that says whether it was left by a jump, which then is made
behind it. The functions have their calls run by a loop of one turn: that
keeps the compiler of Go 1.19 from its open-coded form, which loses calls
when an exit meets a recovered panic.
"""
from emit_c import Writer
from program import (BREAK, CONTINUE, JUMPS, RETURN, RETURN_RESULT, defers,
                     escapes)

ONCE = 'for once := 0; once < 1; once++ {'


class Place:
    """The function of Go that a statement stands in."""

    def __init__(self, kind, loops=0):
        self.kind = kind        # 'unit', 'named', 'block', 'landing'
        self.loops = loops      # loops of its own around the statement


class EmitGo(Writer):
    """One program."""

    PARAMETERS = {
        'function': '(a int) int',
        'deferred': '(up *frame, m *mode, a int, v *int)',
        'recoverer': '(up *frame, m *mode, a int, v *int)',
        'body': '(v *int)',
    }

    def __init__(self, program):
        super().__init__('\t')
        self.units = program.units
        self.prefix = 'c%d_' % program.number
        self.rescued = {}
        for unit in program.units.values():
            self.unit(unit)

    def name(self, number):
        """Of a unit, in this file."""
        return self.prefix + self.units[number].name

    # ---- Functions ----

    def unit(self, unit):
        """One function."""
        self.kind = unit.kind
        name = self.name(unit.number)
        if self.is_named(unit):
            self.named(unit, name)
            return
        self.open('func %s%s {', name, self.PARAMETERS[unit.kind])
        if unit.kind in ('deferred', 'recoverer'):
            self.open('if up.skips(m) {')
            self.line('return')
            self.close()
            self.line('was := up.begin()')
        if unit.kind == 'body':
            self.line('a := *v')
        self.line('h, x, r, ret := enter(nil), a, 0, 0')
        self.line('_, _, _ = x, r, ret')
        self.open(ONCE)
        if unit.kind in ('deferred', 'recoverer'):
            self.line('defer up.end(h, &was)')
        else:
            self.line('defer h.over()')
        self.close()
        self.place = Place('unit')
        self.statements(unit.body)
        self.jump(RETURN, '0')
        self.close()

    @staticmethod
    def is_named(unit):
        """Whether it still has the form that has an equal in Go: it may have
        lost it by being shrunk."""
        return (unit.named and len(unit.body) == 2 and
                unit.body[0].op == 'recoverable' and
                unit.body[1].op == 'return' and
                unit.body[1].e == ('r',) and
                RETURN not in escapes(unit.body[0].body))

    def named(self, unit, name):
        """Go's own form of a recoverable block: the whole function."""
        self.open('func %s(a int) (r int) {', name)
        self.line('h, x := enter(nil), a')
        self.line('_ = x')
        self.open(ONCE)
        self.line('defer h.over()')
        self.close()
        self.place = Place('named')
        self.statements(unit.body[0].body)
        self.line('h.ok = true')
        self.line('return r')
        self.close()

    def literal(self, head, kind, nodes, tail='()'):
        """A block as a function that is called in place."""
        outer, self.place = self.place, Place(kind)
        self.open('%sfunc() (c int) {', head)
        self.line('h := enter(&c)')
        self.open(ONCE)
        self.line('defer h.over()')
        self.close()
        if kind == 'attempt':
            self.open(ONCE)
            self.line('defer t.catch(&c)')
            self.close()
        self.statements(nodes)
        self.line('h.ok = true')
        self.line('return 0')
        self.close('}' + tail)
        self.place = outer

    def jump(self, code, value='ret'):
        """Leaves the function, or a loop in it, by a jump."""
        place = self.place
        if code in (BREAK, CONTINUE):
            if place.loops:
                self.line('break' if code == BREAK else 'continue')
                return
            if place.kind in ('landing', 'attempt'):
                code = 0
        self.line('h.ok = true')
        if place.kind == 'named':
            self.line('return r')
        elif place.kind == 'unit':
            self.line('return %s', value if self.kind == 'function' else '')
        else:
            self.line('return %d', code)

    def pass_on(self, codes):
        """Behind a block: makes the jump that it was left by."""
        for code in sorted(codes):
            self.open('if c == %d {', code)
            self.jump(code)
            self.close()

    def framed(self, nodes):
        """The inside of a block, as a function if it has to be."""
        if not defers(nodes):
            self.statements(nodes)
            return
        codes = escapes(nodes)
        self.open('{')
        self.literal('c := ', 'block', nodes)
        self.line('_ = c')
        self.pass_on(codes)
        self.close()

    # ---- Statements ----

    def statements(self, nodes):
        """One after another."""
        for node in nodes:
            getattr(self, 'do_' + node.op)(node)

    @staticmethod
    def value(e):
        """An expression."""
        if e[0] == 'k':
            return str(e[1])
        if e[0] == 'i':
            return 'i%d' % e[1]
        return '*v' if e[0] == 'v' else e[0]

    @staticmethod
    def pointer(name):
        """A pointer to a variable."""
        return 'v' if name == 'v' else '&' + name

    def do_event(self, node):
        self.line('event(%d, %s)', node.id, self.value(node.e))

    def do_set(self, node):
        self.line('%s = mix(%s, %d)', self.value((node.var,)),
                  self.value(node.e), node.k)

    def do_call(self, node):
        self.line('x = %s(%s)', self.name(node.unit), self.value(node.e))

    def do_direct(self, node):
        self.line('%s(&frame{}, nil, %s, &x)', self.name(node.unit),
                  self.value(node.e))

    def do_defer(self, node):
        mode, value = node.when or 'nil', self.value(node.e)
        call = '%s(h, %s, %s, %s)'
        name, pointer = self.name(node.unit), self.pointer(node.var)
        if node.name is not None:
            mode = 'n%d' % node.name
            self.line('%s, value%s := &mode{}, %s', mode, mode, value)
            value = 'value' + mode
            self.line('run%s := func() { %s }', mode,
                      call % (name, mode, value, pointer))
            self.line('_ = run%s', mode)
        self.line('defer %s', call % (name, mode, value, pointer))

    def do_scope(self, node):
        pass

    def do_cancel(self, node):
        self.line('n%d.done = true', node.name)

    def do_run(self, node):
        self.line('runn%d()', node.name)

    def do_block(self, node):
        self.open('{')
        self.framed(node.body)
        self.close()

    def do_if(self, node):
        self.open('if %s %% %d == %d {', self.value(node.e), node.m, node.k)
        self.framed(node.body)
        if node.other:
            self.close('} else {')
            self.level += 1
            self.framed(node.other)
        self.close()

    def do_loop(self, node):
        self.open('for i%d := 0; i%d < %d; i%d++ {', node.id, node.id,
                  node.n, node.id)
        self.place.loops += 1
        self.framed(node.body)
        self.place.loops -= 1
        self.close()

    def do_recoverable(self, node):
        codes = escapes(node.body) - {BREAK, CONTINUE}
        self.open('{')
        self.literal('c := ', 'landing', node.body)
        self.line('_ = c')
        if RETURN_RESULT in codes:
            codes = (codes - {RETURN_RESULT}) | {RETURN}
            self.open('if c == %d {', RETURN_RESULT)
            self.line('ret, c = r, %d', RETURN)
            self.close()
        self.pass_on(codes)
        self.close()

    def do_attempt(self, node):
        """The rescue block is deferred by a function around the attempt, so
        that it runs although an exit is on its way."""
        self.rescued[node.id] = 't%d.p' % node.id
        codes = escapes([node])
        self.open('{')
        self.line('t%d := &try{}', node.id)
        self.open('c := func() (c int) {')
        self.line('t := t%d', node.id)
        self.open(ONCE)
        self.open('defer func() {')
        self.open('if t.caught {')
        if node.rescue:
            self.line('describe(%d, t.p)', node.id)
            self.literal('c = ', 'landing', node.rescue)
        else:
            self.line('panic(t.p)')
        self.close()
        self.close('}()')
        self.close()
        self.literal('c = ', 'attempt', node.body)
        self.line('return c')
        self.close('}()')
        self.line('_ = c')
        self.pass_on(codes)
        self.close()

    def do_protect(self, node):
        self.rescued[node.id] = 't%d.p' % node.id
        self.line('t%d := &try{}', node.id)
        self.open('func() {')
        self.line('c := 0')
        self.open(ONCE)
        self.line('defer t%d.catch(&c)', node.id)
        self.close()
        self.line('%s(&x)', self.name(node.unit))
        self.close('}()')
        self.open('if t%d.caught {', node.id)
        self.line('describe(%d, t%d.p)', node.id, node.id)
        self.framed(node.rescue)
        self.close()

    KINDS = {'as': 'shop error', 'code': 'order error',
             'value': 'stock error'}

    def do_panic(self, node):
        text = '"%s"' % node.message.replace('\n', '\\n')
        if node.kind == 'format':
            self.line('panic(%s + strconv.Itoa(%s))', text,
                      self.value(node.e))
        elif node.kind in ('plain', 'lines', 'empty'):
            self.line('panic(%s)', text)
        elif node.kind in self.KINDS:
            self.line('panic(&failed{"%s", %s, %d})', self.KINDS[node.kind],
                      text, node.code)
        else:
            self.line('fail%s()', node.kind.capitalize())

    def do_again(self, node):
        self.line('panic(%s)',
                  'p' if node.of is None else self.rescued[node.of])

    def do_exit(self, node):
        self.line('exit()')

    def do_return(self, node):
        if node.e:
            self.line('ret = %s', self.value(node.e))
        self.jump(RETURN)

    def do_recoverable_return(self, node):
        self.line('r = %s', self.value(node.e))
        self.jump(RETURN_RESULT)

    def do_break(self, node):
        self.jump(JUMPS[node.op])

    do_continue = do_break

    def do_recover(self, node):
        self.open('if p := recover(); p != nil {')
        self.line('up.landed(&was)')
        self.line('describe(%d, p)', node.id)
        self.statements(node.body)
        self.close('} else {')
        self.level += 1
        self.line('describe(%d, nil)', node.id)
        self.close()


def source(programs):
    """A file with these programs, beside support.go."""
    text = ['package main', '', 'import "strconv"', '',
            'var _ = strconv.Itoa', '']
    rows = []
    for program in programs:
        text.append(EmitGo(program).text())
        rows.append('\t{%d, c%d_f0, %s},' % (
            program.number, program.number,
            'true' if program.has_exit() else 'false'))
    text += ['var programs = []program{'] + rows + ['}', '']
    return '\n'.join(text)
