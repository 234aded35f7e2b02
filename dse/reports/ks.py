"""The number of filters of every layer with no, one, two and more terms."""

from __future__ import annotations

from dse.evaluation.workloads import workload_of
from dse.search.result import Exploration
from dse.storage.record import Record
from lightsim.quantisation.term_counts import filters_by_k

__all__ = ["k_counts"]


def k_counts(found: Exploration, record: Record) -> dict[str, dict[str, int]]:
    """The number of filters of each k, for every layer with weights. If there are several networks,
    a layer is named `network/layer`.

    Schemes that multiply have no terms and are not counted.
    """
    if record.k:
        return {
            name: {digit: digits.count(digit) for digit in "012"}
            for name, digits in record.k.items()
        }
    scheme = found.design(record).accelerator.scheme
    several = len(found.study.shares) > 1
    counts: dict[str, dict[str, int]] = {}
    for share in found.study.shares:
        workload = workload_of(share.network, scheme, found.study.search.seed)
        for layer in workload.layers:
            if layer.weights is None or layer.k is None:
                continue
            name = f"{share.network}/{layer.layer.name}" if several else layer.layer.name
            counts[name] = filters_by_k(layer)
    return counts
