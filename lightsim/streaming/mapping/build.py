"""A workload laid out: engines for every layer, for the images to come and the outputs to go."""

from __future__ import annotations

from lightsim.errors import InputError, unknown_name
from lightsim.quantisation.workload import Workload
from lightsim.streaming.description.accelerator import StreamingAccelerator
from lightsim.streaming.description.pipeline import DMA_CYCLES
from lightsim.streaming.mapping.factors import check_folding
from lightsim.streaming.mapping.layers import BUILDERS, Site, wanted_lanes
from lightsim.streaming.mapping.pipeline import Pipeline
from lightsim.streaming.mapping.program import program
from lightsim.streaming.mapping.supported import check_supported
from lightsim.streaming.mapping.topology import Topology
from lightsim.streaming.mapping.wiring import Wiring

__all__ = ["lay_out"]


def lay_out(workload: Workload, design: StreamingAccelerator, sorts: bool = True) -> Pipeline:
    """The pipeline of a network; `sorts` puts the filters of many terms first where nothing but
    layers that may permute their weights read them.

    Raises `InputError` for a layer without a folding, a factor that does not divide its layer, a
    name that is none of the network's, and what the template does not build.
    """
    check_supported(workload)
    names = [layer.name for layer in workload.network.layers if layer.operator != "flatten"]
    for name in design.layers:
        if name not in names:
            raise unknown_name(f"{design.name}, layers", "layer", name, names)
    topology = Topology(workload.network)
    site = Site(workload, design, sorts, topology, Wiring(design))
    _load(site)
    for quantised in workload.layers:
        layer = quantised.layer
        if layer.operator == "flatten":
            topology.check_flatten(layer)
            continue
        folding = design.layers.get(layer.name)
        if folding is None and layer.has_weights:
            known = f"state [layers.{layer.name}] with pe and simd"
            raise InputError(f"layer '{layer.name}'", "has no folding", known)
        if folding is not None:
            origin = topology.origin(layer.inputs[0])
            check_folding(layer, site.wiring.streams[origin].shape, folding)
        BUILDERS[layer.operator](site, quantised, folding)
    stored = _store(site)
    engines, fifos = site.wiring.finish()
    place = {engine.name: number for number, engine in enumerate(engines)}
    streams = site.wiring.streams
    return Pipeline(
        design=design,
        workload=workload,
        engines=engines,
        fifos=fifos,
        stored={
            place[name]: (layer, streams[topology.origin(layer)]) for name, layer in stored.items()
        },
        last={layer: place[name] for layer, name in site.last.items()},
        streams=streams,
    )


def _load(site: Site) -> None:
    """The engine that fetches images, in words as wide as the first reader wants them."""
    network, element = site.workload.network, site.workload.input_type
    shape = network.input_shape
    first = site.topology.readers["input"][0]
    lanes = None
    if first is not None:
        lanes = wanted_lanes(site, site.workload.layer(first).layer, shape)
    lanes = shape.channels if lanes is None else lanes
    cycles = -(-lanes * element.bits // site.design.port_bits)
    work = program(cycles, shape.elements // lanes, [], [cycles - 1])
    number = site.wiring.add("load", "load", None, work, DMA_CYCLES, pe=lanes)
    site.give("input", number, shape, element, None, lanes)


def _store(site: Site) -> dict[str, str]:
    """The engines that put the outputs into memory; the layer of each by its name."""
    stored, outputs = {}, site.workload.network.outputs
    for layer in outputs:
        origin = site.topology.origin(layer)
        stream, lanes = site.wiring.streams[origin], site.wiring.lanes(origin)
        cycles = -(-lanes * stream.element.bits // site.design.port_bits)
        work = program(cycles, stream.shape.elements // lanes, [(0, 0, 1, 1)], [])
        name = "store" if len(outputs) == 1 else f"store.{layer}"
        number = site.wiring.add(name, "store", None, work, DMA_CYCLES, pe=lanes)
        site.wiring.take(origin, number, lanes)
        stored[name] = layer
    return stored
