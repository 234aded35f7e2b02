"""The kinds of processing element an array row can be built from, one frozen row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lightsim.errors import unknown_name
from lightsim.numerics.scheme import Scheme

__all__ = ["PE_KINDS", "PeKind", "pe_kind"]


@dataclass(frozen=True, slots=True)
class PeKind:
    """A processing element.

    `passes(scheme, k, activation_bits)` is how many cycles a lane needs for one product;
    `runs` names the schemes whose weights it can take; `latency` is the depth of its product
    pipeline in cycles. `term_serial` lanes read one term of the weight in each pass. `shifts`
    says that a product is formed term by term, so that each shifted term can be truncated.
    """

    name: str
    title: str
    runs: frozenset[str]
    latency: int
    passes: Callable[[Scheme, int, int], int]
    term_serial: bool = False
    shifts: bool = False

    def code_bits(self, scheme: Scheme) -> int:
        """Bits of the weight code a lane reads in one step: one term, or the whole weight."""
        return scheme.term_bits if self.term_serial else scheme.weight_bits

    def accepts(self, scheme: Scheme, activation_bits: int) -> bool:
        """Whether a lane of this kind can multiply these weights by these activations."""
        return scheme.name in self.runs and (activation_bits != 1 or scheme.name == "binary")


def _one(scheme: Scheme, k: int, activation_bits: int) -> int:
    return 1


def _serial(scheme: Scheme, k: int, activation_bits: int) -> int:
    return max(k, 1)


def _bit_serial(scheme: Scheme, k: int, activation_bits: int) -> int:
    return activation_bits


_SHIFT = frozenset({"lightnn1", "lightnn2", "flightnn", "binary"})
_ALL = _SHIFT | {"fixed8", "fixed4"}

PE_KINDS: dict[str, PeKind] = {
    row.name: row
    for row in (
        PeKind("multiply_dsp", "multiply on DSP", _ALL, 3, _one),
        PeKind("multiply_lut", "multiply in LUTs", _ALL, 2, _one),
        PeKind(
            "shift_add_serial", "one shift, k cycles per weight", _SHIFT, 1, _serial, True, True
        ),
        PeKind(
            "shift_add_spatial", "two shifts and an add, one cycle", _SHIFT, 2, _one, shifts=True
        ),
        PeKind("xnor_popcount", "XNOR and popcount", frozenset({"binary"}), 1, _bit_serial),
    )
}


def pe_kind(name: str, where: str = "array") -> PeKind:
    """The PE kind called `name`; raises `InputError` with the nearest name if there is none."""
    try:
        return PE_KINDS[name]
    except KeyError:
        raise unknown_name(where, "PE kind", name, PE_KINDS) from None
