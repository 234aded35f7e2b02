"""Joined branches of any width in the RTL: words written in parts, copies, and their readers."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from tests.tiled.rtl.families import family_verdicts
from tests.tiled.rtl.test_random import assert_all_equal
from tests.tiled.simulation.joins import joined_network


@pytest.mark.parametrize("scheme", ["binary", "flightnn"])
def test_random_joins(scheme, tmp_path):
    assert_all_equal(family_verdicts(scheme, 0, tmp_path, make=joined_network))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_more_random_joins(scheme, seed, tmp_path):
    assert_all_equal(family_verdicts(scheme, seed, tmp_path, make=joined_network))
