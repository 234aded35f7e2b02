"""Device families: the width of their hard memory controllers, and the inputs of their LUTs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Whole, check_fields
from lightsim.errors import unknown_name

__all__ = ["FAMILIES", "UNKNOWN", "Family", "family_name"]


@dataclass(frozen=True, slots=True)
class Family:
    """The properties of a device family that change the cost of a design.

    `hard_controller_bits` is the widest DRAM bus of a memory controller built into the processor
    side, 0 if there is no such controller. `lut_inputs` is the number of inputs of a LUT.
    """

    hard_controller_bits: Annotated[int, Whole(0, 1024)] = 0
    lut_inputs: Annotated[int, Whole(1, 16)] = 6

    def __post_init__(self) -> None:
        check_fields(self)


UNKNOWN = "unknown"
"""The family of a device whose file names no family: it has no hard controller."""

FAMILIES: dict[str, Family] = {
    UNKNOWN: Family(),
    "Spartan-7": Family(),
    "Artix-7": Family(),
    "Kintex-7": Family(),
    "Virtex-7": Family(),
    "Zynq-7000": Family(hard_controller_bits=32),
    "Kintex UltraScale": Family(),
    "Virtex UltraScale": Family(),
    "Artix UltraScale+": Family(),
    "Kintex UltraScale+": Family(),
    "Virtex UltraScale+": Family(),
    "Zynq UltraScale+": Family(hard_controller_bits=64),
    "Alveo": Family(),
    "Versal": Family(hard_controller_bits=64),
    "ECP5": Family(lut_inputs=4),
    "iCE40": Family(lut_inputs=4),
}
"""The families that a device may be of."""

# Variants of a name: the name of a maker may stand before it, the kind of device after it.
_MAKERS = re.compile(r"^(amd|xilinx|amdxilinx|lattice)")
_KINDS = re.compile(r"(mpsoc|rfsoc|soc|fpga|eg|ev|cg|dr|aicore|aiedge|prime|premium|hbm)+$")
_ALIASES = {
    "zynq": "Zynq-7000",
    "zynq7": "Zynq-7000",
    "zynqus+": "Zynq UltraScale+",
    "zynqmp": "Zynq UltraScale+",
    "zu+": "Zynq UltraScale+",
    "kria": "Zynq UltraScale+",
    "kintexus": "Kintex UltraScale",
    "kintexus+": "Kintex UltraScale+",
    "virtexus": "Virtex UltraScale",
    "virtexus+": "Virtex UltraScale+",
    "artixus+": "Artix UltraScale+",
    "alveou": "Alveo",
    "ice40ultraplus": "iCE40",
    "ice40up": "iCE40",
    "zynqmpsoc": "Zynq UltraScale+",
    "zynqrfsoc": "Zynq UltraScale+",
}


def family_name(text: str, where: str) -> str:
    """The family that `text` names, in any case, with any spaces, dashes or underscores.

    Raises `InputError` naming `where` for a text that names no family.
    """
    plain = re.sub(r"[\s_\-®™]", "", text.lower()).replace("plus", "+")
    plain = _MAKERS.sub("", plain)
    spelled = {_plain(name): name for name in FAMILIES} | _ALIASES
    for candidate in (plain, _KINDS.sub("", plain)):
        if candidate in spelled:
            return spelled[candidate]
    raise unknown_name(where, "family", text, FAMILIES)


def _plain(name: str) -> str:
    return re.sub(r"[\s\-]", "", name.lower())
