"""How large a run may be: what no machine's memory would hold is refused before it is tried."""

from __future__ import annotations

from collections.abc import Callable

from lightsim.errors import BudgetError, InputError
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.memory.spec import capacity_bytes
from lightsim.network.layer import Network
from lightsim.tiled.mapping.program import Program
from lightsim.units import spell

__all__ = ["check_activations", "check_memory", "check_weights"]

_MOST_PARAMETERS = 1 << 30
"""Seven times the largest network of the zoo; quantising takes about 20 bytes for each."""

_MOST_ACTIVATION_BYTES = 16 << 30
_BYTES_PER_VALUE = 6
"""A simulated activation is held as it lies in memory (2 bytes) and as a result (4 bytes)."""


def check_weights(network: Network) -> None:
    """Raises `InputError` for a network with more parameters than a run could hold."""
    if network.parameters > _MOST_PARAMETERS:
        largest = max(network.layers, key=lambda layer: layer.parameters)
        raise InputError(
            f"{network.name}, layer '{largest.name}'",
            f"has {largest.parameters} of the network's {network.parameters} parameters",
            f"accepted: at most {_MOST_PARAMETERS} in all",
        )


def check_activations(network: Network, images: int) -> None:
    """Raises `InputError` for more images than a run could hold, naming how many it could."""
    values = network.input_shape.elements
    values += sum(layer.output_shape.elements for layer in network.layers)
    most = _MOST_ACTIVATION_BYTES // (values * _BYTES_PER_VALUE)
    if images <= most:
        return
    need = spell(values * _BYTES_PER_VALUE, "B")
    if most == 0:
        raise InputError(
            network.name,
            f"one image's activations take {need}",
            f"accepted: at most {spell(_MOST_ACTIVATION_BYTES, 'B')}",
        )
    raise InputError(
        "images",
        f"{images}, and each takes {need} of activations in '{network.name}'",
        f"accepted: 1 to {most}",
    )


def check_memory(program: Program, again: Callable[[int], Program]) -> None:
    """Raises `BudgetError` if the weights and activations do not fit the accelerator's memory.

    `again` maps the same workload for a smaller batch, to name one that does fit.
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
    """Fewer images than the program's, by its own sizes; other tiles pad the weights otherwise."""
    activations = sum(region.nbytes for region in program.memory.regions.values())
    weights, image = program.memory.nbytes - activations, activations // program.images
    return min(program.images - 1, (capacity - weights) // image)
