# SPDX-License-Identifier: MIT
"""Random programs as C against the public headers."""


class Writer:
    """Indented lines."""

    def __init__(self, indent='    '):
        self.lines = []
        self.level = 0
        self.indent = indent

    def line(self, text, *arguments):
        """One line; `arguments` are formatted into it."""
        text = text % arguments if arguments else text
        self.lines.append(self.indent * self.level + text)

    def open(self, text, *arguments):
        """A line after which one is further in."""
        self.line(text, *arguments)
        self.level += 1

    def close(self, text='}'):
        """The line that ends what was opened."""
        self.level -= 1
        self.line(text)

    def text(self):
        """All of it."""
        return '\n'.join(self.lines) + '\n'


class EmitC(Writer):
    """One program. The names of its functions begin with `prefix`."""

    PARAMETERS = {
        'function': ('int', 'int a'),
        'deferred': ('void', 'int a, volatile int *v'),
        'recoverer': ('void', 'ripcord_panic *p, int a, volatile int *v'),
        'body': ('void', 'void *v0'),
    }

    def __init__(self, program):
        super().__init__()
        self.units = program.units
        self.prefix = 'c%d_' % program.number
        self.rescued = {}
        for unit in reversed(program.units.values()):
            self.unit(unit)

    def name(self, number):
        """Of a unit, in this file."""
        return self.prefix + self.units[number].name

    def unit(self, unit):
        """One function."""
        self.kind = unit.kind
        name = self.name(unit.number)
        self.open('static %s %s(%s) {',
                  self.PARAMETERS[unit.kind][0], name,
                  self.PARAMETERS[unit.kind][1])
        if unit.kind == 'body':
            self.line('volatile int *v = v0; const int a = *v;')
        self.line('volatile int x = a, r = 0; (void)x; (void)r;')
        self.statements(unit.body)
        if unit.kind == 'function' and (
                not unit.body or unit.body[-1].op != 'return'):
            self.line('return 0;')
        self.close()
        if unit.kind == 'deferred':
            self.line('RIPCORD_DEFERRABLE(%s, int, volatile int *)', name)
        elif unit.kind == 'recoverer':
            self.line('RIPCORD_RECOVERER(%s, int, volatile int *)', name)

    def statements(self, nodes):
        """One after another."""
        for node in nodes:
            getattr(self, 'do_' + node.op)(node)

    def braces(self, head, nodes):
        """A block behind `head`."""
        self.open((head + ' {').lstrip())
        self.statements(nodes)
        self.close()

    @staticmethod
    def value(e):
        """An expression."""
        if e[0] == 'k':
            return str(e[1])
        if e[0] == 'i':
            return 'i%d' % e[1]
        return '*v' if e[0] == 'v' else e[0]

    def variable(self, name):
        """A variable that is assigned to."""
        return '*v' if name == 'v' else name

    @staticmethod
    def pointer(name):
        """A pointer to a variable."""
        return 'v' if name == 'v' else '&' + name

    def do_event(self, node):
        self.line('event(%d, %s);', node.id, self.value(node.e))

    def do_set(self, node):
        self.line('%s = mix(%s, %d);', self.variable(node.var),
                  self.value(node.e), node.k)

    def do_call(self, node):
        self.line('x = %s(%s);', self.name(node.unit), self.value(node.e))

    def do_direct(self, node):
        handle = 'p, ' if node.handle else 'NULL, '
        if self.units[node.unit].kind != 'recoverer':
            handle = ''
        self.line('%s(%s%s, &x);', self.name(node.unit), handle,
                  self.value(node.e))

    def do_defer(self, node):
        call = '%s, %s, %s' % (self.name(node.unit), self.value(node.e),
                               self.pointer(node.var))
        if node.scope is not None:
            self.line('defer_to(s%d, %s);', node.scope, call)
        elif node.name is not None:
            self.line('defer_as(n%d, %s);', node.name, call)
        elif node.when is not None:
            self.line('defer_on_%s(%s);', node.when, call)
        else:
            self.line('defer(%s);', call)

    def do_scope(self, node):
        self.line('defer_scope(s%d);', node.id)

    def do_cancel(self, node):
        self.line('(void)defer_cancel(n%d);', node.name)

    def do_run(self, node):
        self.line('(void)defer_run(n%d);', node.name)

    def do_block(self, node):
        self.braces('', node.body)

    def do_if(self, node):
        self.braces('if (%s %% %d == %d)' % (self.value(node.e), node.m,
                                             node.k), node.body)
        if node.other:
            self.braces('else', node.other)

    def do_loop(self, node):
        self.braces('for (volatile int i%d = 0; i%d < %d; i%d++)'
                    % (node.id, node.id, node.n, node.id), node.body)

    def do_recoverable(self, node):
        names = 'r, x' if self.kind == 'function' else ''
        self.braces('recoverable (%s)' % names, node.body)

    def do_attempt(self, node):
        self.rescued[node.id] = 'q%d' % node.id
        self.braces('attempt (x)', node.body)
        if node.rescue:
            self.open('rescue (q%d) {', node.id)
            self.line('describe(%d, q%d);', node.id, node.id)
            self.statements(node.rescue)
            self.close()

    def do_protect(self, node):
        self.rescued[node.id] = '&q%d' % node.id
        self.line('ripcord_panic q%d;', node.id)
        self.open('if (!ripcord_protect(%s, (void *)&x, &q%d)) {',
                  self.name(node.unit), node.id)
        self.line('describe(%d, &q%d);', node.id, node.id)
        self.statements(node.rescue)
        self.close()

    def do_panic(self, node):
        text = '"%s"' % node.message.replace('\n', '\\n')
        forms = {
            'format': 'panic("%s%%d", %s);' % (node.message,
                                               self.value(node.e)),
            'as': 'panic_as(&SHOP_ERROR, %s);' % text,
            'code': 'panic_code(&ORDER_ERROR, %d, %s);' % (node.code, text),
            'value': 'panic_value(&STOCK_ERROR, &stock[%d], %s);'
                     % (node.code // 11, text),
            'nil': 'panic(NULL);',
        }
        plain = ('plain', 'lines', 'empty')
        form = 'panic(%s);' % text if node.kind in plain else forms.get(
            node.kind, 'fail_%s();' % node.kind)
        self.line('%s', form)

    def do_again(self, node):
        self.line('panic_again(%s);',
                  'p' if node.of is None else self.rescued[node.of])

    def do_exit(self, node):
        self.line('ripcord_thread_exit(NULL);')

    def do_return(self, node):
        self.line('return%s;', ' ' + self.value(node.e) if node.e else '')

    def do_recoverable_return(self, node):
        self.line('recoverable_return(%s);', self.value(node.e))

    def do_break(self, node):
        self.line('break;')

    def do_continue(self, node):
        self.line('continue;')

    def do_recover(self, node):
        self.open('if (recover(p)) {')
        self.line('describe(%d, p);', node.id)
        self.statements(node.body)
        self.close('} else {')
        self.level += 1
        self.line('describe(%d, NULL);', node.id)
        self.close()


def source(programs):
    """A file with these programs and a main function."""
    text = ['#define CONFORMANCE_MAIN', '#include "support.h"', '']
    rows = []
    for program in programs:
        text.append(EmitC(program).text())
        rows.append('    { %d, c%d_f0, %d },' % (
            program.number, program.number, program.has_exit()))
    text += ['const struct program programs[] = {'] + rows + [
        '};', 'const int program_count = %d;' % len(programs), '']
    return '\n'.join(text)
