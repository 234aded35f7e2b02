"""The front as an HTML table."""

from __future__ import annotations

from html import escape

from dse.search.result import Exploration
from dse.storage.record import Record
from dse.study.measures import spell_measure
from lightsim.hardware.device import Resources

__all__ = ["front_table"]


def front_table(found: Exploration) -> str:
    """A row for every design of the front, the best in the first objective first."""
    objectives = [objective.measure for objective in found.study.objectives]
    titles = [row.title for row in objectives]
    titles += ["scheme", "lanes", "rows", "columns", "pixels", "ports", "batch"]
    titles += [name.upper() for name in Resources.names()]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    rows = "\n".join(_row(found, record) for record in found.front)
    return (
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _row(found: Exploration, record: Record) -> str:
    design = found.design(record)
    array = design.accelerator.array
    lanes = " + ".join(f"{group.rows} {group.pe}" for group in array.groups)
    cells = [
        *(
            spell_measure(o.measure, record.values.get(o.measure.key))
            for o in found.study.objectives
        ),
        design.accelerator.scheme,
        lanes,
        *map(str, (array.rows, array.columns, array.pixels)),
        str(len(design.accelerator.ports)),
        str(design.batch),
        *(f"{amount:,}" for amount in design.resources.values()),
    ]
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
