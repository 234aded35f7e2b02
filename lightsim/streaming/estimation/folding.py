"""The folding of a network: the least that reaches a target rate, or the fastest that fits."""

from __future__ import annotations

from lightsim.errors import BudgetError
from lightsim.hardware.budget import exceeded, needs_of
from lightsim.hardware.device import Board, Resources
from lightsim.hardware.part import total
from lightsim.quantisation.workload import Workload
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.estimation.choices import Choice, choices_of
from lightsim.streaming.estimation.resources import as_built, estimate
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.mapping.supported import check_supported
from lightsim.streaming.sizing.depths import enough, with_depths

__all__ = ["fold"]


def fold(
    workload: Workload, board: Board, *, pe: str | None, target_fps: float | None
) -> StreamingAccelerator:
    """The accelerator of a board for a network.

    With `target_fps` every layer takes the cheapest folding that is fast enough for so many images
    a second; without, the rate is the highest at which the layers so chosen fit the board. Raises
    `BudgetError` where the rate is out of reach or does not fit, naming the best that does.
    """
    check_supported(workload)
    search = _Search(workload, board, pe)
    if target_fps is None:
        return search.fastest()
    wanted = int(board.clock_hz / target_fps)
    least = search.intervals[0]
    if wanted < least:
        raise BudgetError(
            f"{workload.network.name}: {target_fps:g} images/s need an image every {wanted} cycles "
            f"at {board.clock_hz / 1e6:g} MHz, the fastest folding takes {least}: at most "
            f"{board.clock_hz / least:.4g} images/s"
        )
    if over := search.over(wanted):
        try:
            best = search.fastest()
        except BudgetError:
            raise BudgetError(f"{workload.network.name}: {search.told(over)}") from None
        reached = board.clock_hz / search.interval(best)
        raise BudgetError(
            f"{workload.network.name}: {target_fps:g} images/s: {search.told(over)}; what fits "
            f"reaches {reached:.4g} images/s"
        )
    return search.at(wanted)


class _Search:
    """The foldings of one network on one board."""

    def __init__(self, workload: Workload, board: Board, pe: str | None) -> None:
        self.workload, self.board = workload, board
        self.limits = board.device.resources
        self.choices = choices_of(workload, self.limits.uram > 0, pe)
        slowest = max(min(c.cycles for c in own) for own in self.choices.values())
        every = {c.cycles for own in self.choices.values() for c in own}
        self.intervals = sorted(cycles for cycles in every if cycles >= slowest)

    def at(self, interval: int) -> StreamingAccelerator:
        """The accelerator of the cheapest foldings that take at most `interval` cycles."""
        layers = {name: choice.folding for name, choice in self.cheapest(interval).items()}
        board = self.board
        made = StreamingAccelerator(
            name=f"{board.name}-streaming",
            board=board.name,
            scheme=self.workload.scheme.name,
            clock_hz=board.clock_hz,
            layers=layers,
            port_bits=board.port_bits,
            memory=board.memory.part.kind,
            device=board.device,
        )
        pipeline = lay_out(self.workload, made)
        return with_depths(pipeline, enough(pipeline)).design

    def cheapest(self, interval: int) -> dict[str, Choice]:
        """Of every layer the cheapest choice of at most `interval` cycles."""
        return {
            name: min((choice for choice in own if choice.cycles <= interval), key=self._price)
            for name, own in self.choices.items()
        }

    def interval(self, made: StreamingAccelerator) -> int:
        """Cycles of the slowest layer."""
        of = {
            name: {choice.folding: choice.cycles for choice in own}
            for name, own in self.choices.items()
        }
        return max(of[name][folding] for name, folding in made.layers.items())

    def over(self, interval: int) -> dict[str, tuple[int, int]]:
        """Need and limit of what the accelerator of an interval takes more than there is.

        Where the layers alone are too much, their FIFOs are not looked at.
        """
        layers = (choice.resources for choice in self.cheapest(interval).values())
        if alone := exceeded(sum(layers, Resources()), self.limits):
            return alone
        built = as_built(lay_out(self.workload, self.at(interval)))
        return exceeded(total(estimate(built, self.board.device)), self.limits)

    def told(self, over: dict[str, tuple[int, int]]) -> str:
        """What is too much, in words."""
        more = ", ".join(f"{need - limit} too many" for need, limit in over.values())
        return f"needs {needs_of(over)} on {self.board.device.name} on {self.board.name}: {more}"

    def fastest(self) -> StreamingAccelerator:
        """The shortest interval at which everything fits."""
        slow, fast = len(self.intervals) - 1, 0
        if over := self.over(self.intervals[slow]):
            raise BudgetError(
                f"{self.workload.network.name}: even one lane a layer {self.told(over)}; weights "
                "stay on the chip in template 'streaming'"
            )
        while fast < slow:
            middle = (fast + slow) // 2
            if self.over(self.intervals[middle]):
                fast = middle + 1
            else:
                slow = middle
        return self.at(self.intervals[slow])

    def _price(self, choice: Choice) -> tuple[float, int]:
        """What a choice takes of the device, all resources alike; of equals the faster."""
        shares = (
            need / max(limit, 1)
            for need, limit in zip(choice.resources.values(), self.limits.values(), strict=True)
        )
        return sum(shares), choice.cycles
