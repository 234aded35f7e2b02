"""Checks the tools of a calibration before any heavy import."""

from __future__ import annotations

from lightsim.tiled.rtl.project.yosys import check_family, require_yosys

__all__ = ["check_tools"]


def check_tools(family: str) -> None:
    """Raise `InputError` for an unknown family and `MissingExtraError` without Yosys."""
    check_family(family)
    require_yosys("calibrate")
