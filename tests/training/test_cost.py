"""What second terms cost: stairs from the timeline, shared by the filters that stand on them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")

from lightsim.flow.given.resolve import resolve_accelerator  # noqa: E402
from lightsim.network import load_network  # noqa: E402
from lightsim.quantisation.per_filter import FilterTerms, quantise_with_k  # noqa: E402
from lightsim.quantisation.term_costs import Stairs  # noqa: E402
from lightsim.tiled.mapping.program import map_workload  # noqa: E402
from lightsim.tiled.term_costs import term_costs  # noqa: E402
from lightsim.tiled.timeline.model import run  # noqa: E402
from lightsim.training.models.model import build_model  # noqa: E402
from lightsim.training.recipes.options import FlightnnOptions, ModelOptions  # noqa: E402

STAIRS = Stairs(((0, 1, 2, 3, 4, 5),), (0, 4, 6), np.array([8.0, 6.0]))


@pytest.mark.parametrize(
    ("k", "norms", "expected"),
    [
        # Two of four places used: 8 cycles for two filters, two free places, then a new step.
        ([2, 2, 1, 1, 1, 1], [6, 5, 4, 3, 2, 1], [4, 4, 0, 0, 3, 3]),
        # The second step holds one filter, which pays for it alone; the last place is free.
        ([2, 2, 2, 2, 2, 1], [6, 5, 4, 3, 2, 1], [2, 2, 2, 2, 6, 0]),
        ([1, 1, 1, 1, 1, 1], [6, 5, 4, 3, 2, 1], [2, 2, 2, 2, 3, 3]),
        ([2, 2, 2, 2, 2, 2], [6, 5, 4, 3, 2, 1], [2, 2, 2, 2, 3, 3]),
        # The order is k first, then the norm.
        ([1, 2, 1, 1, 1, 2], [6, 1, 4, 3, 2, 2], [0, 4, 0, 3, 3, 4]),
        ([0, 2, 1, 1, 1, 2], [9, 1, 4, 3, 2, 2], [0, 4, 0, 3, 3, 4]),
    ],
)
def test_a_step_is_shared_by_those_on_it(k, norms, expected):
    weights = STAIRS.weights(np.array(k, np.int8), np.array(norms, float))
    assert weights.tolist() == expected


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.sampled_from([0, 1, 2]), min_size=n, max_size=n),
            st.lists(st.integers(0, 5), min_size=n, max_size=n),
            st.integers(1, 5),
        )
    )
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_second_terms_together_pay_for_the_steps_they_use(case):
    k, norms, rows = np.array(case[0], np.int8), np.array(case[1], float), case[2]
    edges = (*range(0, len(k), rows), len(k))
    cycles = np.arange(1.0, len(edges))
    weights = Stairs((tuple(range(len(k))),), edges, cycles).weights(k, norms)
    present = int((k == 2).sum())
    used = cycles[: -(-present // rows)].sum()
    assert weights[k == 2].sum() == pytest.approx(used)


@pytest.mark.parametrize("board", ["zc706", "ulx3s"])
def test_the_stairs_are_the_timelines(board):
    """All steps of all sets together are what k = 2 takes longer than k = 1.

    But for what a pass hides of its neighbour's transfers, which no layer's stair can hold.
    """
    network = load_network("digits")
    _, accelerator, _ = resolve_accelerator(board, None, "flightnn")
    model = build_model(network, "flightnn", ModelOptions(), 0)
    costs = term_costs(model.export("for a test"), accelerator, images=4)

    tilings, ends = None, {}
    for terms in (2, 1):
        k = {
            layer.name: np.full(layer.weight_shape[0], terms, np.int8)
            for layer in network.layers
            if layer.has_weights
        }
        workload = quantise_with_k(network, FilterTerms(k), 0)
        program = map_workload(workload, accelerator, images=4, tilings=tilings)
        tilings = {schedule.layer.name: schedule.tiling for schedule in program.schedules}
        ends[terms] = int(run([program]).ends[-1])
    total = sum(
        cycles * sum(len(own) > first for own in stairs.sets)
        for stairs in costs.layers.values()
        for first, cycles in zip(stairs.edges, stairs.cycles, strict=False)
    )
    assert total == pytest.approx(ends[2] - ends[1], rel=0.02)


def test_weights_are_refreshed_before_every_epoch():
    network = load_network("digits")
    _, accelerator, _ = resolve_accelerator("ulx3s", None, "flightnn")
    options = ModelOptions(flightnn=FlightnnOptions(warm_up=0, ramp=0, frozen=0))
    model = build_model(network, "flightnn", options, 0)
    costs = term_costs(model.export("for a test"), accelerator)
    model.weigh_by(costs)
    model.begin_epoch(0, 2)
    node = model.weighted()[1]
    first = node.weights.term_weights.clone()
    norms = model.residual_norms()["conv2"]
    with torch.no_grad():
        node.weights.thresholds[1] = float(np.median(norms))
    model.begin_epoch(1, 2)
    second = node.weights.term_weights
    assert not torch.equal(first, second)
    expected = costs.weights(model.k(), model.residual_norms())["conv2"]
    assert second.tolist() == pytest.approx(expected.tolist())
