# SPDX-License-Identifier: MIT
"""Makes a failing program smaller while it still fails."""
import copy

from model import Model, TooLong
from program import Program, blocks

TRIES = 400         # candidates that are built and run, at most


def candidates(program):
    """Smaller programs, the smallest first: without a run of statements,
    with a statement's own block in its place, with a plain event for it."""
    for unit in program.units.values():
        for index, block in enumerate(blocks(unit.body)):
            size = len(block)
            while size:
                for start in range(0, len(block) - size + 1, size):
                    yield changed(program, unit.number, index, start, size)
                size //= 2
            for start, node in enumerate(block):
                for inner in node.blocks:
                    yield changed(program, unit.number, index, start, 1,
                                  inner)


def changed(program, number, index, start, size, inner=None):
    """A copy in which a block's statements from `start` on are replaced by
    those of a block of the first of them, or by none."""
    units = copy.deepcopy(program.units)
    block = list(blocks(units[number].body))[index]
    block[start:start + size] = block[start].blocks[inner] if inner else []
    return Program(program.number, list(units.values()), program.in_go)


def shrink(program, fails):
    """The smallest program found for which fails(program, model) holds."""
    tries = 0
    smaller = True
    while smaller:
        smaller = False
        for candidate in candidates(program):
            try:
                model = Model(candidate).run()
            except (TooLong, LookupError, AttributeError, TypeError):
                continue    # it is no program any more
            tries += 1
            if tries > TRIES:
                return program
            if fails(candidate, model):
                program = candidate
                smaller = True
                break
    return program
