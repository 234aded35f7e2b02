"""The verdict as the JSON document of `lightsim verify --json`."""

from __future__ import annotations

import json
from dataclasses import asdict

from lightsim.template.verdict import Verdict

__all__ = ["verdict_text"]


def verdict_text(verdict: Verdict) -> str:
    """One JSON document; the first difference, if there is one, is in the keys `first_...`."""
    document = {
        "schema": "lightsim.verify/1",
        "cycles_simulated": verdict.cycles_simulated,
        "cycles_rtl": verdict.cycles_rtl,
        "values_compared": verdict.values_compared,
        "values_different": verdict.values_different,
        "layers": [asdict(layer) for layer in verdict.layers],
        "equal": verdict.equal,
        "first_value": asdict(verdict.differences[0]) if verdict.differences else None,
        "first_tile": None if verdict.tile is None else asdict(verdict.tile),
        "failure": verdict.failure,
    }
    return json.dumps(document, indent=2) + "\n"
