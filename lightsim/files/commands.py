"""Commands as a page or a console prints them: a shell reads them back as they were meant."""

from __future__ import annotations

import shlex

__all__ = ["command_line"]


def command_line(verb: str, first: str, *options: str) -> str:
    """`lightsim VERB FIRST OPTIONS` with what needs it quoted.

    A `first` that begins with a dash would be read as an option.
    """
    return shlex.join(
        ["lightsim", verb, f"./{first}" if first.startswith("-") else first, *options]
    )
