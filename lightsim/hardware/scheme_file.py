"""Scheme files: a member of the family of weight formats described in TOML instead of by its name.

    [scheme]
    base = "lightnn"      # fixed, ternary, binary, lightnn or flightnn
    terms = 2             # of lightnn and flightnn; `bits` of fixed
    exponents = [1, 6]    # the least and the greatest m of the terms 2^-m
    zero = true           # of lightnn: whether a word says "no term"

The member's name says as much, and is what every result and every file that is written keeps.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from lightsim.descriptions import within
from lightsim.errors import InputError, unknown_name
from lightsim.hardware.reading import read_table
from lightsim.network.checking import checked, on_one_line
from lightsim.network.entries import Entry
from lightsim.numerics.formats.family import BASES, Member, usual_exponents
from lightsim.numerics.formats.scheme import Scheme, scheme

__all__ = ["find_scheme", "names_a_scheme_file", "scheme_name"]

_ACCEPTED = "accepted: base, and bits or terms, exponents, zero"


class SchemeEntry(Entry):
    """`[scheme]`."""

    base: Annotated[str, Field(description=f"one of {', '.join(BASES)}")]
    bits: Annotated[int, Field(description="a whole number")] = 0
    terms: Annotated[int, Field(description="a whole number")] = 0
    exponents: Annotated[
        list[int] | None, Field(description="the least and the greatest, as [0, 7]")
    ] = None
    zero: Annotated[bool | None, Field(description="true or false")] = None


def find_scheme(given: str, where: str = "scheme") -> Scheme:
    """The scheme given by a name or by a scheme file.

    A relative path starts in the folder in which the command runs. Raises `InputError` for an
    unknown name, and for a file that cannot be read or that describes no member of the family.
    """
    return scheme(scheme_name(given), where)


def scheme_name(given: str) -> str:
    """The shortest name of the member in a scheme file; any other text is returned unchanged.

    Raises `InputError` for a file that cannot be read or that describes no member of the family.
    """
    return _member(Path(given)).name if names_a_scheme_file(given) else given


def names_a_scheme_file(given: str) -> bool:
    """Whether a text is the path of a scheme file, instead of the name of a scheme."""
    return given.endswith(".toml") or "/" in given


def _member(path: Path) -> Member:
    table = read_table(path)
    for key in table:
        if key != "scheme":
            raise unknown_name(str(path), "key", on_one_line(key), ("scheme",))
    own: Any = table.get("scheme")
    if not isinstance(own, dict):
        raise InputError(str(path), "has no table [scheme]", _ACCEPTED)
    where = f"{path}, [scheme]"
    entry = checked(SchemeEntry, own, where)
    if entry.base not in BASES:
        raise unknown_name(f"{where} base", "base", on_one_line(entry.base), BASES)
    base = entry.base
    given = entry.exponents
    if given is not None and len(given) != 2:
        accepted = "accepted: the least and the greatest, as [0, 7]"
        raise InputError(f"{where} exponents", f"is {given}", accepted)
    exponents = usual_exponents(base) if given is None else (given[0], given[1])
    zero = base not in ("binary", "lightnn") if entry.zero is None else entry.zero
    with within(where):
        return Member(base, entry.bits, entry.terms, exponents, zero)
