"""Timeline: the machine of `simulation` without its data, as one numba recurrence.

`tables` writes a program down as numbers, and `expand` lists its tiles and transfers. `recurrence`
grants memory requests in order of time; every other event follows from these grants (`settle`,
`tile`, `request`). `model` runs programs, and `result` gives the results their names.

For one memory channel, `one_channel` grants the requests with all its state in variables
(`one_grant`) and grants steady trains of requests in one step (`jump`). `without` forks a run at
every pass, to time the pass without one of the causes that hold it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.tiled.timeline.model import run
    from lightsim.tiled.timeline.result import TimelineResult

__all__ = ["TimelineResult", "run"]


def __getattr__(name: str) -> Any:
    """Import the room's names at their first use, because they import Numba. Raises
    `AttributeError` for an unknown name.
    """
    if name == "TimelineResult":
        from lightsim.tiled.timeline.result import TimelineResult

        return TimelineResult
    if name in __all__:
        from lightsim.tiled.timeline import model

        return getattr(model, name)
    raise AttributeError(f"module 'lightsim.tiled.timeline' has no attribute '{name}'")
