"""The environment variables that LightSim reads, checked before a command begins."""

from __future__ import annotations

import os

__all__ = ["check_environment"]

_INSTRUCTION = "LIGHTSIM_INSTRUCTION"


def check_environment() -> None:
    """Raise `InputError` for a variable whose value nobody could use."""
    if os.environ.get(_INSTRUCTION):
        from lightsim.numerics.instruction import check_name

        check_name(os.environ[_INSTRUCTION])
