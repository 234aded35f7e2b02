"""What makes a streaming accelerator legal, as far as it can be said without its network."""

from __future__ import annotations

from lightsim.errors import InputError
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.streaming.description.accelerator import StreamingAccelerator

__all__ = ["check_accelerator"]


def check_accelerator(made: StreamingAccelerator, where: str | None = None) -> None:
    """Raises `InputError` at the first rule that a description breaks.

    Whether the factors divide the layers is known where a network is laid on it.
    """
    called = made.name if where is None else where
    if not made.layers:
        raise InputError(called, "layers is empty", "accepted: a folding for each layer")
    scheme = SCHEMES[made.scheme]
    for name, folding in made.layers.items():
        if folding.lanes is None:
            continue
        kind = PE_KINDS[folding.lanes]
        if not kind.takes(scheme):
            able = [row.name for row in PE_KINDS.values() if row.takes(scheme)]
            problem = f"lanes '{kind.name}' cannot run scheme '{scheme.name}'"
            raise InputError(f"{called}, layer '{name}'", problem, f"accepted: {', '.join(able)}")
        if made.accumulator.accumulation == "truncate" and not kind.shifts:
            problem = f"accumulation 'truncate', but lanes '{kind.name}' form whole products"
            raise InputError(f"{called}, layer '{name}'", problem, "accepted: lanes that shift")
