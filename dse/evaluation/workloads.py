"""The quantised networks of a study, the same as `lightsim run` uses."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.inference.accumulators import check_accumulators
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import Workload
from lightsim.template.design import Arithmetic

__all__ = ["check_sums", "workload_of"]


@lru_cache(maxsize=64)
def workload_of(network: str, scheme_name: str, seed: int) -> Workload:
    """The quantised network, the same as `lightsim run` uses; kept for the next call."""
    return quantise(load_network(network), scheme(scheme_name), seed)


def check_sums(workload: Workload, accumulator: Arithmetic) -> None:
    """Raise `InputError` if a sum could be too large for an accumulator with overflow `refuse`."""
    if accumulator.overflow == "refuse":
        _check(workload, accumulator.bits, accumulator.accumulation)


@lru_cache(maxsize=256)
def _check(workload: Workload, bits: int, accumulation: Literal["exact", "truncate"]) -> None:
    check_accumulators(workload, bits, accumulation)
