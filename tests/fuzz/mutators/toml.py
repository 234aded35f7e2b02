"""TOML files that are still TOML: a value, a key or a table that is not what was meant."""

from __future__ import annotations

import copy
import json
import random
import tomllib
from typing import Any

from tests.fuzz.case import ANY, REFUSED, SAME, Mutant, Mutator
from tests.fuzz.mutators.text import HARMLESS, LINES
from tests.fuzz.mutators.values import NUMBERS, TEXTS, VALUES, Raw

__all__ = ["REWRITTEN", "TOML", "dump", "places"]

Place = tuple[Any, ...]


def dump(table: dict[str, Any]) -> str:
    """A table as TOML, everything below its first level inline."""
    return "".join(f"{_key(name)} = {_value(value)}\n" for name, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def places(table: Any, here: Place = ()) -> list[Place]:
    """Where every value of a table is, by keys and numbers; tables and lists themselves too."""
    found = []
    pairs = table.items() if isinstance(table, dict) else enumerate(table)
    for key, value in pairs:
        found.append((*here, key))
        if isinstance(value, (dict, list)):
            found += places(value, (*here, key))
    return found


def _at(table: Any, place: Place) -> Any:
    for key in place:
        table = table[key]
    return table


def _drawn(content: bytes, rng: random.Random) -> tuple[dict[str, Any], Any, Any]:
    """The file as a table, a table or list within it, and a key of that."""
    table = copy.deepcopy(tomllib.loads(content.decode()))
    place = rng.choice(places(table))
    return table, _at(table, place[:-1]), place[-1]


def _made(table: dict[str, Any], what: str, expects: str = ANY) -> Mutant:
    return Mutant(dump(table).encode("utf-8", "surrogatepass"), what[:120], expects)


def _odd_value(content: bytes, rng: random.Random) -> Mutant:
    table, inside, key = _drawn(content, rng)
    inside[key] = rng.choice(VALUES)
    return _made(table, f"{key} = {inside[key]!r}")


def _near_value(content: bytes, rng: random.Random) -> Mutant:
    """Another value of the same type: most of them mean something."""
    table, inside, key = _drawn(content, rng)
    old = inside[key]
    if isinstance(old, bool):
        inside[key] = not old
    elif isinstance(old, int):
        inside[key] = rng.choice((old + 1, old - 1, old * 2, -old, old // 2, *NUMBERS))
    elif isinstance(old, float):
        inside[key] = rng.choice((old / 2, -old, old * 1e6, *NUMBERS))
    elif isinstance(old, str):
        inside[key] = rng.choice((old + " ", old.upper(), old[:-1], old + old, *TEXTS))
    elif isinstance(old, list):
        inside[key] = rng.choice((old + old, old[:-1], old[::-1], old * 50, [old], []))
    else:
        inside[key] = rng.choice(({**old, **old}, [old], {}, {"a": old}))
    return _made(table, f"{key} = {inside[key]!r}")


def _other_type(content: bytes, rng: random.Random) -> Mutant:
    table, inside, key = _drawn(content, rng)
    old = inside[key]
    choices = [str(old), [old], {"value": old}, Raw("1979-05-27"), True]
    if isinstance(old, (int, float)):
        choices += [float(old), -float(old)]
    inside[key] = rng.choice(choices)
    return _made(table, f"{key} as {type(inside[key]).__name__}")


def _lost(content: bytes, rng: random.Random) -> Mutant:
    table, inside, key = _drawn(content, rng)
    del inside[key]
    return _made(table, f"{key} is missing")


def _renamed(content: bytes, rng: random.Random) -> Mutant:
    table, inside, key = _drawn(content, rng)
    if isinstance(inside, list):
        inside.insert(key, copy.deepcopy(inside[key]))
        return _made(table, f"element {key} twice")
    new = rng.choice(
        (key + "s", key[:-1], key.upper(), key.replace("e", "е"), key + " ", "", "x" * 3000,
         "__class__", "\u001b[31m", "a.b", f"{key}.{key}", "\n")
    )  # fmt: skip
    inside[new] = inside.pop(key)
    return _made(table, f"{key} is called {new[:20]!r}")


def _further(content: bytes, rng: random.Random) -> Mutant:
    table = copy.deepcopy(tomllib.loads(content.decode()))
    inside = rng.choice(
        [table, *(v for p in places(table) if isinstance(v := _at(table, p), dict))]
    )
    name = rng.choice(("fuzz", "x", "Name", "__init__", "é", "comment", "version"))
    inside[name] = rng.choice(VALUES)
    return _made(table, f"a key {name!r} that nobody knows", REFUSED)


def _moved(content: bytes, rng: random.Random) -> Mutant:
    """Two values have changed places."""
    table = copy.deepcopy(tomllib.loads(content.decode()))
    leaves = [p for p in places(table) if not isinstance(_at(table, p), (dict, list))]
    one, other = rng.choice(leaves), rng.choice(leaves)
    first, second = _at(table, one), _at(table, other)
    _at(table, one[:-1])[one[-1]] = second
    _at(table, other[:-1])[other[-1]] = first
    return _made(table, f"{one[-1]} and {other[-1]} have changed places")


def _deep(content: bytes, rng: random.Random) -> Mutant:
    table, inside, key = _drawn(content, rng)
    depth = rng.choice((10, 60, 200, 2000))
    inside[key] = Raw(
        "[" * depth + "]" * depth if rng.random() < 0.5 else "{a = " * depth + "1" + "}" * depth
    )
    return _made(table, f"{key} is nested {depth} deep", REFUSED)


def _repeated(content: bytes, rng: random.Random) -> Mutant:
    table, inside, key = _drawn(content, rng)
    if isinstance(inside, dict):
        name = _key(key)
        text = dump(table) + (
            f"{name} = 1\n{name} = 2\n" if inside is table else f"{name} = 1\n" * 2
        )
        return Mutant(text.encode(), f"{key} is given twice", REFUSED)
    inside += inside * 30
    return _made(table, "thirty times as long a list")


def _rewritten(content: bytes, rng: random.Random) -> Mutant:
    """The same tables in another order and spelling."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(list(value))}
        if isinstance(value, list):
            return [turned(each) for each in value]
        if isinstance(value, int) and not isinstance(value, bool) and value > 9:
            return Raw(hex(value))
        return value

    table = tomllib.loads(content.decode())
    return _made(turned(table) if rng.random() < 0.5 else table, "written in another way", SAME)


TOML: tuple[Mutator, ...] = (
    _odd_value, _odd_value, _odd_value, _odd_value, _near_value, _near_value, _near_value,
    _near_value, _other_type, _lost, _lost, _renamed, _further, _moved, _moved, _deep, _repeated,
    *LINES, *HARMLESS,
)  # fmt: skip
"""What is done to a TOML file whose order means nothing."""

REWRITTEN: tuple[Mutator, ...] = (_rewritten,)
"""For files in which the order of keys means nothing either."""
