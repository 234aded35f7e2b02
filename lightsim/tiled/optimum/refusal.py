"""Why a board has no default accelerator for a network: what is short, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, field

from lightsim.errors import BudgetError, InputError, LightSimError
from lightsim.hardware.device import Board, Resources
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.defaults import largest_array
from lightsim.tiled.estimation.resources import needed
from lightsim.tiled.mapping.plan.plan import Plan
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.optimum.needs import Need

__all__ = ["Refusal"]

_TITLES = {"lut": "LUT", "ff": "FF", "dsp": "DSP", "bram36": "BRAM36", "uram": "URAM"}
_HOLDS = {
    "input": "activations", "weight": "weights", "residual": "residuals", "output": "outputs",
    "psum": "partial sums",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Refusal:
    """Collects why each array was refused, so that the error can report the nearest miss."""

    workload: Workload
    board: Board
    pe: str
    utilisation: float
    _share: float = field(init=False, default=float("inf"))
    _nearest: str = field(init=False, default="")
    _refused: InputError | None = field(init=False, default=None)
    _without_tile: tuple[Plan, Accelerator] | None = field(init=False, default=None)

    def tell(self, error: InputError) -> None:
        """Note an array that cannot run the network at all."""
        self._refused = self._refused or error

    def no_tile(self, plan: Plan, acc: Accelerator) -> None:
        """Note an array on which a pass has no legal tile, however large the memories are."""
        self._without_tile = plan, acc

    def too_large(self, acc: Accelerator, need: Need) -> None:
        """Note an array that does not fit the device with memories that hold the network."""
        used, available = needed(acc, self.board.device), self.board.device.resources
        limits = Resources(*(int(self.utilisation * limit) for limit in available.values()))
        short = {
            name: (amount, limit)
            for name, amount, limit in zip(
                Resources.names(), used.values(), limits.values(), strict=True
            )
            if amount > limit
        }
        if not short:  # only the memory limits of the space forbid it; the next search lifts them
            return
        name, (amount, limit) = max(short.items(), key=lambda item: item[1][0] / max(item[1][1], 1))
        share = amount / max(limit, 1)
        if share >= self._share:
            return
        self._share = share
        shape = f"{acc.array.rows}x{acc.array.columns}x{acc.array.pixels}"
        largest = max(("input", "weight", "residual", "output", "psum"), key=need.bytes_of)
        self._nearest = (
            f"layer '{need.layers[largest]}' needs {need.bytes_of(largest)} B of "
            f"{_HOLDS[largest]} for its smallest tile; the nearest array, {shape}, takes {amount} "
            f"{_TITLES[name]} with that, {self.utilisation:.0%} of {self.board.device.name} are "
            f"{limit}: {amount - limit} too many"
        )

    def error(self) -> LightSimError:
        """The error to raise. The call itself raises `BudgetError` where not even one lane fits."""
        network = self.workload.network.name
        if self._nearest:
            return BudgetError(
                f"{self.board.name}: no default accelerator holds '{network}': {self._nearest}"
            )
        if self._without_tile is not None:
            plan, acc = self._without_tile
            try:
                for layer in plan.layers:
                    choose_tiling(layer, acc, 1)
            except InputError as error:
                return error
        if self._refused is not None:
            return self._refused
        largest_array(self.board, self.workload.scheme, self.pe, utilisation=self.utilisation)
        return BudgetError(f"{self.board.name}: no default accelerator holds '{network}'")
