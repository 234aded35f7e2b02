"""The Chrome trace: tracks, exact cycles, no overlap, equal bytes."""

from __future__ import annotations

import gzip
import io
import json
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.reports.report import TraceEvent
from lightsim.reports.trace import trace_events, write_trace
from tests.reports.sample import sample_report


def read_ns(microseconds: float) -> int:
    """How a trace viewer that keeps whole nanoseconds reads a number of microseconds."""
    return int(microseconds * 1000)


def tracks(events):
    rows = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            rows[event["tid"]].append(event)
    return rows


def overlaps(events):
    """Pairs of one track of which the second starts before the first has ended."""
    for row in tracks(events).values():
        for first, second in pairwise(row):
            early = read_ns(first["ts"]) + read_ns(first["dur"]) > read_ns(second["ts"])
            if early or first["args"]["end_cycle"] > second["args"]["start_cycle"]:
                yield first, second


def written(report):
    file = io.BytesIO()
    write_trace(report, file)
    return file.getvalue()


def test_file_is_a_chrome_trace():
    report = sample_report()
    data = json.loads(gzip.decompress(written(report)))
    assert data["otherData"]["clock_hz"] == report.clock_hz
    assert data["traceEvents"] == list(trace_events(report))
    slices = [event for event in data["traceEvents"] if event["ph"] == "X"]
    assert len(slices) == len(report.trace)


def test_one_named_track_for_each_unit_in_the_reports_order():
    report = sample_report()
    names = [
        event["args"]["name"] for event in trace_events(report) if event["name"] == "thread_name"
    ]
    assert names == [unit.name for unit in report.units]


@pytest.mark.parametrize("clock_hz", [1, 33_333_333, 100_000_000, 150_000_000, 299_999_695])
def test_no_slices_of_a_track_overlap(clock_hz):
    report = replace(sample_report(60), clock_hz=clock_hz)
    assert not list(overlaps(trace_events(report)))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    clock_hz=st.integers(1_000_000, 900_000_000),
    lengths=st.lists(st.integers(0, 10**7), min_size=2, max_size=40),
    first=st.integers(0, 10**9),
)
def test_back_to_back_events_never_overlap_after_rounding(clock_hz, lengths, first):
    events, at = [], first
    for length in lengths:
        events.append(TraceEvent("array", "tile", at, at + length, {}))
        at += length
    report = replace(sample_report(), clock_hz=clock_hz, trace=tuple(events), units=())
    written = json.loads(json.dumps(list(trace_events(report))))
    assert not list(overlaps(written))


def test_events_that_overlap_get_a_second_track():
    # Requests under way at once:   aaaa......
    #                               ..bbbb....
    #                               ....cccc..   c starts where a ends: the first track again
    trace = (
        TraceEvent("dma", "b", 2, 6, {}),
        TraceEvent("dma", "a", 0, 4, {}),
        TraceEvent("dma", "c", 4, 8, {}),
    )
    events = list(trace_events(replace(sample_report(), trace=trace, units=())))
    names = [event["args"]["name"] for event in events if event["name"] == "thread_name"]
    assert names == ["dma", "dma (2)"]
    assert [[e["name"] for e in row] for row in tracks(events).values()] == [["a", "c"], ["b"]]
    assert not list(overlaps(events))


def test_cycles_are_exact_and_times_follow_the_clock():
    # At 150 MHz cycle 3 is at 20 ns and cycle 4 at 26.67 ns: 0.02 us, for 0.006 us.
    trace = (TraceEvent("array", "tile", 3, 4, {"layer": "conv1_1"}),)
    events = list(trace_events(replace(sample_report(), trace=trace, units=())))
    assert events[-1]["args"] == {"start_cycle": 3, "end_cycle": 4, "layer": "conv1_1"}
    assert (read_ns(events[-1]["ts"]), read_ns(events[-1]["dur"])) == (20, 6)


def test_equal_reports_give_equal_bytes():
    assert written(sample_report()) == written(sample_report())
