"""The accuracy of a study's networks under each scheme, and where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dse.evaluation.workloads import check_sums, workload_of
from dse.study.study import Study
from lightsim.errors import InputError, LightSimError, unknown_name
from lightsim.quantisation.inference.infer import accuracy
from lightsim.quantisation.workload import LabelledImages
from lightsim.template.design import Arithmetic

__all__ = ["Scores", "refused_schemes", "scores_of"]

# Where k is free: the sources that have another name in a report, and the detail of each source.
_KINDS = {"callable": "table"}
_OF_FILTERS = {
    "measured": "k chosen by training images, held-out images report",
    "sensitivity": "output error of every filter",
    "table": "losses of filters",
    "callable": "callable",
}


@dataclass(frozen=True, slots=True)
class Scores:
    """The accuracy of each scheme (None if no source gives it), and the source.

    `source` is `measured`, `sensitivity` or `table`; `detail` describes it more closely. A
    function of the user's has the source `table` and the detail `callable`.
    """

    by_scheme: Mapping[str, float | None]
    source: str
    detail: str


def refused_schemes(study: Study, accumulator: Arithmetic) -> dict[str, LightSimError]:
    """The schemes of a study under which the sums of a network do not fit the accumulator, or
    which a network cannot have at all, each with the reason.

    Raises the first reason if no scheme is left.
    """
    found: dict[str, LightSimError] = {}
    for name in map(str, study.axes["scheme"]):
        try:
            for share in study.shares:
                check_sums(workload_of(share.network, name, study.search.seed), accumulator)
        except LightSimError as error:
            found[name] = error
    if len(found) == len(study.axes["scheme"]):
        raise next(iter(found.values()))
    return found


def scores_of(study: Study, free_k: str | None = None, refused: Collection[str] = ()) -> Scores:
    """The accuracies by which the study's designs are judged, without the `refused` schemes.

    `free_k` names the source if k is free; the accuracy then belongs to an allocation, and no
    scheme has one here. With source `auto` a table of accuracies is used if the study has one;
    otherwise accuracies are measured if every network has labelled images. To measure is to run
    the held-out images through the bit-exact kernels, once for each scheme. Raises `InputError` if
    an objective or a budget asks for an accuracy that no source gives.
    """
    schemes = [str(name) for name in study.axes["scheme"] if name not in refused]
    if free_k is not None:
        if _asked(study) and free_k == "sensitivity":
            problem = "nothing says an accuracy (sensitivity predicts a loss, no accuracy)"
            raise InputError("[accuracy]", problem, "accepted: file = 'losses.toml'")
        return Scores(dict.fromkeys(schemes), _KINDS.get(free_k, free_k), _OF_FILTERS[free_k])
    table, source = study.accuracy.table, study.accuracy.source
    for name in table:
        if name not in schemes and name not in refused:
            raise unknown_name("[accuracy.table]", "scheme of the study", name, schemes)
    detail = "held-out images"
    if source == "table" or (source == "auto" and table):
        found: dict[str, float | None] = {name: table.get(name) for name in schemes}
        source, detail = "table", "by scheme"
    else:
        found = {name: _measured(study, name) for name in schemes}
        if source == "measured" and None in found.values():
            _refuse("source is 'measured', and not every network has labelled images")
        source = "measured" if None not in found.values() else "sensitivity"
        detail = detail if source == "measured" else "no labelled images"
    if _asked(study) and None in found.values():
        missing = next(name for name, score in found.items() if score is None)
        _refuse(f"nothing says the accuracy under '{missing}', which the study asks for")
    return Scores(found, source, detail)


def _refuse(problem: str) -> None:
    raise InputError(
        "[accuracy]", problem, "accepted: [accuracy.table] with a number for every scheme"
    )


def _asked(study: Study) -> bool:
    measures = [objective.measure for objective in study.objectives]
    measures += [budget.measure for budget in study.budgets]
    return any(row.name == "accuracy" for row in measures)


def _measured(study: Study, scheme: str) -> float | None:
    """The mean accuracy over the networks, weighted by their shares; None if a network has no
    labelled images."""
    found = 0.0
    for share in study.shares:
        workload = workload_of(share.network, scheme, study.search.seed)
        if workload.held_out is None:
            return None
        images = _first(workload.held_out, study.accuracy.images)
        found += share.weight * accuracy(workload, images)
    return found


def _first(images: LabelledImages, most: int | None) -> LabelledImages:
    if most is None:
        return images
    return replace(images, images=images.images[:most], labels=images.labels[:most])
