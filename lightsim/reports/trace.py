"""The run as a Chrome trace for Perfetto: one track for each unit, one slice for each event."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from lightsim.reports.report import RunReport, TraceEvent

__all__ = ["trace_events", "write_trace"]

_NS_PER_S = 1_000_000_000


def write_trace(report: RunReport, file: BinaryIO) -> None:
    """Write `trace.json.gz` into an open file; equal reports give equal bytes.

    The header of the gzip stream holds no time, because a time would change the bytes.
    """
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as packed:
        packed.write(b'{"displayTimeUnit":"ns","otherData":')
        packed.write(_line(_provenance(report)))
        packed.write(b',\n"traceEvents":[\n')
        for number, event in enumerate(trace_events(report)):
            packed.write((b",\n" if number else b"") + _line(event))
        packed.write(b"\n]}\n")


def trace_events(report: RunReport) -> Iterator[dict[str, Any]]:
    """The events of the trace: the names of process and tracks, then slices by track and start.

    `ts` and `dur` are microseconds, rounded down to whole nanoseconds; `args` holds the exact
    cycles. A unit with overlapping events gets further tracks `name (2)`, ..., because Perfetto
    draws overlapping slices of one track wrongly.
    """
    yield _metadata("process_name", 0, {"name": f"{report.accelerator}: {report.network}"})
    tracks = [
        (unit if number == 1 else f"{unit} ({number})", lane)
        for unit in _unit_order(report)
        for number, lane in enumerate(_lanes(e for e in report.trace if e.unit == unit), 1)
    ]
    for thread, (name, _) in enumerate(tracks, 1):
        yield _metadata("thread_name", thread, {"name": name})
        yield _metadata("thread_sort_index", thread, {"sort_index": thread})
    for thread, (_, lane) in enumerate(tracks, 1):
        for event in lane:
            yield _slice(event, thread, report.clock_hz)


def _unit_order(report: RunReport) -> list[str]:
    """The units in the order of the report, then units that only the trace names."""
    named = [unit.name for unit in report.units]
    return named + sorted({event.unit for event in report.trace} - set(named))


def _lanes(events: Iterable[TraceEvent]) -> list[list[TraceEvent]]:
    """Events in order of start, each in the first track that is free at its start."""
    lanes: list[list[TraceEvent]] = [[]]
    for event in sorted(events, key=lambda e: (e.start, e.end, e.name)):
        for lane in lanes:
            if not lane or lane[-1].end <= event.start:
                lane.append(event)
                break
        else:
            lanes.append([event])
    return lanes


def _slice(event: TraceEvent, thread: int, clock_hz: int) -> dict[str, Any]:
    start_ns = event.start * _NS_PER_S // clock_hz
    end_ns = event.end * _NS_PER_S // clock_hz
    return {
        "ph": "X",
        "pid": 1,
        "tid": thread,
        "name": event.name,
        "ts": _microseconds(start_ns),
        "dur": _microseconds(end_ns - start_ns),
        "args": {"start_cycle": int(event.start), "end_cycle": int(event.end), **event.detail},
    }


def _microseconds(ns: int) -> float:
    """A number of microseconds that a reader's truncating `* 1000` turns into `ns` again.

    The nearest double may be too small: 4.35 * 1000 is 4349.999.... The slice would then start one
    nanosecond early and overlap the previous slice.
    """
    value = ns / 1000
    return value if int(value * 1000) == ns else (ns + 0.001) / 1000


def _metadata(name: str, thread: int, args: dict[str, Any]) -> dict[str, Any]:
    return {"ph": "M", "pid": 1, "tid": thread, "name": name, "args": args}


def _provenance(report: RunReport) -> dict[str, Any]:
    return {
        "network": report.network,
        "scheme": report.scheme,
        "board": report.board,
        "accelerator": report.accelerator,
        "engine": report.engine,
        "clock_hz": int(report.clock_hz),
        "cycles": int(report.cycles),
    }


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
