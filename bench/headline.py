# SPDX-License-Identifier: MIT
"""Prints the table of README.md, of a CSV file with results."""

import csv
import sys

from report import duration

# Workload, what it is compared with, and what README calls it.
ROWS = [
    ('defer-1', 'goto', 'acquire, defer the release, use'),
    ('defer-4', 'goto', 'the same with four things'),
    ('real', 'goto', 'lock, malloc, memset, free, unlock'),
    ('loop-1000', 'goto', '1,000 calls deferred in a loop'),
    ('landing', 'setjmp', 'enter and leave a landing'),
    ('panic', 'setjmp', 'panic, recovered one frame up'),
    ('frames-10', 'goto', 'panic through 10 frames with cleanups'),
    ('frames-100', 'goto', 'panic through 100 frames with cleanups'),
    ('fault', 'setjmp', 'recover a null dereference'),
]
COLUMNS = [('ripcord', 'ripcord'), ('cxx', 'C++'), ('go', 'Go'),
           ('rust', 'Rust')]


def read(path):
    with open(path, newline='') as file:
        return {(row['system'], row['workload']): float(row['ns'])
                for row in csv.DictReader(file)}


def cell(ns, base):
    return '%s (%.2f)' % (duration(ns), ns / base) if ns else '-'


def main():
    figures = read(sys.argv[1])
    print('| | in C | ' + ' | '.join(title for _, title in COLUMNS) + ' |')
    print('|---|--:|' + '--:|' * len(COLUMNS))
    for workload, rival, what in ROWS:
        base = figures[rival, workload]
        cells = [cell(figures.get((system, workload)), base)
                 for system, _ in COLUMNS]
        print('| %s | %s | %s |' % (what, duration(base), ' | '.join(cells)))


main()
