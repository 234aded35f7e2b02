"""Families of random cases: several networks and mappings on one machine, in one build."""

from __future__ import annotations

from random import Random

from lightsim.errors import InputError
from lightsim.tiled.rtl.comparison.build import build
from lightsim.tiled.rtl.comparison.verify import verify_project
from lightsim.tiled.rtl.program.limits import check_layer, check_programs
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.writing import write_project
from tests.tiled.simulation.cases import random_cases
from tests.tiled.simulation.machines import random_accelerator
from tests.tiled.simulation.nets import random_network

MEMBERS = 5


def random_family(
    scheme, seed, members=MEMBERS, make=random_network, machine_of=random_accelerator
):
    """Cases (programs, batches) on one machine, without what the RTL refuses with a message."""
    dice = Random(f"{scheme} {seed}")
    accelerator = machine_of(dice, scheme)

    def covered(layers):
        return _covered(layers, accelerator)

    seeds = [1000 * seed + i for i in range(members)]
    cases = random_cases(dice, seeds, accelerator, covered, make)
    return [([case.program] * len(case.batches), case.batches) for case in cases]


def _covered(layers, accelerator):
    try:
        for layer in layers:
            check_layer(layer, accelerator)
    except InputError:
        return False
    return True


def family_verdicts(
    scheme, seed, folder, members=MEMBERS, make=random_network, machine_of=random_accelerator
):
    """The verdict on every member, all run by the simulator that the first one builds."""
    family = random_family(scheme, seed, members, make, machine_of)
    everything = [program for programs, _ in family for program in programs]
    simulator, verdicts = None, []
    for number, (programs, batches) in enumerate(family):
        check_programs(programs)
        place = folder / str(number)
        write_project(place, programs, batches, built_for=everything)
        if simulator is None:
            simulator = build(place, short=True)
        recording = record(programs, batches)
        verdicts.append(verify_project(programs, recording, place, simulator=simulator))
    return verdicts
