"""The rooms joined: takes a network, returns a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.flow.run import Experiment, run

__all__ = ["Experiment", "run"]


def __getattr__(name: str) -> Any:
    """Import `run` and `Experiment` at their first use, because their rooms are heavy. Raises
    `AttributeError` for an unknown name.
    """
    if name in __all__:
        from lightsim.flow import run as module

        return getattr(module, name)
    raise AttributeError(f"module 'lightsim.flow' has no attribute '{name}'")
