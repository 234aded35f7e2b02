"""Checks of environment variables and arguments, before a command begins."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lightsim.errors import InputError

__all__ = ["check_arguments", "check_environment"]

_INSTRUCTION = "LIGHTSIM_INSTRUCTION"


def check_arguments(arguments: Sequence[str]) -> None:
    """Raises `InputError` for an argument that is not UTF-8: no file or page could repeat it."""
    for number, argument in enumerate(arguments):
        try:
            argument.encode()
        except UnicodeEncodeError:
            option, value = _option(arguments, number)
            shown = os.fsencode(value).decode("ascii", "backslashreplace")
            raise InputError(option, f"'{shown}' is not UTF-8", "accepted: UTF-8") from None


def _option(arguments: Sequence[str], number: int) -> tuple[str, str]:
    """The option that an argument belongs to, and the value of the option."""
    argument = arguments[number]
    if argument.startswith("--") and "=" in argument:
        option, _, value = argument.partition("=")
        return _shown(option), value
    before = arguments[number - 1] if number else ""
    return (before if before.startswith("--") else f"argument {number + 1}"), argument


def _shown(option: str) -> str:
    return os.fsencode(option).decode("ascii", "backslashreplace")


def check_environment() -> None:
    """Raises `InputError` for an environment variable with an unusable value."""
    if os.environ.get(_INSTRUCTION):
        from lightsim.numerics.vectors.instruction import check_name

        check_name(os.environ[_INSTRUCTION])
