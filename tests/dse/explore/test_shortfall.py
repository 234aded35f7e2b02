"""Budgets that cannot be kept: which, the nearest value there is, and the way the search ends."""

from __future__ import annotations

from typing import Any

import pytest

from dse.search.explore import explore
from lightsim.errors import BudgetError, InputError
from tests.dse.explore.spaces import small_study

WHERE = r"study 'small': no design of the space keeps its budgets: "
CASES: list[tuple[dict[str, Any], str]] = [
    ({"lut": "1 %"}, r"lut is at most 706 \(1 % of XCZU3EG\), the smallest design takes [\d,]+$"),
    ({"bram36": 1}, r"bram36 is at most 1 \(0.463 % of XCZU3EG\), the smallest design takes \d+$"),
    ({"latency": "1 us"}, r"latency is at most 1 µs, no design is below [\d.]+ µs \(bound\)$"),
    ({"throughput": 1e7}, r"throughput is at least 10,000,000 images/s, no design is above [\d,]+"),
    ({"energy": "1e-9 J"}, r"energy is at most 1 nJ, no design is below [\d.]+ .?J \(bound\)$"),
    ({"accuracy": "99.9 %"}, r"accuracy is at least 99.90 %, no design is above [\d.]+ %$"),
    ({"lut": "1 %", "latency": "1 us"}, r"lut is .*; latency is at most 1 µs, no design is below"),
    (
        {"power": "1 mW", "latency": "20 us"},
        r"power is at most 1 mW, and beside the other budgets ",
    ),
    (
        {"dram_bandwidth": "1 MB/s", "throughput": 60_000},
        r".*dram_bandwidth is at most 1 MB/s, and ",
    ),
]


@pytest.mark.parametrize(("budget", "words"), CASES, ids=lambda value: str(value)[:40])
def test_what_no_design_keeps_is_named_with_the_nearest(budget: dict[str, Any], words: str):
    with pytest.raises(BudgetError, match=WHERE + words) as refused:
        explore(small_study(budget=budget))
    assert "\n" not in str(refused.value) and refused.value.exit_code == 3


def test_the_smallest_design_that_is_named_is_one():
    with pytest.raises(BudgetError) as refused:
        explore(small_study(budget={"lut": "1 %"}))
    least = str(refused.value).split(" takes ")[1].replace(",", "")
    with pytest.raises(BudgetError):
        explore(small_study(budget={"lut": int(least) - 1}))
    found = explore(small_study(budget={"lut": int(least)}))
    assert found.front[0].values["lut"] == float(least)


def test_a_search_that_finds_none_ends_and_says_the_nearest():
    """A power is known only of designs that were run: each may be as slow as it likes."""
    found = explore(small_study(budget={"power": "1 mW"}, search={"trials": 8}))
    assert len(found.records) == 8 and not found.front
    assert isinstance(found.shortfall, BudgetError)
    nearest = min(record.values["power_w"] for record in found.records)
    words = str(found.shortfall)
    assert words.startswith(
        "study 'small': none of the 8 designs run keeps its budgets, others are"
    )
    assert f"power is at most 1 mW, the nearest design has {1e3 * nearest:.3g} mW" in words
    assert explore(small_study(search={"trials": 8})).shortfall is None


def test_designs_that_cannot_be_run_count_as_tried(monkeypatch: pytest.MonkeyPatch):
    """A refusal that nothing foresees: the search ends after so many, and says why."""

    def refuse(*arguments: object) -> None:
        raise InputError("conv1", "is refused by this test")

    monkeypatch.setattr("dse.tiled.evaluation.evaluate.check_memory", refuse)
    found = explore(small_study(search={"trials": 16}))
    assert len(found.records) == 16 and found.evaluations == 0
    assert isinstance(found.shortfall, InputError)
    assert "conv1: is refused by this test (16)" in str(found.shortfall)
