# SPDX-License-Identifier: MIT
"""Runs the programs of the benchmark and reads what they print."""

import concurrent.futures
import os
import random
import re
import shutil
import statistics
import subprocess
import sys

from systems import SIZED, SYSTEMS, WORKLOADS

CALIBRATION = 1e6       # ns that a run must take to be told from noise
THREADS_LONGER = 4


def say(text):
    print(text, file=sys.stderr, flush=True)


class Cell:
    """One workload of one system: iterations, and a list of each figure."""

    def __init__(self, command):
        self.command = command      # the program and what goes before N
        self.iterations = 1
        self.runs = []              # ns of each round
        self.figures = {}           # instructions, cycles, bytes

    def run(self):
        """Returns the ns of one iteration."""
        command = self.command + [str(self.iterations)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit('%s failed: %s' %
                             (' '.join(command), done.stderr.strip()))
        found = dict(re.findall(r'(\w+)=([\d.]+)', done.stdout))
        ns = float(found.pop('ns'))
        for name, value in found.items():
            self.figures.setdefault(name, []).append(float(value))
        return ns

    def calibrate(self, duration):
        """Finds the number of iterations that take `duration` ns. The least
        of three runs counts: one may have been disturbed."""
        while True:
            elapsed = self.run() * self.iterations
            if elapsed >= CALIBRATION:
                elapsed = min([elapsed] + [self.run() * self.iterations
                                           for _ in range(2)])
            if elapsed >= CALIBRATION:
                break
            self.iterations *= 4
        scaled = self.iterations * duration / elapsed
        self.iterations = max(1, int(scaled))
        self.figures.clear()

    def figure(self, name):
        """The median of `ns` or of another figure; None if there is none."""
        values = self.runs if name == 'ns' else self.figures.get(name)
        return statistics.median(values) if values else None

    def quartiles(self):
        if len(self.runs) < 2:
            return self.runs[0], self.runs[0]
        low, _, high = statistics.quantiles(self.runs, n=4,
                                            method='inclusive')
        return low, high


def find_cells(directory):
    """The cells of all programs that are there, by (system, workload)."""
    cells = {}
    for system, _ in SYSTEMS:
        program = os.path.join(directory, system)
        if not os.access(program, os.X_OK):
            say('skip %s: it was not built' % system)
            continue
        listed = subprocess.run([program, '--list'], capture_output=True,
                                text=True, check=True).stdout.split()
        for workload in listed:
            cells[system, workload] = Cell([program, workload])
        cells[system, 'start'] = Cell([os.path.join(directory, 'start'),
                                       program])
    return cells


def interleave(cells, rounds, duration):
    """Runs everything `rounds` times. A workload's systems run one after
    another, in an order that is new each time, so that what disturbs the
    machine for a while disturbs all of them."""
    say('finding numbers of iterations')
    for (_, workload), cell in cells.items():
        # What threads wait for each other at the start must not count.
        longer = THREADS_LONGER if workload.startswith('threads') else 1
        cell.calibrate(duration * longer)
    for count in range(rounds):
        say('round %d of %d' % (count + 1, rounds))
        for workload, _ in random.sample(WORKLOADS, len(WORKLOADS)):
            for system, _ in random.sample(SYSTEMS, len(SYSTEMS)):
                cell = cells.get((system, workload))
                if cell:
                    cell.runs.append(cell.run())


def ratio(over, under):
    """The median over the rounds: both ran at about the same time."""
    return statistics.median(a / b for a, b in zip(over.runs, under.runs))


# ---- Instructions, where the system does not count them ----

def instructions_of(command):
    """All that Valgrind executes of a command."""
    done = subprocess.run(
        ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null'] +
        command, capture_output=True, text=True)
    found = re.search(r'Collected : (\d+)', done.stderr)
    return int(found[1]) if found and done.returncode == 0 else None


def count_instructions(key, cell, most):
    """Those of one iteration: N more iterations, the start cancels out."""
    program, workload = cell.command
    if key[1] == 'start':
        return instructions_of([workload, '--nothing'])
    n = min(most, max(1, cell.iterations // 50))
    once = instructions_of([program, workload, str(n)])
    twice = instructions_of([program, workload, str(2 * n)])
    return (twice - once) / n if once and twice else None


def add_instructions(cells, wanted, most):
    """Counts for the cells that are wanted and have none, with at most so
    many iterations; threads are left out, for they wait for each other."""
    missing = [(key, cell) for key, cell in cells.items()
               if wanted(*key) and not key[1].startswith('threads') and
               not cell.figures.get('instructions')]
    if not missing:
        return 'counted by the processor (perf events)'
    if not shutil.which('valgrind'):
        return 'not counted: no perf events here, and no valgrind'
    say('counting instructions')
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = pool.map(lambda pair: count_instructions(*pair, most), missing)
        for (_, cell), count in zip(missing, counts):
            if count is not None:
                cell.figures['instructions'] = [count]
    return 'counted by callgrind (no perf events here)'


# ---- Sizes ----

def code_sizes(directory):
    """Bytes of code for each further thing that a function acquires and
    releases: a third of what defer_4 has more than defer_1."""
    sizes = {}
    for system in SIZED:
        found = {1: 0, 4: 0}
        path = os.path.join(directory, system + '.o')
        if not os.path.exists(path):
            continue
        listed = subprocess.run(['nm', '-C', '-S', path],
                                capture_output=True, text=True).stdout
        for size, count in re.findall(
                r'^\w+ (\w+) [tT] .*\bdefer_([14])\b', listed,
                re.MULTILINE):
            found[int(count)] += int(size, 16)
        if found[1] and found[4]:
            sizes[system] = (found[4] - found[1]) / 3
    return sizes
