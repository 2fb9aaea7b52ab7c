# SPDX-License-Identifier: MIT
"""run.py [--quick] PROGRAMS RESULTS: measures the programs in the directory
PROGRAMS/COMPILER and writes COMPILER.md, .csv and .svg into RESULTS."""

import argparse
import os
import re
import subprocess

from measure import (add_instructions, code_sizes, find_cells, interleave,
                     say)
from plot import write_plot
from report import Report
from systems import targets

# Rounds, ns of each run, iterations whose instructions are counted.
FULL, QUICK = (21, 40e6, 20000), (3, 5e6, 5000)


def wanted(system, _):
    """Go collects garbage on threads of its own."""
    return system != 'go'


def wanted_quickly(system, workload):
    """What the targets compare."""
    return any((system, workload) in (target.ours, target.rival)
               for target in targets(1)) and workload != 'loop-1000000'


def version(compiler):
    line = subprocess.run([compiler, '--version'], capture_output=True,
                          text=True, check=True).stdout.split('\n')[0]
    found = re.search(r'(\d+\.)+\d+', line)
    return '%s %s' % (compiler, found[0] if found else '')


def cpu():
    with open('/proc/cpuinfo') as file:
        found = re.search(r'^model name\s*: (.*)$', file.read(),
                          re.MULTILINE)
    return found[1] if found else 'processor not named'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--compiler', default='gcc')
    parser.add_argument('--rounds', type=int)
    parser.add_argument('programs')
    parser.add_argument('results')
    options = parser.parse_args()
    rounds, duration, most = QUICK if options.quick else FULL
    rounds = options.rounds or rounds
    directory = os.path.abspath(os.path.join(options.programs,
                                             options.compiler))

    before = os.getloadavg()[0]
    cells = find_cells(directory)
    interleave(cells, rounds, duration)
    load = ('Load of the machine at the start, without the benchmark: %.1f.'
            % before)
    counted = add_instructions(
        cells, wanted_quickly if options.quick else wanted, most)
    report = Report(cells, code_sizes(directory), {
        'rounds': rounds, 'compiler': version(options.compiler),
        'library': version('gcc'), 'cpu': cpu(), 'load': load,
        'cores': len(os.sched_getaffinity(0)), 'counted': counted})

    print(report.terminal())
    os.makedirs(options.results, exist_ok=True)
    path = os.path.join(options.results, options.compiler)
    with open(path + '.md', 'w') as file:
        file.write(report.markdown())
    report.write_csv(path + '.csv')
    write_plot(report, path + '.svg')
    say('written: %s.md, .csv, .svg; %d targets missed' %
        (path, report.missed()))


main()
