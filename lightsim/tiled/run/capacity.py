"""Whether the accelerator's memory holds a program's weights and activations."""

from __future__ import annotations

from collections.abc import Callable

from lightsim.errors import BudgetError
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.memory.spec import capacity_bytes
from lightsim.tiled.mapping.program import Program
from lightsim.units import spell

__all__ = ["check_memory"]


def check_memory(program: Program, again: Callable[[int], Program]) -> None:
    """Raises `BudgetError` if the weights and activations do not fit the accelerator's memory.

    `again` maps the same workload for a smaller batch, so that the error can name a batch that
    fits.
    """
    memory = program.accelerator.memory
    if isinstance(memory, IdealMemory) or program.memory.nbytes <= _capacity(memory):
        return
    need, capacity = program.memory.nbytes, _capacity(memory)
    smaller: Program | None = program
    while smaller is not None and smaller.memory.nbytes > capacity:
        batch = _batch_that_may_fit(smaller, capacity)
        smaller = again(batch) if batch > 0 else None
    advice = "not even one image fits" if smaller is None else f"a batch of {smaller.images} fits"
    raise BudgetError(
        f"{program.plan.workload.network.name}: weights and a batch of {program.images} need "
        f"{spell(need, 'B')}, memory {memory.channels} x {memory.part.name} has "
        f"{spell(capacity, 'B')}: {spell(need - capacity, 'B')} too many; {advice}"
    )


def _capacity(memory: MemoryInterface) -> int:
    return memory.channels * capacity_bytes(memory.part)


def _batch_that_may_fit(program: Program, capacity: int) -> int:
    """A smaller number of images that fits by the sizes of this program.

    The number is a guess, because the tiles of a smaller batch may pad the weights differently.
    """
    activations = sum(region.nbytes for region in program.memory.regions.values())
    weights, image = program.memory.nbytes - activations, activations // program.images
    return min(program.images - 1, (capacity - weights) // image)
