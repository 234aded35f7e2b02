"""The network of a study whose k is free: its filters, their losses and the loss allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dse.accuracy.given import CallableAccuracy, load_table
from dse.accuracy.measured import MeasuredAccuracy, can_measure, measured
from dse.accuracy.rounded_network import RoundedNetwork, rounded_network_of, uniform
from dse.accuracy.sensitivity import sensitivity
from dse.accuracy.source import AccuracySource, FilterLosses, total_loss
from dse.free_k.tolerance import Tolerance, least_loss, loss_that_keeps, most_terms
from dse.space.k_choices import ANY, FREE, GIVEN, tolerated
from dse.space.k_layers import restricted
from dse.study.study import Study
from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import PER_FILTER
from lightsim.quantisation.per_filter import KMap
from lightsim.quantisation.workload import Workload

__all__ = ["FreeK", "free_k_of"]


@dataclass(frozen=True, slots=True, eq=False)
class FreeK:
    """The measures by which allocations of k are chosen in a study.

    `losses` are losses of single filters, which add up. `judge`, if there is one, gives the
    accuracy of a whole allocation. `tolerances` gives for each choice of the axis k the loss that
    is allowed.
    """

    study: Study
    rounded_network: RoundedNetwork
    losses: FilterLosses
    judge: AccuracySource | None
    tolerances: Mapping[str, Tolerance]

    @property
    def uniform_layers(self) -> dict[str, tuple[int, ...]]:
        """Layers in which all filters must have the same number of terms, with the allowed
        numbers in rising order. Layers that may be free are left out."""
        return restricted(self.study.layers)

    @property
    def most_terms(self) -> dict[str, NDArray[np.int8]]:
        """The allocation with the most terms that the layers may have, int8[filter] by layer."""
        return most_terms(self.rounded_network, self.uniform_layers)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as the study alone: another process builds the rest again, because kernels
        cannot be pickled."""
        own = self.judge if isinstance(self.judge, CallableAccuracy) else None
        return free_k_of, (self.study, own)

    @property
    def source(self) -> str:
        """The name of the source of the accuracy."""
        return self.losses.name if self.judge is None else self.judge.name

    @property
    def workload(self) -> Workload:
        """The network for the bounds: with two terms in every filter."""
        return self.rounded_network.with_k(uniform(self.rounded_network, 2))

    def keeps(self, k: KMap, tolerance: Tolerance) -> bool:
        """Whether an allocation that keeps the tolerance's loss keeps its accuracy too."""
        floor = tolerance.floor
        return self.judge is None or floor is None or self.judge.evaluate(k) >= floor

    def values(self, k: KMap) -> dict[str, float]:
        """The values of an allocation by name.

        `loss` is the sum of the filters' losses. `accuracy` is there if the source gives one.
        `choosing_accuracy`, on the images by which allocations are chosen, is there if accuracy is
        measured; `accuracy` is then measured on held-out images.
        """
        found = {"loss": total_loss(self.losses.losses, k)}
        if isinstance(self.judge, MeasuredAccuracy):
            found["choosing_accuracy"] = self.judge.evaluate(k)
            found["accuracy"] = self.judge.held_out_accuracy(k)
        elif self.judge is not None:
            found["accuracy"] = self.judge.evaluate(k)
        elif self.losses.name != "sensitivity":
            found["accuracy"] = self.losses.evaluate(k)
        return found


def free_k_of(study: Study, judge: CallableAccuracy | None = None) -> FreeK | None:
    """The free k of a study; None if k is given by the workload.

    `judge` is the user's own function. Without `judge`, `[accuracy]` says the source: a file of
    losses; otherwise measured accuracy if the network has labelled images; otherwise sensitivity.
    Raises `InputError` for a study that does not say how much a choice of k may lose, or that has
    a free k beside several networks, another scheme or k = 'given'.
    """
    choices = [str(choice) for choice in study.axes.get("k", (GIVEN,))]
    if choices == [GIVEN]:
        if study.layers:
            problem = f"is stated for '{next(iter(study.layers))}', and k is 'given'"
            raise InputError("[layers]", problem, "accepted: another k under [axes], or none")
        return None
    _check(study, choices)
    network = study.shares[0].network
    rounded_network = rounded_network_of(load_network(network), seed=study.search.seed)
    choice = study.accuracy
    if choice.file is not None:
        losses: FilterLosses = load_table(Path(choice.file), rounded_network)
        return FreeK(
            study,
            rounded_network,
            losses,
            judge,
            _tolerances(study, rounded_network, losses, judge),
        )
    if (choice.source == "table" or choice.table) and judge is None:
        problem = "has a table by scheme, which says nothing of single filters"
        raise InputError("[accuracy]", problem, "accepted: file = 'losses.toml', with their losses")
    losses = sensitivity(rounded_network)
    labelled = can_measure(rounded_network)
    own: AccuracySource | None = judge
    if judge is None and choice.source != "sensitivity" and (labelled or choice.source != "auto"):
        own = _measured(rounded_network, choice.images)
    return FreeK(
        study, rounded_network, losses, own, _tolerances(study, rounded_network, losses, own)
    )


