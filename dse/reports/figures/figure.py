"""What a figure of an exploration's page is: a drawing and how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from dse.search.result import Exploration

__all__ = ["Figure"]


def _any_front(found: Exploration) -> bool:
    return bool(found.front)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure; `definition` says how every quantity is defined, `applies` if it is drawn."""

    name: str
    title: str
    draw: Callable[[Exploration], go.Figure]
    definition: str
    applies: Callable[[Exploration], bool] = _any_front
