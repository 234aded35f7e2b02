"""Mapping files: TOML tables that fix the tiling of named layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from lightsim.descriptions import within
from lightsim.errors import InputError
from lightsim.hardware.reading import read_table
from lightsim.network.checking import checked, on_one_line, spell_value
from lightsim.network.entries import Entry
from lightsim.tiled.mapping.tiles.tiling import ORDERS, LoopOrder, Tiling

__all__ = ["dump_mapping", "load_mapping"]

_Size = Annotated[int, Field(ge=1, description="a whole number from 1")]


class TilingEntry(Entry):
    """One layer's table in a mapping file."""

    m: _Size
    n: _Size
    r: _Size
    c: _Size
    b: _Size = 1
    order: Annotated[LoopOrder, Field(description=f"one of {', '.join(ORDERS)}")] = "msn"
    sort_filters: Annotated[bool | None, Field(description="true or false")] = None


def load_mapping(path: Path, sort_filters: bool = True) -> dict[str, Tiling]:
    """The tilings of a mapping file, by layer.

    The file holds one table per layer: `[conv1]` with `m`, `n`, `r`, `c` and optionally `b`,
    `order` and `sort_filters` (by default the argument's value). Raises `InputError` naming
    file, layer, key, value and what is accepted.
    """
    tilings = {}
    for name, table in read_table(path).items():
        where = f"{path}, [{on_one_line(name)}]"
        if not isinstance(table, dict):
            raise InputError(where, f"is {spell_value(table)}", "accepted: a table with m, n, r, c")
        entry = checked(TilingEntry, table, where)
        wanted = sort_filters if entry.sort_filters is None else entry.sort_filters
        with within(where):
            tilings[name] = Tiling(entry.m, entry.n, entry.r, entry.c, entry.b, entry.order, wanted)
    return tilings


def dump_mapping(tilings: Mapping[str, Tiling]) -> str:
    """The text of a mapping file with these tilings."""
    lines = []
    for name, tiling in tilings.items():
        lines += [
            f'["{name}"]',
            f"m = {tiling.m}",
            f"n = {tiling.n}",
            f"r = {tiling.r}",
            f"c = {tiling.c}",
            f"b = {tiling.b}",
            f'order = "{tiling.order}"',
            f"sort_filters = {str(tiling.sort_filters).lower()}",
            "",
        ]
    return "\n".join(lines)
