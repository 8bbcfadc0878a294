"""Random damage to files, for the tests of damage and the fuzz target of memories."""

import struct

# Numbers on the edges of what formats count with.
EDGES = [0, 1, 2, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]


def mutated(content, rng):
    """A copy of some bytes after one to four injuries, which may leave it as it was.

    Args:
        content: not empty.
        rng: of the standard library, which is the quickest here.
    """
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        rng.choice(INJURIES)(found, rng)
        found = found or bytearray(1)
    return bytes(found)


def _byte(content, rng):
    content[rng.randrange(len(content))] = rng.randrange(256)


def _bit(content, rng):
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _number(content, rng):
    """A number of one to eight bytes from the edge of what such numbers hold."""
    form = "<" + rng.choice("BHIQ")
    size = struct.calcsize(form)
    place = rng.randrange(len(content))
    content[place : place + size] = struct.pack(form, rng.choice(EDGES) % 256**size)


def _run(content, rng):
    place = rng.randrange(len(content))
    length = min(rng.randrange(1, 100), len(content) - place)
    content[place : place + length] = rng.choice((bytes(length), rng.randbytes(length)))


def _cut(content, rng):
    del content[rng.randrange(len(content)) :]


def _missing(content, rng):
    place = rng.randrange(len(content))
    del content[place : place + rng.randrange(1, 200)]


def _added(content, rng):
    place = rng.randrange(len(content) + 1)
    content[place:place] = rng.randbytes(rng.randrange(1, 100))


def _copied(content, rng):
    """A stretch in the place of another, as where a block went astray."""
    length = rng.choice((1, 4, 16, 64, 512))
    here, there = rng.randrange(len(content)), rng.randrange(len(content))
    block = content[there : there + length]
    content[here : here + len(block)] = block


INJURIES = (_byte, _byte, _bit, _bit, _number, _run, _cut, _missing, _added, _copied)
