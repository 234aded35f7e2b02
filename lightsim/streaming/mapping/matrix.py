"""The engine of a layer with weights: its sets of channels, folds, passes and order of filters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.pe_kinds import PeKind
from lightsim.quantisation.workload import QuantisedLayer
from lightsim.streaming.mapping.factors import is_depthwise
from lightsim.streaming.mapping.program import Program, program

__all__ = ["MatrixPlan", "matrix_plan", "matrix_program", "matrix_steps"]


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPlan:
    """What an engine with weights holds and does for one position, a set of channels after another.

    Of each of `sets` sets `channels` channels are held, which `words` words bring; then come its
    folds of `pe` filters. `order` int64[filters] are the filters in the order in which they
    leave. `passes` int64[sets, folds] are the passes over the held input that a fold takes.
    `index` int64[inputs of a set] says, of a layer of one set, where each held value stands in
    [channels, height, width]; of several sets the values are taps of neighbouring channels.
    """

    layer: QuantisedLayer
    sets: int
    channels: int
    words: int
    order: NDArray[np.int64]
    passes: NDArray[np.int64]
    index: NDArray[np.int64]
    kind: PeKind

    @property
    def folds(self) -> int:
        """Folds of a set."""
        return int(self.passes.shape[1])

    def of_words(self, words: int) -> MatrixPlan:
        """The same with sets that so many words bring."""
        return replace(self, words=words)


def matrix_plan(
    quantised: QuantisedLayer,
    kind: PeKind,
    pe: int,
    words: int,
    index: NDArray[np.int64],
    sorts: bool,
) -> MatrixPlan:
    """The plan of a layer whose set is brought by `words` words; `sorts` puts filters of many
    terms first, over the whole layer.
    """
    layer = quantised.layer
    filters = layer.output_shape.channels
    if is_depthwise(layer):
        channels = max(1, pe // layer.filters_of_group)
        sets = layer.input_shape.channels // channels
    else:
        channels, sets = layer.channels_of_group, layer.groups
    order = np.arange(filters, dtype=np.int64)
    terms = np.zeros(filters, np.int64) if quantised.k is None else quantised.k.astype(np.int64)
    if sorts:
        order = np.argsort(-terms, kind="stable").astype(np.int64)
    assert quantised.scheme is not None
    of_fold = terms[order].reshape(sets, filters // sets // pe, pe).max(axis=2)
    bits = quantised.inputs[0].bits
    most = int(terms.max())
    of_terms = [kind.passes(quantised.scheme, k, bits) for k in range(most + 1)]
    plan = np.array(of_terms, np.int64)[of_fold]
    if kind.term_serial:
        # A fold whose filters are all pruned has nothing to add to the bias.
        plan[of_fold == 0] = 0
    return MatrixPlan(quantised, sets, channels, words, order, plan, index, kind)


def matrix_program(plan: MatrixPlan, positions: int) -> Program:
    """A position: of every set, the first fold takes the words, and each fold ends with one."""
    entries: list[tuple[int, int, int, int]] = []
    exits: list[int] = []
    at = 0
    for row in _fold_steps(plan).tolist():
        for fold, steps in enumerate(row):
            if fold == 0:
                entries += [(at + step, 0, 1, 1) for step in range(plan.words)]
            at += steps
            exits.append(at - 1)
    return program(at, positions, entries, exits)


def matrix_steps(plan: MatrixPlan) -> int:
    """Steps for one position."""
    return int(_fold_steps(plan).sum())


def _fold_steps(plan: MatrixPlan) -> NDArray[np.int64]:
    """Steps of every fold: of a pruned one 1, of the first as many as there are words to take."""
    least = np.ones_like(plan.passes)
    least[:, 0] = plan.words
    steps: NDArray[np.int64] = np.maximum(plan.passes * plan.words, least)
    return steps
