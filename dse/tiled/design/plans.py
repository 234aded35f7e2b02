"""Whether an array can run the networks of a study with any buffers.

The passes of a network on a machine depend only on the scheme, the PE kinds, the columns and the
width of the ports. So they are made once for each combination of these choices.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from lightsim.errors import BudgetError, LightSimError
from lightsim.hardware.device import IdealMemory
from lightsim.memory.spec import capacity_bytes
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.plan.layout import MemoryMap
from lightsim.tiled.mapping.plan.plan import Plan
from lightsim.tiled.mapping.program import check_plan, plan_workload
from lightsim.units import spell

__all__ = ["Plans"]


@dataclass(eq=False)
class Plans:
    """The plans of `workloads[network][scheme]`; `refused` gives the reason for each scheme that a
    network of the study cannot have."""

    workloads: Mapping[str, Mapping[str, Workload]]
    refused: Mapping[str, LightSimError] = field(default_factory=dict)
    _kept: dict[Hashable, list[Plan] | LightSimError] = field(default_factory=dict)
    _checked: dict[Hashable, LightSimError | None] = field(default_factory=dict)

    def error(self, acc: Accelerator) -> LightSimError | None:
        """The reason why no machine with the array and the ports of `acc` runs the networks; None
        if a machine may."""
        kinds = tuple(dict.fromkeys(group.pe for group in acc.array.groups))
        key = (self._key(acc), kinds, acc.post.requantise, acc.accumulator)
        if key not in self._checked:
            self._checked[key] = self._error(acc)
        return self._checked[key]

    def images_error(self, acc: Accelerator, images: int) -> LightSimError | None:
        """The reason why the activations of a batch of `images` do not fit the board's memory;
        None if they may fit. Only for an array without an `error`."""
        if isinstance(acc.memory, IdealMemory):
            return None
        key = (self._key(acc), "images", images)
        if key not in self._checked:
            self._checked[key] = self._too_many(acc, images)
        return self._checked[key]

    def _key(self, acc: Accelerator) -> Hashable:
        return acc.scheme, acc.array.columns, acc.port_bits

    def _error(self, acc: Accelerator) -> LightSimError | None:
        if acc.scheme in self.refused:
            return self.refused[acc.scheme]
        plans = self._plans(acc)
        if isinstance(plans, LightSimError):
            return plans
        try:
            for plan in plans:
                check_plan(plan, acc)
        except LightSimError as error:
            return error
        return None

    def _plans(self, acc: Accelerator) -> list[Plan] | LightSimError:
        key = self._key(acc)
        if key not in self._kept:
            try:
                self._kept[key] = [
                    plan_workload(schemes[acc.scheme], acc) for schemes in self.workloads.values()
                ]
            except LightSimError as error:
                self._kept[key] = error
        return self._kept[key]

    def _too_many(self, acc: Accelerator, images: int) -> LightSimError | None:
        plans = self._plans(acc)
        assert isinstance(plans, list)
        assert not isinstance(acc.memory, IdealMemory)
        held = acc.memory.channels * capacity_bytes(acc.memory.part)
        for plan in plans:
            need = MemoryMap.place(plan, {}, acc.word_bytes, images).nbytes
            if need > held:
                return BudgetError(
                    f"{plan.workload.network.name}: the activations of a batch of {images} need "
                    f"{spell(need, 'B')}, memory {acc.memory.channels} x {acc.memory.part.name} "
                    f"has {spell(held, 'B')}: {spell(need - held, 'B')} too many"
                )
        return None
