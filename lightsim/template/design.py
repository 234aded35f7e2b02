"""What the shared rooms know of an accelerator, whichever template it is an instance of."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

__all__ = ["Arithmetic", "BestDesign", "Design", "Mapped", "Progress"]


class Progress(Protocol):
    """Told now and then: what is being done, and `done` of `of` parts of it."""

    def __call__(self, what: str, done: int, of: int, /) -> None: ...


class Arithmetic(Protocol):
    """How an accelerator adds up: what decides its output bits, beside the scheme."""

    @property
    def bits(self) -> int:
        """Width of a sum."""
        ...

    @property
    def overflow(self) -> Literal["refuse", "wrap", "saturate"]:
        """What happens to a sum that does not fit."""
        ...

    @property
    def accumulation(self) -> Literal["exact", "truncate"]:
        """Whether a shifted term keeps its low bits."""
        ...


@runtime_checkable
class Design(Protocol):
    """An accelerator: an immutable dataclass of its wing, with these fields among its own.

    `board` is the name of the board that it is tied to, or None.
    """

    @property
    def template(self) -> str:
        """The name of its template's row (a class variable: every instance has the same)."""
        ...

    @property
    def name(self) -> str: ...

    @property
    def board(self) -> str | None: ...

    @property
    def scheme(self) -> str: ...

    @property
    def clock_hz(self) -> int: ...

    @property
    def accumulator(self) -> Arithmetic: ...


class BestDesign(Protocol):
    """The best default accelerator of a network, with what is proven about it.

    No mapping runs `images` images together in fewer than `bound_cycles` on any machine of the
    template's default space.
    """

    @property
    def accelerator(self) -> Design: ...

    @property
    def bound_cycles(self) -> int: ...

    @property
    def images(self) -> int: ...


class Mapped(Protocol):
    """Every batch of a run mapped; the rest of it is its wing's own affair."""

    @property
    def design(self) -> Design:
        """The accelerator as it is run, an ideal memory put in where one was asked for."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """The layers whose values are the network's outputs, in their order."""
        ...
