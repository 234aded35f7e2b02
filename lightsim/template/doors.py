"""The doors of a wing: the functions of a template, and where the wing defines them.

A door is the place of a function, `module:name`. The module is imported when the door is opened. So
the table of templates is cheap to read, and a command imports only the rooms that it uses.
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
    # These modules import NumPy, so they are imported only for type checking.
    from lightsim.quantisation.term_costs import TermCosts
    from lightsim.quantisation.workload import Workload
    from lightsim.template.findings import Findings
    from lightsim.template.task import Batches, Task, Wishes

__all__ = ["Best", "Check", "Default", "Door", "Fit", "Fold", "MapWorkload", "Model", "Read",
           "Resources", "Template", "Verify", "WriteRtl"]  # fmt: skip

Function = TypeVar("Function")


@dataclass(frozen=True, slots=True)
class Door(Generic[Function]):
    """The place of a function, as `module:name`."""

    place: str

    def open(self) -> Function:
        """Import the module and return the function."""
        module, name = self.place.split(":")
        return cast(Function, getattr(import_module(module), name))


class Read(Protocol):
    """Read an accelerator file: returns the checked design, and the board that the file or the
    caller names.

    Raises `InputError` for a file that cannot be accepted.
    """

    def __call__(self, path: str, board: Board | None, /) -> tuple[Design, Board | None]: ...


class Check(Protocol):
    """Raises `InputError` at the first rule that a design made in Python breaks."""

    def __call__(self, design: Any, /) -> None: ...


class Default(Protocol):
    """The default accelerator of a board for any network of a scheme, of PE kind `pe` if it is
    given.

    Raises `BudgetError` if no accelerator fits the board.
    """

    def __call__(self, board: Board, scheme: Scheme, /, *, pe: str | None) -> Design: ...


class Best(Protocol):
    """The best default accelerator of a board for a network, with a proven bound.

    The bound is for `images` images together. Raises the errors of `Default`, and `InputError` for
    a network that no default accelerator can run.
    """

    def __call__(
        self, workload: Workload, board: Board, /, *, pe: str | None, images: int
    ) -> BestDesign: ...


class Fold(Protocol):
    """An accelerator of a board made for a network.

    With `target_fps` it is the smallest accelerator that reaches this number of images per second;
    without, it is the fastest accelerator that fits. Raises `BudgetError` if the rate cannot be
    reached, or if no accelerator fits the board.
    """

    def __call__(
        self, workload: Workload, board: Board, /, *, pe: str | None, target_fps: float | None
    ) -> Design: ...


class Resources(Protocol):
    """Every part of a design with its resources on a device; None stands for a plain device."""

    def __call__(self, design: Any, device: Device | None, /) -> tuple[Part, ...]: ...


class Fit(Protocol):
    """Raises `BudgetError` if a design does not fit a board; the message says what would fit."""

    def __call__(self, design: Any, board: Board, parts: tuple[Part, ...], /) -> None: ...


class MapWorkload(Protocol):
    """Map a workload on an accelerator, batch by batch.

    Raises `InputError` for a workload that cannot be mapped, and `BudgetError` if the data do not
    fit the memory.
    """

    def __call__(
        self, workload: Workload, design: Any, batches: Batches, wishes: Wishes, /
    ) -> Mapped: ...


class Model(Protocol):
    """A model of the machine's time: takes a task and returns its findings."""

    def __call__(self, task: Task, tell: Progress, /) -> Findings: ...


class Verify(Protocol):
    """Compare the RTL of a mapped run, built in `folder`, with the simulation of the run.

    If they differ, the cycles around the first difference are written to `wave`, as VCD.
    """

    def __call__(
        self, mapped: Any, batches: Batches, folder: Path, /, *, wave: Path | None
    ) -> Verdict: ...


class WriteRtl(Protocol):
    """Write the RTL project of a mapped run into `folder`, for the device of a board."""

    def __call__(
        self, mapped: Any, batches: Batches, board: Board | None, folder: Path, tell: Progress, /
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A row of the table of templates: a kind of machine, and the doors of its wing.

    A door that is None is absent, and a command that needs it says so. `run` needs `check`,
    `default`, `resources`, `map` and one of the two models. `read` reads accelerator files, and
    `write` returns the text of such a file. Without `fit`, a design that is too large for its board
    is refused without advice. Without `best`, a default accelerator is the board's accelerator for
    any network, and no bound is proven. With `fold`, a default accelerator is made for the network,
    and may be made for a target rate.

    `explore` needs `write` and the five doors of the explorer (`axes`, `designs`, `bound`,
    `evaluate`, `words`), which lead to a wing in `dse`; `dse/machine/doors.py` gives the arguments
    and results of each. `--mapping exact` needs `exact_mapping` and `write_mapping`. `verify` and
    `rtl` need the four doors of the RTL, training with costs of terms needs `term_costs`, and
    `calibrate` needs its two doors. `tables` adds to `lightsim list`.
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
