"""Damage to bytes and to lines, whatever they mean."""

from __future__ import annotations

import random

from tests.fuzz.case import ANY, SAME, Mutant, Mutator

__all__ = ["BYTES", "HARMLESS", "LINES", "cut", "damage"]


def _bit(content: bytes, rng: random.Random) -> Mutant:
    place = rng.randrange(len(content))
    bit = rng.randrange(8)
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return Mutant(bytes(changed), f"bit {bit} of byte {place} flipped")


def _byte(content: bytes, rng: random.Random) -> Mutant:
    place = rng.randrange(len(content))
    value = rng.choice((0, 10, 13, 34, 39, 48, 57, 61, 91, 93, 127, 128, 192, 255))
    return Mutant(
        content[:place] + bytes([value]) + content[place + 1 :], f"byte {place} is {value}"
    )


def cut(content: bytes, rng: random.Random) -> Mutant:
    """The file ends early."""
    place = rng.randrange(len(content))
    return Mutant(content[:place], f"cut after {place} bytes")


def _end_bytes(content: bytes, rng: random.Random) -> Mutant:
    lost = rng.choice((1, 2, 3, 4, 8, 16, 22))
    return Mutant(content[:-lost], f"the last {lost} bytes are lost")


def _hole(content: bytes, rng: random.Random) -> Mutant:
    first, last = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return Mutant(content[:first] + content[last:], f"bytes {first} to {last} are lost")


def _zeros(content: bytes, rng: random.Random) -> Mutant:
    first = rng.randrange(len(content))
    size = min(rng.choice((1, 4, 16, 512, 4096)), len(content) - first)
    return Mutant(
        content[:first] + bytes(size) + content[first + size :], f"{size} zeros at {first}"
    )


def _twice(content: bytes, rng: random.Random) -> Mutant:
    first, last = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return Mutant(content[:last] + content[first:], f"bytes {first} to {last} twice")


def _more(content: bytes, rng: random.Random) -> Mutant:
    return Mutant(content + rng.randbytes(rng.choice((1, 7, 100, 5000))), "random bytes at the end")


def _whole(content: bytes, rng: random.Random) -> Mutant:
    what, other = rng.choice(
        (
            ("empty", b""), ("one zero", b"\0"), ("a space", b" "), ("a line", b"\n"),
            ("random", rng.randbytes(3000)), ("gzip", b"\x1f\x8b\x08" + bytes(20)),
            ("zip", b"PK\x05\x06" + bytes(18)), ("an array", b"\x93NUMPY\x01\x00" + bytes(120)),
            ("a pickle", b"\x80\x04cos\nsystem\n."), ("zeros", bytes(4096)),
            ("UTF-16", "a=1".encode("utf-16")),
            ("HTML", b"<!doctype html><html></html>"), ("text", b"not at all what it should be\n"),
            ("JSON", b'{"a": [1, 2, {"b": null}]}'), ("a long line", b"a" * 200_000),
        )
    )  # fmt: skip
    return Mutant(other, f"replaced by {what}")


BYTES: tuple[Mutator, ...] = (
    _bit, _bit, _bit, _byte, _byte, cut, cut, _end_bytes, _hole, _zeros, _twice, _more, _whole,
)  # fmt: skip
"""Any file: flipped, lost, repeated, replaced."""

_STRAY = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\r", b"]", b"[", b"=", b'"', b'"""',
    b"'''", b"[[", b"\\", b"\x1b[2J", b"[" * 3000, b"{" * 3000, b"a=[" * 2000, b"a.b.c.d = 1\n",
    b"a." * 3000 + b"b = 1\n", b"= 1\n", b"key\n", b"\xe2\x80\xae", b"[a]\n[a]\n", b"9" * 5000,
)  # fmt: skip


def _stray(content: bytes, rng: random.Random) -> Mutant:
    place, bit = rng.randrange(len(content) + 1), rng.choice(_STRAY)
    return Mutant(content[:place] + bit + content[place:], f"{bit[:12]!r} at {place}")


def _lines(content: bytes, rng: random.Random) -> Mutant:
    lines = content.splitlines(keepends=True)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            what = f"line {one + 1} is lost"
            del lines[one]
        case 1:
            what = f"line {one + 1} is there twice"
            lines.insert(one, lines[one])
        case 2:
            what = f"lines {one + 1} and {other + 1} have changed places"
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            what = f"all is lost from line {one + 1}"
            del lines[one:]
        case _:
            what = "shuffled"
            rng.shuffle(lines)
    return Mutant(b"".join(lines), what)


LINES: tuple[Mutator, ...] = (_stray, _lines, _lines, _bit, _byte, cut, _hole, _twice, _whole)
"""Any text: stray characters, lines lost and moved."""


def _spaces(content: bytes, rng: random.Random) -> Mutant:
    lines = content.decode().splitlines()
    if '"""' in content.decode() or "'''" in content.decode():
        return Mutant(content + b"\n# the end\n", "a comment at the end", SAME)
    odd = [
        rng.choice(("", "  ", "\t")) + line + rng.choice(("", " ", "\t", "  # é 🦔"))
        if line and not line.rstrip().endswith("[")
        else line
        for line in lines
    ]
    return Mutant("\n".join(odd).encode() + b"\n", "spaces and comments", SAME)


def _ends(content: bytes, rng: random.Random) -> Mutant:
    if b"\\\n" in content or b'"""' in content:
        return Mutant(content, "nothing", SAME)
    return Mutant(content.replace(b"\n", b"\r\n"), "lines end as on Windows", SAME)


HARMLESS: tuple[Mutator, ...] = (_spaces, _ends)
"""What a TOML file may hold without a change of its meaning."""


def damage(expects: str, mutators: tuple[Mutator, ...] = BYTES) -> tuple[Mutator, ...]:
    """The same damage where it must not pass: every mutant that differs has to be refused."""

    def strict(mutator: Mutator) -> Mutator:
        def mutate(content: bytes, rng: random.Random) -> Mutant:
            mutant = mutator(content, rng)
            same = mutant.content == content
            return Mutant(mutant.content, mutant.what, ANY if same else expects)

        return mutate

    return tuple(strict(mutator) for mutator in mutators)
