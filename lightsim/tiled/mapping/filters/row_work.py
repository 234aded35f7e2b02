"""The row groups of filter tiles as arrays: what each takes in passes, weight words and drains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.pe_kinds import pe_kind
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import most_terms, row_groups
from lightsim.tiled.mapping.plan.layout import Span, first_in_word
from lightsim.tiled.mapping.plan.plan import EngineLayer
from lightsim.tiled.mapping.plan.words import block_channels

__all__ = ["RowWork", "row_work"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RowWork:
    """`passes`, `planes` and `drain` of every row group, int64[group], tile after tile;
    `counts` says how many groups a tile has, int64[tile].
    """

    passes: Ints
    planes: Ints
    drain: Ints
    counts: Ints


def row_work(
    layer: EngineLayer, accelerator: Accelerator, spans: tuple[Span, ...], sort_filters: bool
) -> RowWork:
    """The work of the row groups that `row_groups` makes of the spans."""
    kinds = {group.pe for group in accelerator.array.groups}
    if layer.groups == 1 and len(kinds) == 1:
        parts = [_uniform(layer, accelerator, span, sort_filters) for span in spans]
    else:
        parts = [_listed(layer, accelerator, span, sort_filters) for span in spans]
    passes, planes, drain = (np.concatenate(part) for part in zip(*parts, strict=True))
    return RowWork(passes, planes, drain, np.array([len(part[0]) for part in parts], np.int64))


def _listed(
    layer: EngineLayer, accelerator: Accelerator, span: Span, sort_filters: bool
) -> tuple[Ints, Ints, Ints]:
    groups = row_groups(layer, accelerator, span, sort_filters)
    rows = [(group.passes, group.planes, group.drain) for group in groups]
    passes, planes, drain = np.array(rows, np.int64).T
    return passes, planes, drain


def _uniform(
    layer: EngineLayer, accelerator: Accelerator, span: Span, sort_filters: bool
) -> tuple[Ints, Ints, Ints]:
    """Where all rows are of one kind the filters fill them one after another, sorted by falling
    k or as they come.
    """
    scheme, k = layer.main.scheme, layer.main.k
    if scheme is None or k is None:
        raise ValueError(f"layer '{layer.name}' has no weights to place in rows")
    kind, rows = pe_kind(accelerator.array.groups[0].pe), accelerator.array.rows
    lanes, bits = accelerator.post.lanes, layer.source.element.bits
    view = layer.destination
    begin = first_in_word(view, block_channels(accelerator.word_bytes, view.element.bits))
    every = range(most_terms(scheme) + 1)
    takes = np.array([kind.passes(scheme, terms, bits) for terms in every], np.int64)
    reads = np.array([max(terms, 1) if kind.term_serial else 1 for terms in every], np.int64)
    own = k[span.start : span.stop].astype(np.int64)
    order = np.arange(span.size)
    if sort_filters and scheme.max_terms > 1:
        order = np.argsort(-own, kind="stable")
    begins = np.arange(0, span.size, rows)
    terms = np.maximum.reduceat(own[order], begins)
    pruned = (terms == 0) & scheme.k_per_filter
    # Of each lane, how many rows of each group it takes.
    taken = np.bincount(
        np.arange(span.size) // rows * lanes + (begin + order) % lanes,
        minlength=len(begins) * lanes,
    )
    drain: Ints = taken.reshape(len(begins), lanes).max(axis=1)
    return np.where(pruned, 0, takes[terms]), np.where(pruned, 0, reads[terms]), drain
