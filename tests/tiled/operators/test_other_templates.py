"""What a template does not build is refused by its name, whatever else the network is."""

from __future__ import annotations

import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.streaming.mapping.layers import BUILDERS
from lightsim.streaming.mapping.supported import OPERATORS, check_supported
from tests.quantisation.networks import convolution, network

LAYERS = (
    (convolution(4, dilation=2), "dilation is not built by template 'streaming'"),
    (convolution(4, activation="silu"), "activation 'silu' is not built"),
    ({"operator": "upsample"}, "operator 'upsample' is not built"),
)


@pytest.mark.parametrize(("layer", "answer"), LAYERS)
def test_streaming_names_what_it_does_not_build(layer, answer):
    own = network([layer, convolution(3)])
    workload = synthetic_workload(own, SCHEMES["flightnn"], 0)
    with pytest.raises(InputError, match=answer):
        check_supported(workload)


def test_the_list_is_that_of_the_engines():
    assert {*BUILDERS, "flatten"} == set(OPERATORS)
