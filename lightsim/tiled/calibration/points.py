"""A point of the calibration: one module of the RTL with the parameters it is synthesised with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Point", "point", "wrapper"]

_IMAGES = {"step_generator": "GROUP_IMAGE", "load_stream": "IMAGE", "store_stream": "IMAGE"}


@dataclass(frozen=True, slots=True)
class Point:
    """`module` built with `parameters`, sorted by name; the fit does not use a `held_out` point."""

    module: str
    parameters: tuple[tuple[str, int], ...]
    held_out: bool = False

    @property
    def values(self) -> dict[str, int]:
        """The parameters by name."""
        return dict(self.parameters)

    @property
    def label(self) -> str:
        """The point as one line of text, as the table stores it."""
        return " ".join(f"{name}={value}" for name, value in self.parameters)


def point(module: str, parameters: Mapping[str, int], *, held_out: bool = False) -> Point:
    """The point of a module, with its parameters sorted by name."""
    return Point(module, tuple(sorted(parameters.items())), held_out)


def wrapper(points: list[Point]) -> str:
    """SystemVerilog text in which module `point_N` contains only the N-th point."""
    modules = [
        f"module point_{number}; (* keep *) {held.module} #({_values(held)}) built (); endmodule"
        for number, held in enumerate(points)
    ]
    built = " ".join(f"point_{number} p{number} ();" for number in range(len(points)))
    return "\n".join((*modules, f"module points; {built} endmodule", ""))


def _values(held: Point) -> str:
    """The parameters as assigned in SystemVerilog, with an empty image for each memory."""
    values = [f".{name}({_literal(name, value, held)})" for name, value in held.parameters]
    if held.module in _IMAGES:
        values.append(f'.{_IMAGES[held.module]}("groups.mem")')
    return ", ".join(values)


def _literal(name: str, value: int, held: Point) -> str:
    """The text of a parameter's value; the parameter of PE kinds has four bits for each row."""
    if name == "KINDS":
        return f"{4 * held.values['ROWS']}'h{value:x}"
    return f"4'd{value}" if name == "KIND" else str(value)
