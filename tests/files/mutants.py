"""Files damaged at random, as disks, copies and strangers damage them."""

from __future__ import annotations

import random
from collections.abc import Iterator

__all__ = ["mutants"]


def mutants(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """`count` damaged copies of `content`; equal for equal arguments."""
    draw = random.Random(seed)
    for _ in range(count):
        yield draw.choice((_flipped, _flipped, _cut, _overwritten, _longer, _moved))(content, draw)


def _flipped(content: bytes, draw: random.Random) -> bytes:
    """One to eight bits turned over; the ends, where archives keep their tables, more often."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 8))):
        edge = min(600, len(changed))
        place = draw.choice(
            (draw.randrange(len(changed)), draw.randrange(edge), -1 - draw.randrange(edge))
        )
        changed[place] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content))]


def _overwritten(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    place, size = draw.randrange(len(changed)), draw.choice((1, 2, 4, 8, 64))
    changed[place : place + size] = draw.choice((b"\0", b"\xff", b"\x80", b"9")) * size
    return bytes(changed[: len(content)])


def _longer(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + draw.randbytes(draw.choice((1, 7, 300))) + content[place:]


def _moved(content: bytes, draw: random.Random) -> bytes:
    one, other = draw.randrange(len(content)), draw.randrange(len(content))
    size = draw.choice((1, 16, 256))
    changed = bytearray(content)
    changed[one : one + size] = content[other : other + size]
    return bytes(changed)
