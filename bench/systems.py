# SPDX-License-Identifier: MIT
"""What is compared: the systems, the workloads, and what is to be reached."""

# Program, heading.
SYSTEMS = [
    ('goto', 'C, goto'),
    ('cleanup', 'C, attribute'),
    ('setjmp', 'setjmp'),
    ('pgtry', 'PG_TRY'),
    ('pthread', 'pthread'),
    ('ripcord', 'ripcord'),
    ('ripcord-static', 'rip. static'),
    ('ripcord-lto', 'rip. LTO'),
    ('cxx', 'C++'),
    ('go', 'Go'),
    ('rust', 'Rust'),
    ('ocaml', 'OCaml'),
    ('lua', 'Lua'),
]

# Name, what it is.
WORKLOADS = [
    ('defer-bare', 'one cleanup, nothing else'),
    ('defer-1', 'acquire, one defer, use'),
    ('defer-4', 'acquire and defer four times, use'),
    ('loop-1000', 'defer 1,000 times in a loop'),
    ('loop-1000000', 'defer 1,000,000 times in a loop'),
    ('landing', 'enter and leave a landing'),
    ('panic', 'panic, recovered one frame up'),
    ('panic-deferred', 'panic, recovered by a deferred call'),
    ('frames-10', 'panic through 10 frames with cleanups'),
    ('frames-100', 'panic through 100 frames with cleanups'),
    ('bare-100', 'panic through 100 bare frames'),
    ('message-literal', 'panic with a literal message'),
    ('message-formatted', 'panic with a formatted message'),
    ('fault', 'recover a null dereference'),
    ('fault-deferred', 'recover it by a deferred call, watched'),
    ('real', 'real: lock, malloc, memset, free, unlock'),
    ('threads-1', 'the real function on one thread'),
    ('threads-cores', 'the real function, a thread per core'),
    ('threads-64', 'the real function on 64 threads'),
    ('start', 'start and end a process'),
]

# The system that the others are compared with, and the one where that has
# no such thing.
BASE = 'goto'
OTHER_BASE = 'setjmp'

OURS = 'ripcord'

# Those whose code is measured: the others have no function of four cleanups,
# or a runtime instead.
SIZED = ['goto', 'cleanup', 'pgtry', 'pthread', 'ripcord', 'cxx']


class Target:
    """A ratio of one cell to another in the same run, or the bytes of one.
    Reached when it is at most (at least) the limit. `reason` is what the
    results say when it is missed; `same` are two cells of hand-written C
    whose ratio shows what the machine can give."""

    def __init__(self, what, ours, rival, limit, at_least=False, of='ns',
                 reason='', same=None):
        self.what, self.ours, self.rival = what, ours, rival
        self.limit, self.at_least, self.of = limit, at_least, of
        self.reason, self.same = reason, same

    def reached(self, value):
        if self.at_least:
            return value >= self.limit
        return value <= self.limit


FEW_STORES = ('a defer stores a link, a place and its arguments and moves '
              'the top of a list, and leaving checks the top: hand-written '
              'code has nothing to store')
A_PANIC = ('a panic keeps a message, a place and errno, checks that the '
           'landing is alive and of this thread, and is handed to the rescue '
           'block')
A_WATCH = ('the watchdog of the deferred calls: four system calls; without it '
           'there is none')
A_FRAME = ('each frame links an entry, and the walk checks it before it '
           'runs: error codes cost a comparison')


def targets(cores, compiler='gcc'):
    """Those of one run with the shared library, for that many cores. With
    another compiler than the library's, times may be a tenth more."""
    slack = 1.0 if 'gcc' in compiler else 1.1

    def cell(workload, system=OURS):
        return (system, workload)

    def against(what, workload, rival, limit, reason):
        return Target(what, cell(workload), cell(workload, rival),
                      limit * slack, reason=reason)

    def threads(what, few, many, limit):
        return Target(what, cell(few), cell(many), limit, at_least=True,
                      same=(cell(few, BASE), cell(many, BASE)))

    return [
        against('one defer, of goto', 'defer-1', BASE, 1.15, FEW_STORES),
        against('four defers, of goto', 'defer-4', BASE, 1.25, FEW_STORES),
        against('the real function, of goto', 'real', BASE, 1.03,
                FEW_STORES),
        against('1,000 in a loop, of an array of records', 'loop-1000',
                BASE, 1.5, 'a scope checks each call before it runs'),
        Target('bytes of each of 1,000,000 in a loop',
               cell('loop-1000000'), None, 16, of='bytes',
               reason='a call has 16; the rest is what malloc keeps beside '
                      'each chunk, and the room left in the last one'),
        against('a landing, of bare _setjmp', 'landing', OTHER_BASE, 1.2,
                'a landing is an entry of the list, and remembers the '
                'thread, its frame and the newest panic'),
        against('a panic one frame up, of bare _setjmp and longjmp',
                'panic', OTHER_BASE, 1.2, A_PANIC),
        against('a panic through 10 frames, of error codes', 'frames-10',
                BASE, 1.5, A_FRAME + '; ' + A_PANIC),
        against('a panic through 100 frames, of error codes', 'frames-100',
                BASE, 1.0, A_FRAME),
        against('a null dereference, of sigaction and siglongjmp', 'fault',
                OTHER_BASE, 1.1, 'the signal is described for the panic'),
        against('the same by a deferred call', 'fault-deferred', OTHER_BASE,
                1.1, A_WATCH),
        threads('%d threads, throughput of one' % cores,
                'threads-1', 'threads-cores', 0.985 * cores),
        threads('64 threads, throughput of %d' % cores,
                'threads-cores', 'threads-64', 1.0),
    ]
