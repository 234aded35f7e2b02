"""Colours of a design's parts: no two parts of one design share theirs."""

import pytest

import lightsim
from lightsim.reports.frame.style import part_colour


@pytest.mark.parametrize("accelerator", [None, "examples/zc706-two-groups.toml"])
def test_no_two_parts_share_a_colour(accelerator):
    report = lightsim.run("digits-small", board="zc706", accelerator=accelerator, engine="timeline")
    names = {part.name for part in report.parts}
    colours = [part_colour(number) for number in range(len(names))]
    assert len(names) > 9
    assert len(set(colours)) == len(names)
