"""A storage that was there when the search began and is not any more."""

from __future__ import annotations

from lightsim.errors import OutputError

__all__ = ["LostError"]


class LostError(Exception):
    """Trials cannot be kept any more: `where` they were kept, and the cause in full."""

    def __init__(self, where: str, cause: str) -> None:
        super().__init__(f"{where}: {cause}")
        self.where = where
        self.cause = cause

    def told(self, finished: int) -> OutputError:
        """The error for the user: the cause, then what is kept and how to go on."""
        kept = f"{finished} finished trial{'' if finished == 1 else 's'}"
        return OutputError(
            f"{self.where}: {self.cause}\n{kept} are kept there; resume=True goes on with them"
            if finished != 1
            else f"{self.where}: {self.cause}\n{kept} is kept there; resume=True goes on with it"
        )
