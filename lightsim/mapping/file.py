"""Mapping files: TOML tables that fix the tiling of named layers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lightsim.errors import InputError
from lightsim.mapping.tiling import ORDERS, LoopOrder, Tiling

__all__ = ["dump_mapping", "load_mapping"]


class _TilingEntry(BaseModel):
    """One layer's table in a mapping file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    m: int = Field(ge=1)
    n: int = Field(ge=1)
    r: int = Field(ge=1)
    c: int = Field(ge=1)
    b: int = Field(default=1, ge=1)
    order: LoopOrder = "msn"
    sort_filters: bool = True


def load_mapping(path: Path) -> dict[str, Tiling]:
    """The tilings of a mapping file, by layer.

    The file holds one table per layer: `[conv1]` with `m`, `n`, `r`, `c` and optionally `b`,
    `order` and `sort_filters`. Raises `InputError` naming file, layer, key, value and what is
    accepted.
    """
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"is not TOML: {error}") from None
    return {name: _tiling(path, name, table) for name, table in tables.items()}


def _tiling(path: Path, name: str, table: object) -> Tiling:
    if not isinstance(table, dict):
        raise InputError(f"{path}: {name}", "is not a table", f"accepted: [{name}] with m, n, r, c")
    try:
        entry = _TilingEntry.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        accepted = {
            "order": f"accepted: {', '.join(ORDERS)}",
            "sort_filters": "accepted: true or false",
        }.get(key, "accepted: m, n, r, c, b as whole numbers from 1; order; sort_filters")
        given = "missing" if first["type"] == "missing" else f"{first['input']!r}"
        if first["type"] == "extra_forbidden":
            given = "unknown key"
        raise InputError(f"{path}: {name}.{key}", given, accepted) from None
    return Tiling(entry.m, entry.n, entry.r, entry.c, entry.b, entry.order, entry.sort_filters)


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
