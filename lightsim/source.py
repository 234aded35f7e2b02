"""Where a number comes from, and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from lightsim.descriptions import Text, check_fields

__all__ = ["Certainty", "Source"]

Certainty = Literal["read", "digitised", "measured", "derived", "recalled", "assumed"]


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of a row of data.

    `certainty`: `read` in the named document; `digitised` from its figure; `measured` by us
    with the named command; `derived` by arithmetic from read numbers; `recalled` from memory
    and unchecked; `assumed` by us as a modelling choice.
    """

    certainty: Certainty
    text: Annotated[str, Text()]

    def __post_init__(self) -> None:
        check_fields(self)

    def __str__(self) -> str:
        return f"{self.certainty}: {self.text}"
