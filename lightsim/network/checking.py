"""A table of a network file checked against its model, with errors a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from lightsim.errors import InputError, unknown_name
from lightsim.network.entries import Entry

__all__ = ["checked", "on_one_line", "spell_value"]

E = TypeVar("E", bound=Entry)

_LONGEST_VALUE = 60


def checked(model: type[E], table: Mapping[str, Any], where: str) -> E:
    """The table as an instance of `model`.

    Raises `InputError` for the first fault: an unknown key (with the nearest known one), a
    missing key, or a value with what would be accepted in its place.
    """
    for key in table:
        # Before pydantic: a misspelt key also leaves a key missing, and its spelling is the cause.
        if key not in model.model_fields:
            raise unknown_name(where, "key", on_one_line(key), model.model_fields)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        key = str(fault["loc"][0])
        accepted = model.model_fields[key].description
        if fault["type"] == "missing":
            raise InputError(where, f"key '{key}' is missing", f"it takes {accepted}") from None
        problem = f"{key} is {spell_value(table[key])}"
        raise InputError(where, problem, f"accepted: {accepted}") from None


def spell_value(value: object) -> str:
    """A value as a TOML file would write it, cut to a length that keeps an error on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    return _cut(repr(value))


def on_one_line(name: str) -> str:
    """A name that a file may have written with line breaks, or far too long."""
    return _cut(repr(name)[1:-1])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
