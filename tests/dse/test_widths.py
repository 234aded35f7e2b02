"""Studies of networks whose activations have other widths than eight bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dse.evaluation.accuracies import scores_of
from dse.evaluation.verdict import judged
from dse.evaluation.widths import widths_of
from dse.machine.design import Design
from dse.search.explore import explore
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from lightsim.network.writing import dump_network
from tests.dse.explore.spaces import small_study
from tests.quantisation.networks import convolution, dense, network

AXES = {
    "lanes": ["multiply_lut"], "rows": [8, 16], "columns": [8, 16], "pixels": [1, 2],
    "scheme": ["fixed4"], "weight_bytes": ["512 words"],
}  # fmt: skip
NET = network(
    [
        convolution(16, name="a", padding=1, activation="relu"),
        convolution(16, name="b", padding=1, activation="relu", activation_bits=2),
        dense(10, name="scores"),
    ],
    image=(3, 6, 6),
)


def study_of(folder: Path, objective: str, direction: str):
    file = folder / "net.toml"
    file.write_text(dump_network(replace(NET, activation_bits=4)))
    return small_study(
        network=[{"name": str(file)}], axes=AXES, objectives={objective: direction},
        search={"trials": 1000},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("objective", "direction"), [("throughput", "maximise"), ("energy", "minimise")]
)
def test_the_answer_is_that_of_enumeration(objective, direction, tmp_path):
    study = study_of(tmp_path, objective, direction)
    widths = widths_of(study)
    assert widths == {"fixed4": (2, 4, 8)}
    found = explore(study)
    builder = Builder(study.board, study.resource_limits(), widths)
    evaluator, scores = Evaluator(study.shares, study.search.seed), scores_of(study)
    key, best = study.objectives[0].measure.key, None
    for number in range(study.space.size):
        built = builder.build(study.space.point(number))
        if isinstance(built, Design):
            assert built.accelerator.activation_bits == (2, 4, 8)
            record = judged(study, scores, number, built, evaluator.run(built))
            value = record.values[key]
            best = value if best is None else (max if direction == "maximise" else min)(best, value)
    assert found.exhaustive and found.gap == 0
    assert found.front[0].values[key] == best == found.limit
