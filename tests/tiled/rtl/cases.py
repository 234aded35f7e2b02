"""Networks on machines for the RTL: what is run in both models."""

from __future__ import annotations

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.rtl.comparison.verify import verify_programs
from lightsim.tiled.rtl.program.limits import check_programs


def programs_for(network, accelerator, *, images=1, batches=1, tilings=None, seed=0):
    """The programs and batches of a synthetic workload."""
    workload = synthetic_workload(network, SCHEMES[accelerator.scheme], seed)
    program = map_workload(workload, accelerator, images=images, tilings=tilings)
    pixels = synthetic_images(network, images * batches, seed)
    parts = [pixels[i : i + images] for i in range(0, images * batches, images)]
    return [program] * batches, parts


def verdict(network, accelerator, folder, **keys):
    """The verdict on a synthetic workload, with the RTL's files in `folder`."""
    programs, batches = programs_for(network, accelerator, **keys)
    check_programs(programs)
    return verify_programs(programs, batches, folder)
