"""Timeline: the same machine as `simulation` without its data, as one numba recurrence.

`tables` writes a program down as numbers, `expand` lists its tiles and transfers, `recurrence`
grants memory requests in order of time and lets everything else follow from them (`settle`,
`tile`, `request`), `model` runs programs and `result` names what was found. Where there is one
memory channel `one_channel` grants them with all it needs close at hand (`one_grant`), and steady
trains of them at once (`jump`). `without` forks a run at every pass, to see what the pass would
take without one of the causes that hold it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.timeline.model import run
    from lightsim.tiled.timeline.result import TimelineResult

__all__ = ["TimelineResult", "run"]


def __getattr__(name: str) -> Any:
    """The room's names, imported when first asked for: Numba comes with them."""
    if name == "TimelineResult":
        from lightsim.tiled.timeline.result import TimelineResult

        return TimelineResult
    if name in __all__:
        from lightsim.tiled.timeline import model

        return getattr(model, name)
    raise AttributeError(f"module 'lightsim.tiled.timeline' has no attribute '{name}'")