def _check(study: Study, choices: list[str]) -> None:
    if GIVEN in choices:
        problem = f"k is 'given' beside '{next(c for c in choices if c != GIVEN)}'"
        raise InputError("[axes]", problem, "accepted: 'given' alone: its weights are others")
    schemes = [str(name) for name in study.axes["scheme"]]
    if schemes != [PER_FILTER.name]:
        problem = f"k is '{choices[0]}' under scheme '{', '.join(schemes)}'"
        raise InputError("[axes]", problem, f"accepted: k per filter under {PER_FILTER.name} alone")
    if len(study.shares) > 1:
        problem = f"k is '{choices[0]}', and there are {len(study.shares)} networks"
        raise InputError("[axes]", problem, "accepted: one network, or k = 'given'")


def _measured(rounded_network: RoundedNetwork, most: int | None) -> MeasuredAccuracy:
    found = measured(rounded_network)
    if most is None:
        return found
    choosing, held_out = found.choosing, found.held_out
    return replace(
        found,
        choosing=replace(choosing, images=choosing.images[:most], labels=choosing.labels[:most]),
        held_out=replace(held_out, images=held_out.images[:most], labels=held_out.labels[:most]),
    )


def _tolerances(
    study: Study,
    rounded_network: RoundedNetwork,
    losses: FilterLosses,
    judge: AccuracySource | None,
) -> dict[str, Tolerance]:
    return {
        str(choice): _tolerance(study, str(choice), rounded_network, losses, judge)
        for choice in study.axes["k"]
    }


def _tolerance(
    study: Study,
    choice: str,
    rounded_network: RoundedNetwork,
    losses: FilterLosses,
    judge: AccuracySource | None,
) -> Tolerance:
    """The tolerance of a choice of the axis k: with a judge a least accuracy, without a judge a
    loss beyond the loss of k = 2."""
    two, lost, layers = uniform(rounded_network, 2), tolerated(choice), restricted(study.layers)
    if choice == ANY:
        return Tolerance(sum(float(row.max(axis=1).sum()) for row in losses.losses.values()))
    stated = {budget.measure.name: budget.limit for budget in study.budgets}.get("accuracy")
    if lost is None and (stated is None or (judge is None and losses.name == "sensitivity")):
        problem = f"k is '{FREE}', and no budget of an accuracy that something says limits it"
        raise InputError("[axes]", problem, "accepted: k = '1 %', or [budget] accuracy")
    if judge is None:
        most = total_loss(losses.losses, two) + (lost or 0.0)
        if lost is None and stated is not None:
            whole = losses.evaluate(two) + total_loss(losses.losses, two)
            most = whole - stated
        _check_least(choice, most, least_loss(losses.losses, rounded_network.last, layers))
        return Tolerance(most)
    reached = judge.evaluate(two)
    # An accuracy is never below 0: '100 %' allows a network of accuracy 0.5 to lose all of it.
    floor = stated if lost is None else max(0.0, reached - lost)
    assert floor is not None
    most_or_none = loss_that_keeps(rounded_network, losses.losses, judge, floor, layers)
    if most_or_none is None:
        what = "two terms everywhere" if not layers else "the most terms that [layers] leaves"
        reached = judge.evaluate(most_terms(rounded_network, layers))
        raise InputError(
            "[budget]",
            f"accuracy is {floor:.4g}, and with {what} it is {reached:.4g}",
            f"accepted: at most {reached:.4g} ({judge.name}, on the images for choosing)",
        )
    return Tolerance(most_or_none, floor)


def _check_least(choice: str, most: float, least: float) -> None:
    """Raise `InputError`, before the search, if every allocation loses more than `most`."""
    if least > most * (1 + 1e-9) + 1e-9:
        problem = f"k is '{choice}', a loss of {most:.4g}; what layers may hold loses {least:.4g}"
        raise InputError("[layers]", problem, "accepted: more terms, or a larger loss in axis k")
