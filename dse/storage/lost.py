"""The error of a storage that is lost during a search."""

from __future__ import annotations

from lightsim.errors import OutputError

__all__ = ["LostError"]


class LostError(Exception):
    """Trials can no longer be kept: `where` is the storage, `cause` the cause in full."""

    def __init__(self, where: str, cause: str) -> None:
        super().__init__(f"{where}: {cause}")
        self.where = where
        self.cause = cause

    def told(self, finished: int) -> OutputError:
        """The error for the user: the cause, the number of trials kept, and how to go on."""
        kept = f"{finished} finished trial{'' if finished == 1 else 's'}"
        return OutputError(
            f"{self.where}: {self.cause}\n{kept} are kept there; resume=True goes on with them"
            if finished != 1
            else f"{self.where}: {self.cause}\n{kept} is kept there; resume=True goes on with it"
        )
