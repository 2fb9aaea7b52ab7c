# SPDX-License-Identifier: MIT
"""The plot: a panel for each workload, a bar for each system."""

import shutil
import subprocess

from measure import say
from report import duration
from systems import WORKLOADS

PANELS = ['defer-1', 'defer-4', 'loop-1000', 'landing', 'panic', 'frames-10',
          'frames-100', 'message-formatted', 'real', 'threads-cores',
          'threads-64', 'start']
COLUMNS = 3
OURS, OTHERS = '#c0392b', '#7f8c9b'


def panel(report, workload):
    """A block of data, and the commands that draw it."""
    rows = [(title, report.cells[system, workload].figure('ns'),
             OURS if system.startswith('ripcord') else OTHERS)
            for system, title in reversed(report.systems)
            if (system, workload) in report.cells]
    if not rows:
        return None
    name = '$' + workload.replace('-', '_')
    low = min(ns for _, ns, _ in rows) / 2
    high = max(ns for _, ns, _ in rows) * 12
    lines = ['%s << END' % name]
    lines += ['%d "%s" %g 0x%s "%s"' % (i, title, ns, colour[1:],
                                        duration(ns))
              for i, (title, ns, colour) in enumerate(rows)]
    lines += ['END',
              'set title "%s" font ",12"' % dict(WORKLOADS)[workload],
              'set xrange [%g:%g]' % (low, high),
              'set yrange [-0.7:%g]' % (len(rows) - 0.3),
              'plot %s using (%g):1:(%g):3:($1-0.35):($1+0.35):4:ytic(2) '
              'with boxxyerror lc rgb variable, '
              '%s using ($3*1.15):1:5 with labels left font ",9"'
              % (name, low, low, name)]
    return lines


def script(report, path):
    panels = [lines for lines in (panel(report, name) for name in PANELS)
              if lines]
    across = (len(panels) + COLUMNS - 1) // COLUMNS
    lines = ['set terminal svg size 1200,%d noenhanced font "sans-serif,10" '
             'background "white"' % (260 * across + 40),
             'set output "%s"' % path,
             'set logscale x', 'set style fill solid', 'unset key',
             'set border 2', 'unset xtics', 'set ytics scale 0 nomirror',
             'set lmargin 12', 'set rmargin 2',
             'set multiplot layout %d,%d title '
             '"Median time of one iteration (every scale is logarithmic)"'
             % (across, COLUMNS)]
    for block in panels:
        lines += block
    return '\n'.join(lines + ['unset multiplot', ''])


def write_plot(report, path):
    if not shutil.which('gnuplot'):
        say("skip the plot: gnuplot is not installed (Debian's package "
            'gnuplot-nox)')
        return
    subprocess.run(['gnuplot'], input=script(report, path), text=True,
                   check=True)
