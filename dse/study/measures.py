"""The measures by which designs are judged: their units, better directions and spellings.

A budget is a limit on a measure, and an objective is a measure with a direction. Both take names,
units and values from this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from lightsim.descriptions import NotNegative, Number, Text, check_fields
from lightsim.errors import InputError, unknown_name
from lightsim.hardware.device import Resources
from lightsim.network.checking import spell_value
from lightsim.units import spell

__all__ = [
    "MEASURES",
    "Budget",
    "Direction",
    "Measure",
    "Objective",
    "measure",
    "read_quantity",
    "spell_excess",
    "spell_measure",
]

Direction = Literal["maximise", "minimise"]

_QUANTITY = re.compile(r"^\s*([0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*([^\s0-9]*)\s*$")


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity of a design; `key` is its name in reports, with its unit.

    `units` are the units that a file may write, with their factors. `direction` is the better
    direction. An `early` measure of a design is known before the design is run.
    """

    name: Annotated[str, Text()]
    key: Annotated[str, Text()]
    title: Annotated[str, Text()]
    direction: Direction
    units: Mapping[str, Annotated[float, Number(0, above=True)]]
    early: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_JOULES = {"J": 1.0, "mJ": 1e-3, "uJ": 1e-6, "µJ": 1e-6}
_WATTS = {"W": 1.0, "mW": 1e-3}
_RATES = {"B/s": 1.0, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9}
_COUNT = {"": 1.0}

MEASURES: dict[str, Measure] = {
    row.name: row
    for row in (
        Measure(
            "throughput",
            "throughput_images_per_s",
            "throughput",
            "maximise",
            {"": 1.0, "images/s": 1.0},
        ),
        Measure("latency", "latency_s", "latency of a batch", "minimise", _SECONDS),
        Measure("energy", "energy_j", "energy of an image", "minimise", _JOULES),
        Measure("power", "power_w", "mean power of the counted activity", "minimise", _WATTS),
        Measure("accuracy", "accuracy", "accuracy", "maximise", {"": 1.0, "%": 0.01}, early=True),
        Measure("dram_bandwidth", "dram_bytes_per_s", "mean memory traffic", "minimise", _RATES),
        *(
            Measure(name, name, name.upper(), "minimise", _COUNT, early=True)
            for name in Resources.names()
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Objective:
    """A measure and the direction in which it is better."""

    measure: Measure
    direction: Direction

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def sign(self) -> int:
        """1 if the objective is to be minimised, -1 if maximised: value times sign is always to be
        minimised."""
        return 1 if self.direction == "minimise" else -1


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit that a design must keep: a least value if more of the measure is better, otherwise a
    largest value."""

    measure: Measure
    limit: NotNegative

    def __post_init__(self) -> None:
        check_fields(self)

    def excess(self, value: float) -> float:
        """How far `value` is beyond the limit, as a share of the limit; 0 or less if `value` keeps
        the limit."""
        over = value - self.limit if self.measure.direction == "minimise" else self.limit - value
        return over / self.limit if self.limit else over


def measure(name: str, where: str, kind: str) -> Measure:
    """The measure with the name or the key `name`; raises `InputError` if there is none."""
    for row in MEASURES.values():
        if name in (row.name, row.key):
            return row
    raise unknown_name(where, kind, name, MEASURES)


def read_quantity(row: Measure, value: object, where: str, whole: float | None = None) -> float:
    """A value of a file in the measure's own unit. A value in per cent is a share of `whole`, if
    there is one.

    Raises `InputError` for a value that is no quantity of the measure.
    """
    units = dict(row.units) | ({"%": whole / 100} if whole is not None else {})
    number, unit = _parted(value)
    if number is None or unit not in units or number < 0:
        named = [text for text in units if text]
        bare = "a number" if "" in units else "a text"
        accepted = f"{bare}{' or a text' if bare == 'a number' and named else ''}"
        example = f' like "1 {named[0]}"' if named else ""
        raise InputError(
            where,
            f"{row.name} is {spell_value(value)}",
            f"accepted: {accepted}{example}{f' ({chr(44).join(named)})' if len(named) > 1 else ''}",
        )
    if unit == "%":
        return number * (1 if whole is None else whole) / 100
    return number * units[unit]


def _parted(value: object) -> tuple[float | None, str]:
    if isinstance(value, bool):
        return None, ""
    if isinstance(value, int | float):
        return float(value), ""
    match = _QUANTITY.match(value) if isinstance(value, str) else None
    return (None, "") if match is None else (float(match[1]), match[2])


_SPELLED = {"latency": "s", "energy": "J", "power": "W", "dram_bandwidth": "B/s"}


def spell_excess(excess: float) -> str:
    """The excess over a limit in words, from its share: `3.1% over`, or `12 times` for large
    ones."""
    return f"{1 + excess:,.4g} times" if excess > 1 else f"{excess:.2%} over"


def spell_measure(row: Measure, value: float | None) -> str:
    """A value of a measure in a unit that is easy to read."""
    if value is None:
        return "-"
    if row.name in _SPELLED:
        return spell(value, _SPELLED[row.name])
    if row.name == "accuracy":
        return f"{100 * value:.2f} %"
    if row.name == "throughput":
        return f"{value:,.0f} images/s" if value >= 1000 else f"{value:.4g} images/s"
    return f"{value:,.0f}"
