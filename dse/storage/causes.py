"""The cause of a database's error, taken out of the long text of its driver."""

from __future__ import annotations

import re

from dse.study.storage_names import scrubbed

__all__ = ["cause_of"]

_LONGEST = 240
_AROUND = re.compile(
    r"^(connection failed: )?(connection to server at .*? failed: )?(?=FATAL|ERROR)"
)
_LEVEL = re.compile(r"^(FATAL|ERROR): +")


def cause_of(error: BaseException, storage: str) -> str:
    """The cause of an error of a storage in one line, without passwords. A long line is cut
    between words."""
    deepest = error
    while True:
        inner = getattr(deepest, "orig", None) or deepest.__cause__
        if not isinstance(inner, BaseException):
            break
        deepest = inner
    text = str(deepest).partition("(Background on this error")[0].partition("[SQL:")[0]
    lines = []
    for line in scrubbed(text, storage).splitlines():
        line = _LEVEL.sub("", _AROUND.sub("", " ".join(line.split())))
        line = line.removeprefix("connection failed: ")
        if line and line not in lines:
            lines.append(line)
    told = " ".join(lines) or type(deepest).__name__
    told = told if told.isprintable() else repr(told)[1:-1]
    if len(told) <= _LONGEST:
        return told
    return f"{told[:_LONGEST].rpartition(' ')[0] or told[:_LONGEST]} ..."
