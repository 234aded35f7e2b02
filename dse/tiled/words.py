"""A tiled accelerator in words: its array, its lanes, and the sizes that distinguish designs."""

from __future__ import annotations

from dse.machine.design import Design, DesignWords

__all__ = ["words"]


def words(design: Design) -> DesignWords:
    """The words with which reports describe a design."""
    acc = design.accelerator
    array = acc.array
    lanes = " + ".join(f"{group.rows} {group.pe}" for group in array.groups)
    return DesignWords(
        part="array",
        short=f"{array.rows} x {array.columns} x {array.pixels}",
        whole=f"{array.rows} rows ({lanes}) x {array.columns} columns x {array.pixels} pixels",
        lanes=lanes,
        numbers={
            "rows": array.rows,
            "columns": array.columns,
            "pixels": array.pixels,
            "ports": len(acc.ports),
        },
    )
