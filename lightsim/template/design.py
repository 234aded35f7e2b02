"""The part of an accelerator that the shared rooms know, for every template."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

__all__ = ["Arithmetic", "BestDesign", "Design", "Mapped", "Progress"]


class Progress(Protocol):
    """A callback on progress: the task in words, and `done` of `of` parts of the task."""

    def __call__(self, what: str, done: int, of: int, /) -> None: ...


class Arithmetic(Protocol):
    """The sums of an accelerator; together with the scheme they decide the output bits."""

    @property
    def bits(self) -> int:
        """The width of a sum, in bits."""
        ...

    @property
    def overflow(self) -> Literal["refuse", "wrap", "saturate"]:
        """The treatment of a sum that does not fit its width."""
        ...

    @property
    def accumulation(self) -> Literal["exact", "truncate"]:
        """`exact` keeps the low bits of a shifted term, `truncate` drops them."""
        ...


@runtime_checkable  # descriptions with such a field check it with isinstance
class Design(Protocol):
    """An accelerator: an immutable dataclass of its wing that has at least the fields below.

    `board` is the name of the board that the accelerator is tied to, or None.
    """

    @property
    def template(self) -> str:
        """The name of the accelerator's template, a class variable."""
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
    """The best default accelerator of a network, with a proven bound.

    No mapping runs `images` images together in fewer than `bound_cycles` cycles, on any machine of
    the template's default space.
    """

    @property
    def accelerator(self) -> Design: ...

    @property
    def bound_cycles(self) -> int: ...

    @property
    def images(self) -> int: ...


class Mapped(Protocol):
    """Every batch of a run, mapped. The other fields concern only the wing."""

    @property
    def design(self) -> Design:
        """The accelerator that is run, with an ideal memory if the user asked for one."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the layers whose values are the outputs of the network, in order."""
        ...
