# SPDX-License-Identifier: MIT
"""How panics are told of: by programs, and when nobody recovers them."""

# How the library names the kind of each statement that panics.
KINDS = {
    'plain': 'panic', 'format': 'panic', 'lines': 'panic', 'empty': 'panic',
    'as': 'shop error', 'code': 'order error', 'value': 'stock error',
    'nil': 'runtime error', 'null': 'null error', 'index': 'index error',
    'negative': 'index error', 'divide': 'divide error',
    'overflow': 'overflow error', 'shift': 'shift error',
}


def described(panic):
    """What a program says of a panic that it has in its hands."""
    return '%s, %s, %d' % (KINDS[panic.kind], panic.message, panic.code)


def report_lines(panics):
    """The list of an uncaught panic: oldest first, one that was raised again
    on the line of its first."""
    lines = []
    shown = [p for p in panics if not p.is_exit]
    for i, panic in enumerate(shown):
        if panic.again == 'newest':
            continue
        mark = ' [recovered]' if panic.recovered else ''
        newer = shown[i + 1] if i + 1 < len(shown) else None
        if panic.again == 'caught' or (panic.recovered and newer and
                                       newer.again == 'newest'):
            mark = ' [recovered, repanicked]'
        text = 'panic: ' + panic.message.replace('\n', '\n\t') + mark
        lines += (('\t' if i else '') + text).split('\n')
    return lines


def go_report_lines(panics):
    """The same as Go 1.19 prints it: every panic on lines of its own."""
    lines = []
    for i, panic in enumerate(with_shadows(panics)):
        mark = ' [recovered]' if panic.recovered else ''
        text = 'panic: ' + panic.message + mark
        lines += (('\t' if i else '') + text).split('\n')
    return lines


def with_shadows(panics):
    """The panics of a list and those that only Go still has on it."""
    for panic in panics:
        if panic.is_exit:
            yield from with_shadows(panic.shadow)
        else:
            yield panic
