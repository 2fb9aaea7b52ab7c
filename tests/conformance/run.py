#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs: the library, and Go, must do what the model says."""
import argparse
import os
import resource
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from execute import C, Failed, Go, execute                  # noqa: E402
from generate import Generator                              # noqa: E402
from model import Model                                     # noqa: E402
from shrink import shrink                                   # noqa: E402

GROUP = 250         # programs that are compiled together
SHOWN = 3           # failed programs that are shrunk and shown


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add('--seed', default='1')
    add('--first', type=int, default=0, help='number of the first program')
    add('--cases', type=int, default=2000, help='how many programs')
    add('--cc', default='cc', help='the C compiler; empty: no C')
    add('--cflags', default='-O0')
    add('--include', default='include', help='where ripcord.h is')
    add('--libraries', default='.libs', help='where libripcord.so is')
    add('--go', default='', help='the command of Go; empty: no Go')
    add('--go-cases', type=int, help='how many of the programs Go is given')
    add('--no-exits', action='store_true', help='without thread exits')
    add('--jobs', type=int, default=os.cpu_count() or 1)
    add('--coverage', action='store_true',
        help='say how many programs reached what')
    add('--show', action='store_true', help='print the programs')
    return parser.parse_args()


def make(options, first, count):
    """Programs and what the model says of them."""
    generator = Generator(options.seed, exits=not options.no_exits)
    return [generator.program(number)
            for number in range(first, first + count)]


def languages(options, first):
    """What runs the programs from this number on."""
    if options.cc:
        yield C(options.cc, options.cflags, options.include,
                options.libraries)
    if options.go and (options.go_cases is None or
                       first < options.first + options.go_cases):
        yield Go(options.go, options.cache)


def differs(language, results, program, model):
    """Whether a program did not do what the model says."""
    result = results.get(program.number)
    return result is None or result != language.expected(model)


def run_group(options, first, count):
    """Runs a group of programs. Returns what the model saw in them and, for
    each language, how many were run, and which failed."""
    made = make(options, first, count)
    seen = Counter(what for _, model in made for what in model.seen)
    seen['programs'] = len(made)
    seen['lines of trace'] = sum(len(model.trace) for _, model in made)
    seen['left to the model by Go 1.19'] = sum(
        program.in_go and model.go_differs for program, model in made)
    outcomes = []
    for language in languages(options, first):
        taken = [pair for pair in made if language.takes(*pair)]
        results = execute(language, [program for program, _ in taken])
        failed = [program for program, model in taken
                  if differs(language, results, program, model)]
        outcomes.append((language, len(taken), failed))
    return seen, outcomes


def still_differs(language):
    """The question that a shrunk program is asked."""
    def fails(program, model):
        if not language.takes(program, model):
            return False
        try:
            results = execute(language, [program])
        except Failed:
            return False
        return differs(language, results, program, model)
    return fails


def show(language, program):
    """A program that failed: small, in both languages, with both traces."""
    small = shrink(program, still_differs(language))
    parts = [('C', C.source(small))]
    if small.in_go:
        parts.append(('Go', Go.source(small)))
    got = execute(language, [small]).get(program.number, ['nothing'])
    parts += [('the model says', '\n'.join(language.expected(
                  Model(small).run()))),
              (language.name + ' says', '\n'.join(got))]
    for head, text in parts:
        print('    ---- %d: %s' % (program.number, head))
        for line in text.rstrip('\n').split('\n'):
            print('    ' + line)


def compare(options):
    """Runs all groups; one line for each. Returns how many programs passed
    and how many failed, over all languages, and what the model saw."""
    last = options.first + options.cases
    groups = [(first, min(GROUP, last - first))
              for first in range(options.first, last, GROUP)]
    seen, totals, shown = Counter(), Counter(), 0
    with ProcessPoolExecutor(options.jobs) as pool:
        tasks = [pool.submit(run_group, options, *group) for group in groups]
        for (first, count), task in zip(groups, tasks):
            try:
                more, outcomes = task.result()
            except Failed as failure:
                print('not ok programs %d to %d: %s' % (
                    first, first + count - 1, failure), flush=True)
                totals['failed'] += count
                continue
            seen += more
            for language, ran, failed in outcomes:
                numbers = ' '.join(str(p.number) for p in failed[:20])
                print('%s %s: programs %d to %d, %d of them run%s' % (
                    'not ok' if failed else 'ok', language.name, first,
                    first + count - 1, ran,
                    numbers and ', these differ: ' + numbers), flush=True)
                totals[language.name] += ran
                totals['failed'] += len(failed)
                for program in failed[:SHOWN - shown]:
                    shown += 1
                    show(language, program)
    failed = totals.pop('failed', 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(', '.join('%d programs in %s' % (count, name)
                    for name, count in totals.items()) +
          ', %d s of one processor' % (used.ru_utime + used.ru_stime))
    return max(sum(totals.values()) - failed, 0), failed, seen


def main():
    """Generates, runs, compares, and tells."""
    options = arguments()
    if options.show:
        for program, model in make(options, options.first, options.cases):
            print(C.source(program), Go.source(program),
                  '\n'.join(C.expected(model)), sep='\n')
        return 0
    with tempfile.TemporaryDirectory(prefix='conformance.') as cache:
        options.cache = cache
        passed, failed, seen = compare(options)
    if options.coverage:
        for what, count in sorted(seen.items()):
            print('%8d %s' % (count, what))
    print('conformance: %d passed, %d failed, seed %s' % (
        passed, failed, options.seed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
