#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plants the bugs of mutants.list, one at a time, in a copy of the library,
and prints which tests notice. Fails when one is not noticed, or when it does
not fit the sources any more."""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
SOURCE = Path(os.environ.get('top_srcdir',
                             Path(__file__).resolve().parent.parent.parent))
HERE = SOURCE / 'tests' / 'conformance'
OTHERS = ['defer', 'exit', 'mark', 'misuse', 'panic', 'recover', 'report',
          'scope', 'stale', 'unwind']
PATIENCE = 60       # seconds, for one program of tests


class Mutant:
    """One bug: what is wrong, where, and the lines that change."""

    def __init__(self, heading):
        self.name, self.file = [s.strip() for s in heading.split('|')]
        self.old, self.new, self.equivalent = [], [], []

    def planted(self, root):
        """The text of the file with the bug; None: it does not fit."""
        old, new = '\n'.join(self.old), '\n'.join(self.new)
        text = (root / self.file).read_text()
        return text.replace(old, new) if text.count(old) == 1 else None

    def in_users_code(self):
        """Whether programs have it in them, and must be compiled again."""
        return self.file.startswith('include/')


def read_mutants():
    """All of the list."""
    mutants = []
    for line in (HERE / 'mutants.list').read_text().splitlines():
        if line.startswith('@'):
            mutants.append(Mutant(line[1:]))
        elif line[:1] in ('-', '+', '='):
            lines = {'-': mutants[-1].old, '+': mutants[-1].new,
                     '=': mutants[-1].equivalent}[line[0]]
            lines.append(line[1:])
    return mutants


class Broken(Exception):
    """Something does not compile."""


class Build:
    """A copy of the sources, its library, and what is linked with it."""

    def __init__(self, work):
        self.root = Path(work)
        for part in ('include', 'lib', 'tests'):
            shutil.copytree(SOURCE / part, self.root / part)
        self.compiler = os.environ.get('CC', 'cc').split() + [
            '-std=gnu17', '-D_GNU_SOURCE', '-O1', '-fexceptions', '-w',
            '-pthread', '-I%s' % (self.root / 'include')]
        # Those that configure has chosen.
        self.sources = [word for word in os.environ['LIBRARY_SOURCES'].split()
                        if word.endswith('.c')]
        self.check = subprocess.run(
            ['pkg-config', '--cflags', '--libs', 'check'],
            stdout=subprocess.PIPE, check=True, text=True).stdout.split()

    def compile(self, *arguments):
        """Runs the compiler in the copy."""
        done = subprocess.run(
            self.compiler + [str(a) for a in arguments], cwd=self.root,
            stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Broken(done.stderr.decode(errors='replace')[:2000])

    def link(self, name, *arguments):
        """Makes a program that uses the library."""
        self.compile(*arguments, '-o', name, '-L.', '-lripcord', *self.check)

    def library(self, changed=None):
        """Compiles what has changed, or all, and links it."""
        for file in self.sources:
            if changed in (None, file) or changed.endswith('.h'):
                self.compile('-fPIC', '-c', file, '-o',
                             Path(file).with_suffix('.o'))
        self.compile('-shared', *sorted((self.root / 'lib').glob('*.o')),
                     '-Wl,--version-script=lib/ripcord.map', '-o',
                     'libripcord.so')

    def run(self, name, uncaught='abort'):
        """Runs a program: its output and status, -1 if it had to be ended."""
        environment = dict(os.environ, LD_LIBRARY_PATH=str(self.root),
                           CK_TIMEOUT_MULTIPLIER='0.1',
                           RIPCORD_TEST_QUICK='1', top_srcdir=str(self.root),
                           RIPCORD_UNCAUGHT=uncaught)
        with open(self.root / 'output', 'w+', encoding='utf-8',
                  errors='replace') as output:
            with subprocess.Popen(
                    ['./' + name], env=environment, stdout=output,
                    stderr=subprocess.DEVNULL, cwd=self.root,
                    start_new_session=True) as process:
                try:
                    status = process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    status = -1
                # Nor may a process of it stay behind.
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            output.seek(0)
            return output.read(), status


class Suite:
    """A suite of Check."""

    def __init__(self, build, source, *more):
        self.build, self.name = build, source.stem
        self.sources = [source] + list(more)

    def link(self):
        """Compiles it."""
        self.build.link(self.name, *self.sources, 'tests/support.c')

    def failing(self):
        """The names of the tests that fail."""
        output, status = self.build.run(self.name)
        found = re.findall(r':[EF]:[^:]*:([a-z_0-9]+):', output)
        return found or ([self.name] if status != 0 else [])


class Random:
    """Random programs, whose outcome the model knows."""

    def __init__(self, build, count):
        self.build = build
        self.expected = {}
        if count == 0 or not (HERE / 'generate.py').exists():
            return
        # pylint: disable=import-outside-toplevel
        import emit_c
        import execute
        from generate import Generator
        generator = Generator('mutants')
        made = [generator.program(n) for n in range(count)]
        self.parse = execute.parse
        self.expected = {program.number: execute.expected(model)
                         for program, model in made}
        (build.root / 'programs.c').write_text(
            emit_c.source([program for program, _ in made]))

    def link(self):
        """Compiles them."""
        if self.expected:
            self.build.link('programs', '-O0', '-Itests/conformance',
                            'programs.c')

    def failing(self):
        """The numbers of those that differ, as far as they came."""
        if not self.expected:
            return []
        output, status = self.build.run('programs', uncaught='exit')
        found = self.parse(output)
        return [n for n, lines in self.expected.items()
                if (n in found and found[n] != lines) or
                (n not in found and status != -1)] or (
                    ['hangs'] if status == -1 else [])


class Tests:
    """All tests: those of the table, random programs, and others."""

    def __init__(self, build, programs):
        self.build = build
        here = build.root / 'tests' / 'conformance'
        cases = [here / 'golden_ends.c', here / 'golden_panics.c']
        self.table = [Suite(build, path)
                      for path in sorted(here.glob('test_*_rows.c'))]
        self.table.append(Suite(build, here / 'test_golden.c', *cases))
        self.random = Random(build, programs)
        self.others = [Suite(build, here.parent / ('test_%s.c' % name))
                       for name in OTHERS]
        self.others.append(Suite(build, here.parent / 'test_outcome.c',
                                 here.parent / 'region.c'))
        self.others.append(Suite(build, here.parent / 'test_stack.c',
                                 here.parent / 'coroutine.c'))

    def link(self, suites_only=False):
        """Compiles all; the random programs take long."""
        for suite in self.table + self.others:
            suite.link()
        if not suites_only:
            self.random.link()

    def failing(self, suites_only=False, everything=False):
        """What fails, of each of the three. The others are asked only when
        nothing else has failed, or when everything is wanted."""
        table = [t for suite in self.table for t in suite.failing()]
        programs = [] if suites_only else self.random.failing()
        if (table or programs) and not everything:
            return table, programs, []
        return table, programs, [t for suite in self.others
                                 for t in suite.failing()]


def plant(tests, mutant):
    """What fails with it, or a text that says why it cannot be planted."""
    build = tests.build
    path = build.root / mutant.file
    original, planted = path.read_text(), mutant.planted(build.root)
    if planted is None:
        return 'DOES NOT FIT %s' % mutant.file
    path.write_text(planted)
    try:
        build.library(mutant.file)
        if mutant.in_users_code():
            tests.link(suites_only=True)
        return tests.failing(suites_only=mutant.in_users_code())
    except Broken as broken:
        return 'DOES NOT COMPILE: %s' % broken
    finally:
        path.write_text(original)
        build.library(mutant.file)
        if mutant.in_users_code():
            tests.link(suites_only=True)


def short(names):
    """The numbers of rows, and "reports" for the golden files; not all."""
    numbers = [re.sub(r'^([dnrpg]\d+)_.*', lambda m: m.group(1).upper(), t)
               if re.match(r'[dnrpg]\d+_', t) else 'reports' for t in names]
    unique = list(dict.fromkeys(numbers))
    if len(unique) > 6:
        return '%s and %d more' % (' '.join(unique[:5]), len(unique) - 5)
    return ' '.join(unique) or '-'


def first(names):
    """One of them, and how many there are."""
    more = ' and %d more' % (len(names) - 1) if len(names) > 1 else ''
    return '`%s`%s' % (names[0], more) if names else ''


def tell(mutant, failing):
    """Prints a line of the table; false when something is wrong."""
    if isinstance(failing, str):
        print('| %s | %s |||' % (mutant.name, failing))
        return False
    rows, programs, others = failing
    if not any(failing):
        why = ' '.join(s.strip() for s in mutant.equivalent)
        print('| %s | %s |||' % (mutant.name,
                                 'equivalent: ' + why if why else 'SURVIVES'))
        return bool(why)
    print('| %s | %s | %s | %s |' % (mutant.name, short(rows),
                                     len(programs) or '-', first(others)))
    return True


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--programs', type=int, default=300,
                        help='how many random programs')
    parser.add_argument('words', nargs='*',
                        help='plant only those with one of these in the name')
    return parser.parse_args()


def main():
    """Plants all, and tells."""
    options = arguments()
    mutants = [m for m in read_mutants() if not options.words or
               any(word in m.name for word in options.words)]
    with tempfile.TemporaryDirectory() as work:
        tests = Tests(Build(work), options.programs)
        tests.build.library()
        tests.link()
        failing = tests.failing(everything=True)
        if any(failing):
            sys.exit('mutants: without a bug fail %s' % (failing,))
        print('| planted | rows | programs of %d | else |' %
              len(tests.random.expected))
        print('|---|---|---|---|')
        bad = 0
        for mutant in mutants:
            bad += not tell(mutant, plant(tests, mutant))
            sys.stdout.flush()
    print('mutants: %d planted, %d not caught' % (len(mutants), bad))
    return 1 if bad or not mutants else 0


if __name__ == '__main__':
    sys.exit(main())
