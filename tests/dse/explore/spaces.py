"""Small studies that tests search whole."""

from __future__ import annotations

from typing import Any

from dse.study.study import Study, parse_study

__all__ = ["SMALL", "small_study"]

SMALL: dict[str, Any] = {
    "name": "small",
    "board": "ultra96",
    "network": [{"name": "digits-small"}],
    "axes": {
        "lanes": ["shift_add_serial", "shift_add_serial*3 + multiply_dsp"],
        "rows": [8, 16, 32],
        "columns": [8, 16],
        "pixels": [1, 2],
        "ports": [1, 4],
        "weight_bytes": ["64 words", "512 words"],
        "input_bytes": ["2 KiB", "auto"],
    },
}


def small_study(**changes: Any) -> Study:
    """The small study with some tables replaced; `search` and `axes` are added to."""
    table = {**SMALL, **changes}
    for name in ("axes", "search"):
        table[name] = {**SMALL.get(name, {}), **changes.get(name, {})}
    return parse_study(table, "small.toml")
