# SPDX-License-Identifier: MIT
"""Tables of what was measured: for a terminal, Markdown, CSV and gnuplot."""

import csv

from measure import ratio
from systems import BASE, OTHER_BASE, SYSTEMS, WORKLOADS, targets


def duration(ns):
    """Three digits and a unit."""
    for unit, size in (('s', 1e9), ('ms', 1e6), ('µs', 1e3)):
        if ns >= size:
            return '%.3g %s' % (ns / size, unit)
    return '%.3g ns' % ns


def base_of(cells, workload):
    """What the cells of a row are compared with: hand-written C, or bare
    setjmp where that has no such thing."""
    return cells.get((BASE, workload)) or cells.get((OTHER_BASE, workload))


class Report:
    def __init__(self, cells, sizes, about):
        self.cells, self.sizes, self.about = cells, sizes, about
        self.systems = [(system, title) for system, title in SYSTEMS
                        if (system, 'start') in cells]
        self.cores = about['cores']

    def rows(self, text_of):
        """Heading, and a row of texts for each workload that somebody has."""
        yield ['workload'] + [title for _, title in self.systems]
        for workload, what in WORKLOADS:
            texts = [text_of(self.cells.get((system, workload)), workload)
                     for system, _ in self.systems]
            if any(texts):
                yield [what] + [text or '-' for text in texts]

    def time(self, cell, workload):
        if not cell:
            return ''
        base = base_of(self.cells, workload)
        text = duration(cell.figure('ns'))
        return '%s (%.2f)' % (text, ratio(cell, base)) if base else text

    def spread(self, cell, _):
        if not cell:
            return ''
        low, high = cell.quartiles()
        return '%.3g..%.3g' % (low, high)

    def instructions(self, cell, _):
        count = cell and cell.figure('instructions')
        return '%.0f' % count if count else ''

    def measured_targets(self):
        """Each target that could be measured, with what it is."""
        for target in targets(self.cores, self.about['compiler']):
            ours = self.cells.get(target.ours)
            rival = target.rival and self.cells.get(target.rival)
            if not ours or (target.rival and not rival):
                continue
            value = ratio(ours, rival) if rival else ours.figure(target.of)
            if value is not None:
                yield target, value, [ours] + ([rival] if rival else [])

    def target_rows(self):
        yield ['to reach', 'limit', 'measured', '', 'time', 'instructions']
        for target, value, cells in self.measured_targets():
            counts = [cell.figure('instructions') for cell in cells]
            yield [target.what,
                   '%s %.4g' % ('>=' if target.at_least else '<=',
                                target.limit),
                   '%.3f' % value,
                   'reached' if target.reached(value) else 'MISSED',
                   ' : '.join(duration(cell.figure('ns')) for cell in cells),
                   ' : '.join('%.0f' % count for count in counts if count)]

    def missed_rows(self):
        yield ['missed', 'why']
        for target, value, cells in self.measured_targets():
            if not target.reached(value):
                yield [target.what, self.why(target, cells)]

    def why(self, target, cells):
        reasons = [target.reason] if target.reason else []
        counts = [cell.figure('instructions') for cell in cells]
        if len(counts) == 2 and all(counts):
            reasons.append('%.0f instructions more' % (counts[0] - counts[1]))
        if target.same:
            few, many = (self.cells[key] for key in target.same)
            reasons.append('hand-written C in the same run: %.3f'
                           % ratio(few, many))
        return '; '.join(reasons)

    def size_rows(self):
        yield ['code of each further acquire and release', 'bytes']
        for system, title in self.systems:
            if system in self.sizes:
                yield [title, '%.0f' % self.sizes[system]]

    def heap_rows(self):
        yield ['heap of each of 1,000,000 calls in a loop', 'bytes']
        for system, title in self.systems:
            cell = self.cells.get((system, 'loop-1000000'))
            if cell and cell.figure('bytes'):
                yield [title, '%.2f' % cell.figure('bytes')]

    def sections(self):
        """Title, text, and rows of each table."""
        about = self.about
        yield ('Times',
               'Median of %d rounds, and its ratio to hand-written C, or to '
               'bare setjmp where C has no such thing.' % about['rounds'],
               list(self.rows(self.time)))
        yield ('To reach',
               'Ratios with the shared library, %s.' % about['compiler'],
               list(self.target_rows()))
        if self.missed():
            yield '', '', list(self.missed_rows())
        yield ('Instructions', 'Of one iteration, in user space, %s.'
               % about['counted'], list(self.rows(self.instructions)))
        yield ('Spread', 'The quartiles of the rounds, in ns.',
               list(self.rows(self.spread)))
        yield ('Memory and code', '', list(self.heap_rows()))
        yield ('', '', list(self.size_rows()))

    # ---- Forms ----

    def machine(self):
        about = self.about
        return ('%s; %d cores; %s; library by %s -O2. %s' % (
            about['cpu'], about['cores'], about['compiler'],
            about['library'], about['load']))

    def terminal(self):
        lines = [self.machine()]
        for title, text, rows in self.sections():
            widths = [max(len(row[i]) for row in rows)
                      for i in range(len(rows[0]))]
            lines += ['', ': '.join(part for part in (title, text) if part)]
            # Numbers stand to the right, reasons to the left.
            lean = str.ljust if rows[0][-1] == 'why' else str.rjust
            lines += ['  '.join(
                [row[0].ljust(widths[0])] +
                [lean(text, width)
                 for text, width in zip(row[1:], widths[1:])]).rstrip()
                for row in rows]
        return '\n'.join(lines).replace('\n\n\n', '\n\n')

    def markdown(self):
        lines = ['# Measured', '', self.machine()]
        for title, text, rows in self.sections():
            lines += ['', '## ' + title] if title else []
            lines += ['', text] if text else []
            lines += ['', '| ' + ' | '.join(rows[0]) + ' |',
                      '|---' + ('|---' if rows[0][-1] == 'why' else '|--:')
                      * (len(rows[0]) - 1) + '|']
            lines += ['| ' + ' | '.join(row) + ' |' for row in rows[1:]]
        return '\n'.join(lines) + '\n'

    def write_csv(self, path):
        with open(path, 'w', newline='') as file:
            writer = csv.writer(file, lineterminator='\n')
            writer.writerow(['workload', 'system', 'ns', 'ratio', 'minimum',
                             'lower_quartile', 'upper_quartile', 'maximum',
                             'rounds', 'instructions', 'cycles', 'bytes'])
            for workload, _ in WORKLOADS:
                for system, _ in self.systems:
                    cell = self.cells.get((system, workload))
                    if cell:
                        writer.writerow(
                            [workload, system] + self.csv_row(cell, workload))

    def csv_row(self, cell, workload):
        base = base_of(self.cells, workload)
        numbers = [cell.figure('ns'), ratio(cell, base) if base else None,
                   min(cell.runs), *cell.quartiles(), max(cell.runs),
                   len(cell.runs), cell.figure('instructions'),
                   cell.figure('cycles'), cell.figure('bytes')]
        return ['' if number is None else '%.6g' % number
                for number in numbers]

    def missed(self):
        return sum(not target.reached(value)
                   for target, value, _ in self.measured_targets())

