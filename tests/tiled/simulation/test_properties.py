"""Random networks on random machines under random mappings: right bits and full accounts."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.simulation.machine import simulate
from tests.tiled.simulation.cases import random_case
from tests.tiled.simulation.checks import check_accounts, check_repeats, check_trace, wrong_layers


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_any_run_has_the_right_bits_and_full_accounts(scheme, seed):
    case = random_case(seed, scheme)
    programs = [case.program] * len(case.batches)
    result = simulate(programs, case.batches)
    images = np.concatenate(case.batches)
    assert wrong_layers(result, case.workload, case.accelerator, images) == []
    check_accounts(result)
    check_trace(result)
    check_repeats(programs, case.batches, result)
