"""Joins and filters for each channel of any width: right bits and accounts, two equal models."""

from __future__ import annotations

import numpy as np
import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.optimum import network_limit, pass_tilings
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.cases import random_case
from tests.tiled.simulation.checks import check_accounts, check_trace, wrong_layers
from tests.tiled.simulation.joins import joined_network, multiplied_network
from tests.tiled.timeline.equal import differences


def check(seed, scheme, make=joined_network):
    case = random_case(seed, scheme, make)
    programs = [case.program] * len(case.batches)
    result = simulate(programs, case.batches)
    images = np.concatenate(case.batches)
    assert wrong_layers(result, case.workload, case.accelerator, images) == []
    check_accounts(result)
    check_trace(result)
    assert differences(programs, case.batches) == []
    count = case.program.images
    cycles = run([case.program]).cycles
    machine = Axes.of([case.accelerator], count)
    assert NetworkBound(case.workload, case.accelerator).cycles(machine)[0] <= cycles
    passes = pass_tilings(case.workload, case.accelerator, count)
    limit = network_limit(passes, case.accelerator, count)
    assert limit is not None and limit <= cycles


@pytest.mark.parametrize("block", range(3))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_any_join(scheme, block):
    for seed in range(4 * block, 4 * block + 4):
        check(seed, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_hundreds_of_joins(scheme):
    for seed in range(100, 400):
        check(seed, scheme)


@pytest.mark.parametrize("block", range(2))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_any_number_of_filters_for_each_channel(scheme, block):
    for seed in range(6 * block, 6 * block + 6):
        check(seed, scheme, multiplied_network)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_hundreds_of_filters_for_each_channel(scheme):
    for seed in range(100, 400):
        check(seed, scheme, multiplied_network)
