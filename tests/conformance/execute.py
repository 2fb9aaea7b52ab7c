# SPDX-License-Identifier: MIT
"""Compiles and runs programs; tells what each of them printed."""
import os
import re
import shutil
import subprocess
import tempfile

import emit_c
import emit_go

HERE = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    """A file of programs could not be built or run."""


def result(output, status):
    """What a program printed before its report, the list of the report, and
    the status, as lines."""
    text = output.strip('\n')
    if status == 2:
        text = text.split('\n\n')[0]
    return [line for line in text.split('\n')
            if not line.startswith('[signal ')] + ['status %d' % status]


def expected(model, go=False):
    """The same of the model."""
    report = model.go_report if go else model.report
    return '\n'.join(model.trace + report).split('\n') + [
        'status %d' % model.status]


def run(command, **options):
    """A command that must succeed; returns what it prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=900,
                          check=False, **options)
    output = done.stdout.decode(errors='replace')
    if done.returncode != 0:
        raise Failed('%s\n%s' % (' '.join(command), output[-3000:]))
    return output


def parse(output):
    """The results by the numbers of the programs."""
    found = re.findall(r'^=== (\d+)\n(.*?)^=== status (-?\d+)$', output,
                       re.MULTILINE | re.DOTALL)
    return {int(number): result(text, int(status))
            for number, text, status in found}


class C:
    """Programs compiled against a library."""
    name = 'C'

    def __init__(self, compiler, flags, include, libraries):
        self.compiler = compiler.split()
        self.flags = flags.split()
        self.include = include
        self.libraries = libraries

    def execute(self, programs, folder):
        """The results of these programs."""
        source = os.path.join(folder, 'programs.c')
        binary = os.path.join(folder, 'programs')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(emit_c.source(programs))
        run(self.compiler + self.flags + [
            '-fexceptions', '-pthread', '-I' + self.include, '-I' + HERE,
            source, '-o', binary, '-L' + self.libraries, '-lripcord'])
        environment = dict(os.environ, RIPCORD_UNCAUGHT='exit',
                           RIPCORD_TRACEBACK='none',
                           LD_LIBRARY_PATH=self.libraries)
        return parse(run([binary], env=environment))

    @staticmethod
    def source(program):
        """A file with this one program."""
        return emit_c.source([program])

    @staticmethod
    def expected(model):
        """What it should print."""
        return expected(model)

    @staticmethod
    def takes(program, model):
        """Whether it can be expressed and the outcome is known."""
        return True


class Go:
    """Programs compiled with Go."""
    name = 'Go'

    def __init__(self, command, cache):
        self.command = command
        self.cache = cache

    def execute(self, programs, folder):
        """The results of these programs."""
        shutil.copy(os.path.join(HERE, 'support.go'), folder)
        with open(os.path.join(folder, 'programs.go'), 'w',
                  encoding='utf-8') as file:
            file.write(emit_go.source(programs))
        binary = os.path.join(folder, 'programs')
        environment = dict(os.environ, GOFLAGS='', GO111MODULE='off',
                           GOCACHE=self.cache)
        run([self.command, 'build', '-o', binary, 'support.go',
             'programs.go'], cwd=folder, env=environment)
        return parse(run([binary]))

    @staticmethod
    def source(program):
        """A file with this one program."""
        return emit_go.source([program])

    @staticmethod
    def expected(model):
        """What it should print."""
        return expected(model, go=True)

    @staticmethod
    def takes(program, model):
        """Whether it can be expressed and the outcome is known."""
        return program.in_go and not model.go_differs


def execute(language, programs):
    """The results of programs, by their numbers."""
    if not programs:
        return {}
    with tempfile.TemporaryDirectory(prefix='conformance.') as folder:
        return language.execute(programs, folder)
