"""Commands for a page or a console, quoted so that a shell reads the intended words."""

from __future__ import annotations

import shlex

__all__ = ["command_line"]


def command_line(verb: str, first: str, *options: str) -> str:
    """`lightsim VERB FIRST OPTIONS`, quoted where a shell needs quotes.

    A `first` that begins with a dash is protected, because it would be read as an option.
    """
    return shlex.join(
        ["lightsim", verb, f"./{first}" if first.startswith("-") else first, *options]
    )
