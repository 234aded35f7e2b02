"""The rules for the entries of a journal, by operation; Optuna numbers the operations."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

__all__ = ["CREATE_STUDY", "CREATE_TRIAL", "DELETE_STUDY", "DamageError", "check_entry"]

Entry = Mapping[str, Any]
Rule = Callable[[Any], bool]

_MOST = 1 << 63
CREATE_STUDY, DELETE_STUDY, CREATE_TRIAL = 0, 1, 4
_STATES = range(5)
_FINISHED = (1, 2, 3)


class DamageError(Exception):
    """An entry is damaged; the text says to the user what is wrong with it."""


def check_entry(entry: object) -> None:
    """Raise `DamageError` unless the entry has the form of the entries that LightSim writes."""
    if not isinstance(entry, dict):
        raise DamageError("is not a table of keys and values")
    _check_numbers(entry)
    code = entry.get("op_code")
    if not _whole(code) or code not in _KEYS:
        raise DamageError(f"op_code is {_spelled(code)}; accepted: 0 to 9")
    keys = {"op_code": _whole, "worker_id": _text, **_KEYS[code]}
    for key, rule in keys.items():
        if key not in entry:
            if key in _MAY_LACK:
                continue
            raise DamageError(f"key '{key}' is missing")
        if not rule(entry[key]):
            raise DamageError(f"{key} is {_spelled(entry[key])}")
    for key in entry:
        if key not in keys and key != "crc32":
            raise DamageError(f"unknown key {_spelled(key)}")
    if code == CREATE_TRIAL:
        _check_trial(entry)


def _check_trial(entry: Entry) -> None:
    """Check the keys of a new trial against each other."""
    known = set(entry.get("distributions", ()))
    if set(entry.get("params", ())) != known:
        raise DamageError("params and distributions are of different axes")
    if entry.get("state", 0) in _FINISHED and "datetime_complete" not in entry:
        raise DamageError("key 'datetime_complete' is missing")
    if entry.get("value") is not None and entry.get("values") is not None:
        raise DamageError("value and values are both given")


def _check_numbers(value: object) -> None:
    """Refuse a number that is too large to calculate with, and a text that cannot be written."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        small = abs(value) < _MOST if isinstance(value, int) else math.isfinite(value)
        if not small:
            raise DamageError(f"holds the number {_spelled(value)}")
    elif isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_numbers(key)
            _check_numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_numbers(inner)


def _check_text(value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise DamageError(f"holds the text {_spelled(value)}, which is not Unicode") from None


def _spelled(value: object) -> str:
    text = "missing" if value is None else ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _single(value: object) -> bool:
    return isinstance(value, dict) and len(value) == 1


def _directions(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_whole(d) and d in (1, 2) for d in value)


def _state(value: object) -> bool:
    return _whole(value) and value in _STATES


def _values(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(map(_number, value)))


def _when(value: object) -> bool:
    if value is None:
        return True
    try:
        datetime.fromisoformat(value if isinstance(value, str) else "").astimezone()
    except (ValueError, OverflowError):
        return False
    return True


def _date(value: object) -> bool:
    return value is not None and _when(value)


def _distribution(value: object) -> bool:
    from optuna.distributions import json_to_distribution

    text = value if isinstance(value, str) else ""
    try:
        _check_numbers(json.loads(text))
        json_to_distribution(text)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, DamageError):
        return False
    return True


def _distributions(value: object) -> bool:
    return isinstance(value, dict) and all(map(_distribution, value.values()))


def _places(value: object) -> bool:
    return isinstance(value, dict) and all(map(_number, value.values()))


def _nothing(value: object) -> bool:
    return value == {}


# For each operation the keys beside `op_code` and `worker_id`, each with its rule.
_KEYS: dict[int, dict[str, Rule]] = {
    CREATE_STUDY: {"study_name": _text, "directions": _directions},
    DELETE_STUDY: {"study_id": _whole},
    2: {"study_id": _whole, "user_attr": _single},
    3: {"study_id": _whole, "system_attr": _single},
    CREATE_TRIAL: {
        "study_id": _whole, "datetime_start": _when, "datetime_complete": _date, "state": _state,
        "value": lambda value: value is None or _number(value), "values": _values,
        "distributions": _distributions, "params": _places, "user_attrs": _table,
        "system_attrs": _table, "intermediate_values": _nothing,
    },
    5: {
        "trial_id": _whole, "param_name": _text, "param_value_internal": _number,
        "distribution": _distribution,
    },
    6: {
        "trial_id": _whole, "state": _state, "values": _values, "datetime_start": _date,
        "datetime_complete": _date,
    },
    7: {"trial_id": _whole, "step": _whole, "intermediate_value": _number},
    8: {"trial_id": _whole, "user_attr": _single},
    9: {"trial_id": _whole, "system_attr": _single},
}  # fmt: skip
# Keys that may be missing: a trial that a sampler begins has few of them, and a state has only one
# of the dates. If a key is missing that Optuna needs, Optuna fails when the entry is applied, and
# the failure is reported there.
_MAY_LACK = {
    "datetime_start", "datetime_complete", "state", "value", "values", "distributions", "params",
    "user_attrs", "system_attrs", "intermediate_values",
}  # fmt: skip
