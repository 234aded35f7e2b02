"""A study: a question to the explorer with its networks, axes, budgets and objectives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from dse.space.axes import Choice, axes_of
from dse.space.axis_choices import read_axes
from dse.space.k_choices import GIVEN
from dse.space.k_layers import LayerChoice, default_k, read_layers, without_budget
from dse.space.points import Space
from dse.space.scheme_lanes import SchemeLanes, read_lanes
from dse.study.aims import read_budgets, read_objectives
from dse.study.entries import AccuracyEntry, NetworkEntry, SearchEntry, StudyEntry
from dse.study.measures import Budget, Objective
from dse.study.places import check_named
from dse.study.samplers import ALL_SAMPLERS, check_sampler
from lightsim.descriptions import (
    Count,
    Fraction,
    NotNegative,
    Number,
    OneOf,
    Positive,
    Text,
    check_fields,
)
from lightsim.errors import InputError, unknown_name
from lightsim.flow.given.checks import check_explorable
from lightsim.flow.given.resolve import DEFAULT_BOARD, DEFAULT_SCHEME, default_scheme
from lightsim.flow.templates import DEFAULT_TEMPLATE, TEMPLATES, find_template, required
from lightsim.hardware.board_file import find_board
from lightsim.hardware.device import Board, Resources
from lightsim.hardware.reading import read_table
from lightsim.network import load_network
from lightsim.network.checking import checked
from lightsim.numerics.formats.scheme import PER_FILTER

__all__ = [
    "AccuracyChoice",
    "Search",
    "Share",
    "Study",
    "load_study",
    "new_study",
]

_ONE_LINE = "explore"


@dataclass(frozen=True, slots=True)
class Share:
    """A network and its share of all images."""

    network: Annotated[str, Text()]
    weight: Annotated[float, Number(0, 1, above=True)]

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class AccuracyChoice:
    """The source of accuracy: `table` has accuracies by scheme, `images` is the most images that
    are measured, and `file` names the losses of single filters if k is free."""

    source: Literal["auto", "measured", "sensitivity", "table"] = "auto"
    table: Mapping[str, Fraction] = field(default_factory=dict)
    images: Positive | None = None
    file: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Search:
    """How the space is searched; the fields are the keys of `[search]` (`entries.py`)."""

    sampler: Annotated[str, OneOf("sampler", lambda: ALL_SAMPLERS)] = "auto"
    trials: Positive = 200
    seed: Count = 0
    workers: Positive = 1
    prove: bool = False
    seconds: NotNegative = 900.0
    gap: NotNegative = 0.0
    storage: str | None = None
    mapping: Literal["usual", "exact"] = "usual"

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class Study:
    """A whole study, with every default filled in.

    The weights of `shares` add up to 1. `axes` has every axis with its choices. If k is free,
    `layers` has the choices of single layers; a layer that is not there is free. The gap of a
    search is the gap of the first of `objectives`. `lanes` gives for each scheme the choices of the
    axis `lanes` that go with it, and is empty if all go with every scheme.
    """

    name: Annotated[str, Text()]
    board: Board
    board_name: Annotated[str, Text()]
    shares: tuple[Share, ...]
    axes: Mapping[Annotated[str, Text()], tuple[Choice, ...]]
    layers: Mapping[str, tuple[LayerChoice, ...]]
    budgets: tuple[Budget, ...]
    objectives: tuple[Objective, ...]
    accuracy: AccuracyChoice
    search: Search
    lanes: SchemeLanes = field(default_factory=dict)
    template: Annotated[str, OneOf("template", lambda: TEMPLATES)] = DEFAULT_TEMPLATE

    def __post_init__(self) -> None:
        check_fields(self)
        known = axes_of(self.template)
        for name in self.axes:
            if name not in known:
                raise unknown_name("axes", "axis", name, known)

    @property
    def space(self) -> Space:
        """The designs that the axes allow."""
        known = axes_of(self.template)
        variants = tuple(name for name in self.axes if known[name].within_family)
        return Space(self.axes, self.lanes, variants)

    @property
    def chooses_k(self) -> bool:
        """Whether k is free: the k of filters is chosen for each design, not given by the
        workload."""
        return self.axes.get("k", (GIVEN,)) != (GIVEN,)

    @property
    def asks_for_energy(self) -> bool:
        """Whether an objective or a budget is an energy or a power."""
        names = {row.measure.name for row in self.objectives}
        names |= {row.measure.name for row in self.budgets}
        return bool(names & {"energy", "power"})

    @property
    def asks_for_spending(self) -> bool:
        """Whether an objective or a budget is an energy, a power or a memory traffic."""
        names = {row.measure.name for row in self.objectives}
        names |= {row.measure.name for row in self.budgets}
        return self.asks_for_energy or "dram_bandwidth" in names

    @property
    def asks_for_resources(self) -> bool:
        """Whether an objective is a resource of the device."""
        return bool({row.measure.name for row in self.objectives} & set(Resources.names()))

    def resource_limits(self) -> Resources:
        """The most of each resource that a design may take."""
        limits = {budget.measure.name: budget.limit for budget in self.budgets}
        return Resources(*(int(limits[name]) for name in Resources.names()))


def load_study(path: Path, search: Mapping[str, Any] | None = None) -> Study:
    """The study of a TOML file; `search` overrides keys of its table `[search]`.

    Raises `InputError` for a file that cannot be read, an unknown key or a wrong value.
    """
    return parse_study(read_table(path), str(path), search)


def new_study(
    network: str,
    board: str | None = None,
    *,
    scheme: str | None = None,
    k: str | None = None,
    template: str | None = None,
    search: Mapping[str, Any] | None = None,
) -> Study:
    """The study that the command line names without a file: one network on one board, with
    defaults for everything else.

    `scheme` may name several schemes with commas; `k` is a choice of the axis k.
    """
    board_name = DEFAULT_BOARD if board is None else board
    table: dict[str, Any] = {
        "name": _plain(f"{network}-{board_name}"),
        "board": board_name,
        "network": [{"name": network}],
    }
    if template is not None:
        table["template"] = template
    axes: dict[str, Any] = {}
    if scheme is not None:
        axes["scheme"] = [name.strip() for name in scheme.split(",")]
    elif (own := default_scheme(load_network(network))) != DEFAULT_SCHEME:
        axes["scheme"] = [own]
    if k is not None:
        axes["k"] = k
        if k != GIVEN and (own := axes.get("scheme", [PER_FILTER.name])) != [PER_FILTER.name]:
            problem = f"'{k}' under scheme '{', '.join(own)}'"
            raise InputError("k", problem, f"accepted: k per filter under {PER_FILTER.name} alone")
    if axes:
        table["axes"] = axes
    return parse_study(table, _ONE_LINE, search)


def parse_study(
    table: Mapping[str, Any], where: str, options: Mapping[str, Any] | None = None
) -> Study:
    """The study of a file's content; errors name the file as `where`.

    `options` override keys of `[search]`; errors about them name the option.
    """
    entry = checked(StudyEntry, table, where)
    place = "" if where == _ONE_LINE else f"{where}: "
    board = find_board(entry.board, f"{place}board")
    check_explorable(entry.template, f"{place}template")
    for name, value in (options or {}).items():
        checked(SearchEntry, {name: value}, name)
    search = checked(SearchEntry, entry.search | dict(options or {}), f"{where}, [search]")
    option = "sampler" if "sampler" in (options or {}) else f"{where}, [search]"
    check_sampler(search.sampler, option)
    if entry.search.get("storage") is not None and "storage" not in (options or {}):
        check_named(search.storage or "", f"{where}, [search]: storage")
    accuracy = checked(AccuracyEntry, entry.accuracy, f"{where}, [accuracy]")
    if search.mapping == "exact":
        required(find_template(entry.template), lambda row: row.exact_mapping, "exact mapping")
    shares = _shares(entry.network, where)
    layers = read_layers(entry.layers, [share.network for share in shares], f"{where}, [layers]")
    axes = dict(entry.axes)
    if layers and "k" not in axes:
        axes["k"] = default_k(layers, shares[0].network)
    if "k" in axes and "accuracy" not in entry.budget:
        axes["k"] = without_budget(axes["k"])
    known = axes_of(entry.template)
    named = read_axes(known, axes, f"{where}, [axes]", board)
    lanes = read_lanes(known.get("lanes"), axes, named["scheme"], board, f"{where}, [axes]")
    return Study(
        name=entry.name,
        board=board,
        board_name=entry.board,
        shares=shares,
        axes=named,
        layers=layers,
        budgets=read_budgets(entry.budget, f"{where}, [budget]", board),
        objectives=read_objectives(entry.objectives, f"{where}, [objectives]"),
        accuracy=_accuracy(accuracy, f"{where}, [accuracy]"),
        search=Search(**search.model_dump()),
        lanes=lanes,
        template=entry.template,
    )


def _plain(text: str) -> str:
    """A text with every letter replaced that a name may not have."""
    stem = "-".join(Path(part).stem if part.endswith(".toml") else part for part in text.split("/"))
    kept = "".join(c if c.isalnum() or c in "_.-" else "-" for c in stem).strip("-._")
    return kept[:64] or "study"


def _shares(rows: list[dict[str, Any]], where: str) -> tuple[Share, ...]:
    entries = [
        checked(NetworkEntry, row, f"{where}, [[network]] {number}")
        for number, row in enumerate(rows, 1)
    ]
    whole = sum(entry.weight for entry in entries)
    names = [entry.name for entry in entries]
    for number, name in enumerate(names, 1):
        load_network(name)
        if name in names[: number - 1]:
            problem = f"name is '{name}', as of an earlier block"
            raise InputError(f"{where}, [[network]] {number}", problem, "accepted: each once")
    return tuple(Share(entry.name, entry.weight / whole) for entry in entries)


def _accuracy(entry: AccuracyEntry, where: str) -> AccuracyChoice:
    if entry.source == "table" and not entry.table and entry.file is None:
        raise InputError(where, "source is 'table', and there is none", "state [accuracy.table]")
    if entry.file is not None and entry.source not in ("auto", "table"):
        problem = f"source is '{entry.source}', and there is a file"
        raise InputError(where, problem, "accepted: file with source = 'table'")
    for name, value in entry.table.items():
        if not 0 <= value <= 1:
            raise InputError(where, f"table {name} is {value}", "accepted: 0 to 1")
    return AccuracyChoice(entry.source, dict(entry.table), entry.images, entry.file)
