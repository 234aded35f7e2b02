"""Operators of the field in the RTL: the same bits and cycles as the simulation."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from tests.tiled.operators.field import field_network
from tests.tiled.rtl.families import family_verdicts
from tests.tiled.rtl.test_random import assert_all_equal


@pytest.mark.parametrize("scheme", ["binary", "flightnn"])
def test_random_operators(scheme, tmp_path):
    assert_all_equal(family_verdicts(scheme, 0, tmp_path, make=field_network))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_more_random_operators(scheme, seed, tmp_path):
    assert_all_equal(family_verdicts(scheme, seed, tmp_path, make=field_network))
