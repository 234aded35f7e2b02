"""From a point of the space to its accelerator, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dse.machine import doors
from dse.machine.design import Design, Refusal
from dse.space.axes import AUTO, Choice
from dse.space.k_choices import GIVEN
from dse.space.points import Space, check_size
from dse.tiled.design.buffers import BufferPlan, sized
from dse.tiled.design.costs import Costs, fits, together
from dse.tiled.space.lanes import lane_mix
from lightsim.errors import InputError
from lightsim.hardware.device import Board, Resources
from lightsim.numerics.formats.scheme import scheme
from lightsim.tiled.description.accelerator import (
    Accelerator,
    Accumulator,
    Array,
    PortAssignment,
    PostProcessing,
)
from lightsim.tiled.description.validation import validate_accelerator
from lightsim.tiled.estimation.sizing import PORT_STREAMS, least_design
from lightsim.units import spell

__all__ = ["ARRAY_AXES", "Builder"]

# The axes on which an array with its post-processing and one port depends.
ARRAY_AXES = ("scheme", "lanes", "rows", "columns", "pixels", "post_lanes", "port_bits")
# The most arrays of a space: the resources of one array take about half a millisecond.
_MOST_ARRAYS = 2_000_000


class Builder(doors.Builder):
    """Builds the designs of a board within limits of its resources.

    `widths` gives for each scheme the bits of the activations that the designs must accept; eight
    for a scheme that is not there.
    """

    def __init__(
        self,
        board: Board,
        limits: Resources,
        widths: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        self.board = board
        self.limits = limits
        self.widths = {} if widths is None else widths
        self.costs = Costs(board.device)

    @property
    def accumulator(self) -> Accumulator:
        """The accumulator of every design of the space."""
        return Accumulator()

    def check(self, space: Space) -> None:
        """Raise `InputError` for a space with more arrays than can be looked at one by one."""
        check_size(space, ARRAY_AXES, _MOST_ARRAYS)

    def least(self, point: Mapping[str, Choice]) -> Accelerator:
        """The accelerator of a point with its smallest practical buffers. Its resources are not
        checked."""
        row = scheme(str(point["scheme"]))
        groups = lane_mix(str(point["lanes"])).groups(int(point["rows"]))
        array = Array(groups, int(point["columns"]), int(point["pixels"]))
        board = self.board
        if point["port_bits"] != AUTO:
            board = replace(board, port_bits=int(point["port_bits"]))
        acc = least_design(board, row, array, self.widths.get(row.name, (8,)))
        ports = tuple(PortAssignment(streams) for streams in PORT_STREAMS[int(point["ports"])])
        acc = replace(acc, ports=ports, name=_name(board, point, acc))
        if point["post_lanes"] != AUTO:
            acc = replace(acc, post=PostProcessing(int(point["post_lanes"])))
        if point["clock"] != AUTO:
            acc = replace(acc, clock_hz=int(point["clock"]))
        return acc

    def build(self, point: Mapping[str, Choice]) -> Design | Refusal:
        """The design of a point with automatic buffers as large as the limits allow, or the reason
        why the point is no design."""
        try:
            acc = self.least(point)
            rest = self.costs.without_buffers(acc)
            acc = sized(acc, BufferPlan.of(point), rest, self.costs, self.limits)
            used = together(rest, *self.costs.buffers(acc).values())
            if not fits(used, self.limits):
                return _over(used, self.limits)
            validate_accelerator(acc)
        except InputError as error:
            return Refusal(f"{error.problem}; {error.accepted}")
        return Design(acc, int(point["batch"]), used, str(point.get("k", GIVEN)))


def _over(used: Resources, limits: Resources) -> Refusal:
    rows = zip(Resources.names(), used.values(), limits.values(), strict=True)
    excess = {name: (need, most) for name, need, most in rows if need > most}
    name, (need, most) = max(excess.items(), key=lambda row: row[1][0] / max(row[1][1], 1))
    return Refusal(f"needs {need} {name.upper()} of {most}", need / max(most, 1) - 1)


def _name(board: Board, point: Mapping[str, Choice], acc: Accelerator) -> str:
    """A name that distinguishes the designs of one study by their most important choices."""
    kinds = "+".join(dict.fromkeys(group.pe for group in acc.array.groups))
    array = acc.array
    clock = "" if point["clock"] == AUTO else f"-{spell(int(point['clock']), 'Hz')}"
    name = (
        f"{board.name}-{acc.scheme}-{kinds}-{array.rows}x{array.columns}x{array.pixels}"
        f"-{point['ports']}ports{clock.replace(' ', '')}"
    )
    return "".join(c if c.isalnum() or c in "_.-" else "." for c in name)[:64]
