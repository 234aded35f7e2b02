"""Well-known topologies on boards with narrow and wide ports: none is refused, bits are right."""

from __future__ import annotations

from itertools import product

import pytest

from lightsim.flow.run import Experiment, run
from lightsim.hardware.catalogue import BOARDS
from lightsim.numerics.formats.scheme import SCHEMES
from tests.network.topologies import TOPOLOGIES, densenet, googlenet

_BOARDS = ("zc706", "ulx3s", "pynq-z2", "u280")
_ALL = list(product(TOPOLOGIES, _BOARDS, sorted(SCHEMES)))
# Every topology and every pair of a board and a scheme once or more, in one turn of the dice.
_SOME = [
    (name, _BOARDS[at % 4], sorted(SCHEMES)[(at // 4 + at) % 6])
    for at, name in enumerate(TOPOLOGIES)
]


def done(net, board, scheme, engine="simulation"):
    return run(Experiment(net, board, scheme=scheme, engine=engine, tracing=False))


@pytest.mark.parametrize(("name", "board", "scheme"), _SOME)
def test_a_topology_on_a_board(name, board, scheme):
    assert done(TOPOLOGIES[name](), board, scheme).bit_exact


@pytest.mark.slow
@pytest.mark.parametrize(("name", "board", "scheme"), _ALL)
def test_every_topology_on_every_kind_of_board(name, board, scheme):
    assert done(TOPOLOGIES[name](), board, scheme).bit_exact


_LARGE = {
    "googlenet": googlenet,
    "densenet40": lambda: densenet(12, (12, 12, 12), side=32, bottleneck=False),
    "densenet121": lambda: densenet(32, (6, 12, 24, 16), side=224, bottleneck=True, classes=1000),
}


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize(
    "name", ["googlenet", "densenet40", pytest.param("densenet121", marks=pytest.mark.slow)]
)
def test_networks_that_join_inside_words_run_on_every_board(name, board):
    assert done(_LARGE[name](), board, "flightnn", "timeline").cycles > 0
