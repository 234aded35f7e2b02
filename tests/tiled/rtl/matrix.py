"""What is verified as a whole: networks, schemes, boards, arrays and memories, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.flow.experiment import Experiment, prepare, silent
from lightsim.hardware.catalogue import board
from lightsim.hardware.device import IdealMemory
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.estimation.defaults import default_accelerator
from lightsim.tiled.mapping.program import Program
from tests.quantisation.networks import EVERY_OPERATOR, EVERY_SIGN, network
from tests.tiled.rtl.cases import programs_for
from tests.tiled.simulation.machines import DDR3, machine

__all__ = ["ROWS", "Row", "prepared"]


@dataclass(frozen=True, slots=True)
class Row:
    """A network under a scheme: on a board's default array (of a PE kind), or on `machine`.

    With `any_network` the default is the board's own, which two networks can share.
    """

    network: str
    scheme: str
    board: str | None = "zc706"
    pe: str | None = None
    ideal: bool = False
    images: int = 1
    batch: int = 1
    machine: Accelerator | None = None
    any_network: bool = False
    slow: bool = True

    @property
    def name(self) -> str:
        """How a test is called."""
        place = self.board if self.machine is None else self.machine.name
        memory = "ideal" if self.ideal else "dram"
        parts = [self.network, self.scheme, place, *([self.pe] if self.pe else []), memory]
        return "-".join(str(part) for part in parts)


# Odd sizes, uneven padding and strides, groups, depthwise, additions, every pooling.
_DESCRIBED: dict[str, Network] = {
    "every-operator": network(EVERY_OPERATOR),
    "every-sign": network(EVERY_SIGN),  # the same for one-bit activations
}
_MIXED = (("shift_add_serial", 5), ("multiply_dsp", 2), ("shift_add_spatial", 3))
_SMALL = {
    "serial 6x8x3": {"rows": 6, "pixels": 3, "port_bits": 32},
    "mixed 10x16x2": {"pe": _MIXED, "columns": 16, "pixels": 2, "port_bits": 32},
    "xnor 12x32x1": {"pe": (("xnor_popcount", 12),), "columns": 32, "lanes": 2},
}


def _small(name: str, scheme: str, *, ideal: bool) -> Accelerator:
    memory = IdealMemory(7, 12) if ideal else DDR3
    return machine(**_SMALL[name], scheme=scheme, name=name, memory=memory)


def _described(net: str, scheme: str, array: str, *, ideal: bool) -> Row:
    return Row(
        net, scheme, None, ideal=ideal, images=2, batch=2, slow=False,
        machine=_small(array, scheme, ideal=ideal),
    )  # fmt: skip


ROWS = (
    Row("vgg7-cifar10", "flightnn"),
    *(
        Row(net, s, any_network=True, slow=False)
        for s in SCHEMES
        for net in ("digits-small", "digits")
    ),
    _described("every-operator", "flightnn", "mixed 10x16x2", ideal=False),
    _described("every-operator", "lightnn2", "serial 6x8x3", ideal=True),
    _described("every-sign", "binary", "xnor 12x32x1", ideal=False),
    Row("lenet", "flightnn", "ultra96", slow=False),
    Row("lenet", "fixed8", "pynq-z2", ideal=True),
    Row("lenet", "lightnn1", "zcu104", images=4, batch=4),
    Row("cnv", "binary", "zc706"),
    Row("vgg7-cifar10", "flightnn", pe="shift_add_spatial"),
    Row("vgg7-cifar10", "lightnn2", "pynq-z2"),
    Row("vgg7-cifar10", "fixed8", "zcu102"),
    Row("vgg7-cifar10", "fixed4", "vc707", pe="multiply_lut"),
    Row("vgg7-cifar10", "binary"),
    Row("resnet20-cifar10", "flightnn"),
    Row("resnet20-cifar10", "fixed8", "zedboard", ideal=True),
    Row("resnet18-cifar10", "lightnn1", "zcu102"),
    Row("mobilenet-v1", "flightnn"),
    Row("mobilenet-v1", "fixed8", "ultra96"),
    *(Row(net, s, ideal=True) for s in SCHEMES for net in ("digits-small", "digits")),
)


def prepared(row: Row) -> tuple[list[Program], list[NDArray[np.int16]], Accelerator]:
    """The programs, batches and accelerator of a row."""
    if row.machine is not None:
        programs, batches = programs_for(
            _DESCRIBED[row.network], row.machine, images=row.batch,
            batches=row.images // row.batch,
        )  # fmt: skip
        return programs, batches, row.machine
    accelerator: Accelerator | str | None = row.pe
    if row.any_network:
        assert row.board is not None
        accelerator = default_accelerator(board(row.board), SCHEMES[row.scheme], pe=row.pe)
    experiment = Experiment(
        row.network, row.board, accelerator, row.scheme,
        images=row.images, batch=row.batch, ideal=row.ideal,
    )  # fmt: skip
    ready = prepare(experiment, silent)
    return list(ready.mapped.programs), list(ready.batches), ready.accelerator
