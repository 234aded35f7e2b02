"""The doors of a wing: what a template is asked for, and where its wing answers.

A door is the place of a function, `module:name`, which is imported when somebody goes through it.
So the table of templates costs nothing to read, and a command loads the rooms that it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from lightsim.hardware.device import Board, Device
from lightsim.hardware.part import Part
from lightsim.numerics.formats.scheme import Scheme
from lightsim.template.design import BestDesign, Design, Mapped, Progress
from lightsim.template.verdict import Verdict

if TYPE_CHECKING:
    # NumPy comes with these: only who goes through a door that takes them loads it.
    from lightsim.quantisation.term_costs import TermCosts
    from lightsim.quantisation.workload import Workload
    from lightsim.template.findings import Findings
    from lightsim.template.task import Batches, Task, Wishes

__all__ = ["Best", "Check", "Default", "Door", "Fit", "Fold", "MapWorkload", "Model", "Read",
           "Resources", "Template", "Verify", "WriteRtl"]  # fmt: skip

Function = TypeVar("Function")


@dataclass(frozen=True, slots=True)
class Door(Generic[Function]):
    """The place of a function, `module:name`."""

    place: str

    def open(self) -> Function:
        """The function; its module is imported now."""
        module, name = self.place.split(":")
        return cast(Function, getattr(import_module(module), name))


class Read(Protocol):
    """An accelerator file's design, checked, and the board that the file or the caller names.

    Raises `InputError` for anything that cannot be accepted.
    """

    def __call__(self, path: str, board: Board | None, /) -> tuple[Design, Board | None]: ...


class Check(Protocol):
    """Raises `InputError` at the first rule that a design made in Python breaks."""

    def __call__(self, design: Any, /) -> None: ...


class Default(Protocol):
    """A board's default accelerator for any network of a scheme, of PE kind `pe` if one is named.

    Raises `BudgetError` where the board has no room for any.
    """

    def __call__(self, board: Board, scheme: Scheme, /, *, pe: str | None) -> Design: ...


class Best(Protocol):
    """The best default accelerator that a board has for a network, with the proof of it.

    `images` together are what the bound is for. Raises as `Default`, and `InputError` for a network
    that no default accelerator can run.
    """

    def __call__(
        self, workload: Workload, board: Board, /, *, pe: str | None, images: int
    ) -> BestDesign: ...


class Fold(Protocol):
    """A board's accelerator made for a network: for `target_fps` images a second the least, else
    the fastest that fits.

    Raises `BudgetError` where the rate is out of reach, or the board has no room.
    """

    def __call__(
        self, workload: Workload, board: Board, /, *, pe: str | None, target_fps: float | None
    ) -> Design: ...


class Resources(Protocol):
    """Every part of a design with what it takes of a device (of one with nothing special: None)."""

    def __call__(self, design: Any, device: Device | None, /) -> tuple[Part, ...]: ...


class Fit(Protocol):
    """Raises `BudgetError` where a board has no room for a design, saying what would fit."""

    def __call__(self, design: Any, board: Board, parts: tuple[Part, ...], /) -> None: ...


class MapWorkload(Protocol):
    """A workload laid on an accelerator, batch by batch.

    Raises `InputError` for what cannot be mapped and `BudgetError` for what the memory does not
    hold.
    """

    def __call__(
        self, workload: Workload, design: Any, batches: Batches, wishes: Wishes, /
    ) -> Mapped: ...


class Model(Protocol):
    """A model of the machine in time: what it found of a task."""

    def __call__(self, task: Task, tell: Progress, /) -> Findings: ...


class Verify(Protocol):
    """The RTL of what was mapped against its simulation, built in `folder`.

    On a difference the cycles around the first one are written to `wave`, as VCD.
    """

    def __call__(
        self, mapped: Any, batches: Batches, folder: Path, /, *, wave: Path | None
    ) -> Verdict: ...


class WriteRtl(Protocol):
    """The RTL project of what was mapped, written into `folder` for a board's device."""

    def __call__(
        self, mapped: Any, batches: Batches, board: Board | None, folder: Path, tell: Progress, /
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A row of the table of templates: a kind of machine, and the doors of its wing.

    A door that is None is absent: a command that needs it says so. `run` needs `check`, `default`,
    `resources`, `map` and one of the two models; `read` is for accelerators from files, `write`
    gives such a file's text. Without `fit` a design over its board is refused without advice,
    without `best` a default accelerator is the board's for any network, and nothing is proven;
    with `fold` it is made for the network, and may be made for a target rate.
    `explore` needs `write` and the five doors of the explorer (`axes`, `designs`, `bound`,
    `evaluate`, `words`), which lead to a wing of its own in `dse`: `dse/machine/doors.py` says what
    each is given and gives. `exact_mapping` and `write_mapping` are for `--mapping exact`. `verify`
    and `rtl` need the four of the RTL, training with costs of terms `term_costs`, `calibrate` its
    two. `tables` adds to `lightsim list`.
    """

    name: str
    title: str
    read: Door[Read] | None = None
    write: Door[Callable[[Any], str]] | None = None
    check: Door[Check] | None = None
    default: Door[Default] | None = None
    best: Door[Best] | None = None
    fold: Door[Fold] | None = None
    resources: Door[Resources] | None = None
    fit: Door[Fit] | None = None
    map: Door[MapWorkload] | None = None
    simulation: Door[Model] | None = None
    timeline: Door[Model] | None = None
    axes: Door[Mapping[str, Any]] | None = None
    designs: Door[Callable[..., Any]] | None = None
    bound: Door[Callable[..., Any]] | None = None
    evaluate: Door[Callable[..., Any]] | None = None
    words: Door[Callable[[Any], Any]] | None = None
    exact_mapping: Door[Callable[..., Any]] | None = None
    write_mapping: Door[Callable[[Any], str]] | None = None
    rtl_tools: Door[Callable[[], None]] | None = None
    rtl_folder: Door[Callable[[Path], bool]] | None = None
    verify: Door[Verify] | None = None
    rtl: Door[WriteRtl] | None = None
    term_costs: Door[Callable[[Workload, Any, int], TermCosts]] | None = None
    calibration_tools: Door[Callable[[str], None]] | None = None
    calibrate: Door[Callable[..., Any]] | None = None
    tables: Door[Callable[[], Mapping[str, Callable[[], list[dict[str, object]]]]]] | None = None
