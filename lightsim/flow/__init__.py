"""The rooms joined: a network in, a report out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightsim.flow.run import Experiment, run

__all__ = ["Experiment", "run"]


def __getattr__(name: str) -> Any:
    """`run` and `Experiment`, imported when they are first asked for: their rooms are heavy."""
    if name in __all__:
        from lightsim.flow import run as module

        return getattr(module, name)
    raise AttributeError(f"module 'lightsim.flow' has no attribute '{name}'")
