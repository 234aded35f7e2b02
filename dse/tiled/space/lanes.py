"""A mix of PE kinds: the share of an array's rows that is built from each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import OneOf, Positive, check_fields
from lightsim.errors import InputError
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind
from lightsim.tiled.description.accelerator import LaneGroup

__all__ = ["LaneMix", "lane_mix"]

_PART = re.compile(r"^\s*([A-Za-z_]+)\s*(?:\*\s*([0-9]{1,4})\s*)?$")


@dataclass(frozen=True, slots=True)
class LaneMix:
    """PE kinds in order with their parts: `("shift_add_serial", 3), ("multiply_dsp", 1)`."""

    parts: tuple[tuple[Annotated[str, OneOf("PE kind", lambda: PE_KINDS)], Positive], ...]

    def __post_init__(self) -> None:
        check_fields(self)

    def __str__(self) -> str:
        return " + ".join(f"{pe}*{part}" if part != 1 else pe for pe, part in self.parts)

    def groups(self, rows: int) -> tuple[LaneGroup, ...]:
        """The lane groups of an array of `rows` rows.

        Each kind gets its share rounded down, and the first kind the rows that remain. A kind with
        a share below one row is left out.
        """
        whole = sum(part for _, part in self.parts)
        shares = [part * rows // whole for _, part in self.parts]
        shares[0] += rows - sum(shares)
        pairs = zip(self.parts, shares, strict=True)
        return tuple(LaneGroup(pe, share) for (pe, _), share in pairs if share > 0)


def lane_mix(text: str) -> LaneMix:
    """The mix that a text such as `shift_add_serial*3 + multiply_dsp` names.

    Raises `InputError` for an unknown kind, a kind that is named twice, or a text that is no mix.
    """
    parts = []
    for piece in text.split("+"):
        match = _PART.match(piece)
        if match is None or match[2] == "0":
            accepted = "accepted: a PE kind, or several as 'shift_add_serial*3 + multiply_dsp'"
            raise InputError("lanes", f"{text!r} is no mix of PE kinds", accepted)
        parts.append((pe_kind(match[1], "lanes").name, int(match[2] or 1)))
    if len({pe for pe, _ in parts}) < len(parts):
        raise InputError("lanes", f"{text!r} names a PE kind twice", "accepted: each once")
    return LaneMix(tuple(parts))
