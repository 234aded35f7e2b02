"""Several images: one after another with weights fetched ahead, and together."""

from __future__ import annotations

import numpy as np

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.description.accelerator import Buffer
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation.machine import simulate
from tests.quantisation.networks import EVERY_OPERATOR, convolution, dense, network
from tests.tiled.simulation.checks import check_accounts, wrong_layers
from tests.tiled.simulation.layers import convolve, run
from tests.tiled.simulation.machines import machine

SMALL = (convolution(16, padding=1, activation="relu"), {"operator": "flatten"}, dense(32))


def test_weights_of_the_next_batch_are_fetched_ahead():
    # The layer of test_closed_forms.test_compute_bound_in_one_tile, twice. The first ends at
    # 2889. Its weights are in the second bank long before: at 2893 the input has the memory to
    # itself: words from 2903, full at 3159 (266 cycles, not 268), e = 3159 + 7 + 2304 = 5470,
    # end = 5470 + 306 = 5776.
    result = run(convolve(4, 3, (8, 16, 16), padding=1), machine(), batches=2)
    first, second = result.layers
    assert (first.end, second.start, second.end) == (2889, 2889, 5776)
    assert second.stalls == {"start": 4, "input": 266, "flush": 7, "store": 306}
    ahead = [i for i in result.trace if i.unit == "load weight"]
    # 22 words, 10 cycles of latency: 0 to 32. The next begins at once, asks at 32 while both of
    # the input's requests are in the memory's slots (from 6 to 38 and to 70): granted at 38,
    # starts at 70, words from 80.
    assert [(i.start, i.end) for i in ahead] == [(0, 32), (32, 102)]


def test_without_a_second_bank_the_next_weights_wait_for_the_array():
    # The bank is free at e = 2583, still before the layer is stored.
    built = machine(weight=Buffer(65536, 1))
    result = run(convolve(4, 3, (8, 16, 16), padding=1), built, batches=2)
    ahead = [i for i in result.trace if i.unit == "load weight"]
    assert [i.start for i in ahead] == [0, 2583]
    assert result.cycles == 5776


def traffic(result, stream):
    return sum(layer.traffic[stream] for layer in result.layers)


def test_a_batch_of_two_fetches_weights_once():
    made = network(SMALL, image=(8, 6, 6))
    workload = synthetic_workload(made, SCHEMES["flightnn"], 0)
    images = synthetic_images(made, 2, 0)
    one = map_workload(workload, machine(), images=1)
    two = map_workload(workload, machine(), images=2)
    apart = simulate([one, one], [images[:1], images[1:]])
    together = simulate([two], [images])
    assert traffic(together, "weight") < traffic(apart, "weight")
    assert traffic(together, "weight") * 2 == traffic(apart, "weight")
    assert traffic(together, "input") == traffic(apart, "input")
    assert together.cycles < apart.cycles
    for result in (apart, together):
        check_accounts(result)
        assert wrong_layers(result, workload, machine(), images) == []
    for name, values in apart.outputs.items():
        assert np.array_equal(values, together.outputs[name])


def test_a_batch_does_not_change_an_image():
    made = network(EVERY_OPERATOR)
    workload = synthetic_workload(made, SCHEMES["lightnn2"], 0)
    images = synthetic_images(made, 3, 0)
    built = machine(port_bits=32, scheme="lightnn2", request_bytes=64)
    whole = simulate([map_workload(workload, built, images=3)], [images])
    single = map_workload(workload, built)
    alone = simulate([single] * 3, [images[i : i + 1] for i in range(3)])
    assert wrong_layers(whole, workload, built, images) == []
    for name, values in whole.outputs.items():
        assert np.array_equal(values, alone.outputs[name])
