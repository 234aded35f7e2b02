"""The text of a network file turned into a network with every shape inferred."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.resources.abc import Traversable
from typing import Any

from lightsim.errors import InputError, unknown_name
from lightsim.network.checking import checked, on_one_line, spell_value
from lightsim.network.entries import (
    InputEntry,
    JoinEntry,
    LayerEntry,
    NetworkEntry,
    SingleEntry,
    TrainedEntry,
)
from lightsim.network.layer import Layer, Network
from lightsim.network.not_modelled import modelled, refuse_operator
from lightsim.network.operators import OPERATORS, Site
from lightsim.network.tensor import TensorShape
from lightsim.network.trained_files import TrainedFiles, fingerprint
from lightsim.numerics.formats.scheme import SCHEMES

__all__ = ["INPUT", "Beside", "network_of", "parse_network"]

Beside = Callable[[str], Traversable]
"""From a path as a network file writes it to the file meant: relative to the network's own."""

INPUT = "input"
"""The name by which layers call the network's own input."""


def parse_network(text: str, file: str, beside: Beside | None = None) -> Network:
    """The network that `text` (TOML) describes; `file` is what errors call it.

    `beside` finds the files of a table `[trained]`, which are not opened here; without it the
    table is passed over. Raises `InputError` for a syntax error, an unknown, missing or wrong
    key, a layer that reads what is not there, shapes that do not chain, and a layer that nobody
    reads and a list of outputs leaves out.
    """
    return network_of(_toml(text, file), file, beside)


def network_of(table: dict[str, Any], file: str, beside: Beside | None = None) -> Network:
    """The network of a file's content, as `parse_network`."""
    head = checked(NetworkEntry, table, file)
    image = checked(InputEntry, head.input, f"{file}, [input]")
    shape = TensorShape(image.channels, image.height, image.width)
    layers = _layers(_entries(head.layer, file), shape, file)
    outputs = _outputs(head.outputs, layers, file)
    network = Network(
        name=head.name,
        title=head.title,
        input_shape=shape,
        input_bits=image.bits,
        input_signed=image.signed,
        layers=layers,
        binary_activations=head.binary_activations,
        source=head.source,
        outputs=outputs,
        activation_bits=head.activation_bits,
    )
    if head.trained is None or beside is None:
        return network
    where = f"{file}, [trained]"
    entry = checked(TrainedEntry, head.trained, where)
    return replace(network, trained=_trained(entry, network, where, beside))


def _trained(entry: TrainedEntry, network: Network, where: str, beside: Beside) -> TrainedFiles:
    for key, table in (("weights", entry.weights), ("accuracy", entry.accuracy)):
        for scheme in table:
            if scheme not in SCHEMES:
                raise unknown_name(f"{where}, {key}", "scheme", on_one_line(scheme), SCHEMES)
    return TrainedFiles(
        where=where,
        weights={scheme: beside(path) for scheme, path in entry.weights.items()},
        held_out=None if entry.held_out is None else beside(entry.held_out),
        data=entry.data,
        provenance=entry.provenance,
        fingerprint=entry.fingerprint or fingerprint(network),
        dataset=entry.dataset,
        test_images=entry.test_images,
        accuracy=entry.accuracy,
    )


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # Not only TOMLDecodeError: a number too long to convert is a plain ValueError.
        raise InputError(file, f"not a TOML file: {error}") from None
    except RecursionError:
        raise InputError(file, "not a TOML file: nested too deeply") from None


def _entries(tables: list[dict[str, Any]], file: str) -> list[LayerEntry]:
    """Every layer's keys checked for its operator, and its name for being new."""
    entries: list[LayerEntry] = []
    names = {INPUT}
    for number, table in enumerate(tables, 1):
        where = _where(table, number, file)
        operator = _operator(table, where)
        named = f"{where} ({operator})"
        entry = checked(OPERATORS[operator].entry, modelled(table, operator, named), named)
        if entry.name in names:
            what = "the network's input" if entry.name == INPUT else "an earlier layer"
            raise InputError(where, f"'{entry.name}' is the name of {what}", "accepted: a new name")
        names.add(entry.name)
        entries.append(entry)
    return entries


def _where(table: Mapping[str, Any], number: int, file: str) -> str:
    name = table.get("name")
    return f"{file}, layer {spell_value(name) if isinstance(name, str) else number}"


def _operator(table: Mapping[str, Any], where: str) -> str:
    known = ", ".join(OPERATORS)
    if "operator" not in table:
        raise InputError(where, "key 'operator' is missing", f"it takes one of {known}")
    operator = table["operator"]
    if not isinstance(operator, str):
        problem = f"operator is {spell_value(operator)}"
        raise InputError(where, problem, f"accepted: one of {known}")
    if operator not in OPERATORS:
        refuse_operator(on_one_line(operator), OPERATORS, where)
        raise unknown_name(where, "operator", on_one_line(operator), OPERATORS)
    return operator


def _layers(entries: list[LayerEntry], shape: TensorShape, file: str) -> tuple[Layer, ...]:
    shapes = {INPUT: shape}
    later = [entry.name for entry in entries]
    layers: list[Layer] = []
    previous = INPUT
    for entry in entries:
        where = f"{file}, layer '{entry.name}'"
        inputs = _inputs(entry, previous)
        for name in inputs:
            _refuse_unknown_input(name, entry.name, shapes, later, where)
        site = Site(inputs, tuple(shapes[name] for name in inputs), where)
        made = OPERATORS[entry.operator].infer(entry, site)
        for layer in (made,) if isinstance(made, Layer) else made:
            if layer.name != entry.name and layer.name in (*shapes, *later):
                problem = f"is written with a layer '{layer.name}', which there is already"
                raise InputError(where, problem, "accepted: another name for one of them")
            layers.append(layer)
            shapes[layer.name] = layer.output_shape
        previous = entry.name
    return tuple(layers)


def _inputs(entry: LayerEntry, previous: str) -> tuple[str, ...]:
    if isinstance(entry, JoinEntry):
        return tuple(entry.inputs)
    given = entry.input if isinstance(entry, SingleEntry) else None
    return (previous if given is None else given,)


def _refuse_unknown_input(
    name: str, reader: str, shapes: Mapping[str, TensorShape], names: list[str], where: str
) -> None:
    if name in shapes:
        return
    if name == reader:
        raise InputError(where, "reads its own output", "accepted: the name of an earlier layer")
    if name in names:
        raise InputError(
            where, f"reads '{name}', which comes later", "accepted: layers after their inputs"
        )
    raise unknown_name(where, "input", on_one_line(name), shapes)


def _outputs(names: list[str] | None, layers: tuple[Layer, ...], file: str) -> tuple[str, ...]:
    """The layers named as outputs; none if the file names none, and the unread ones are."""
    if names is None:
        return ()
    where = f"{file}, outputs"
    known = [layer.name for layer in layers]
    for name in names:
        if name not in known:
            raise unknown_name(where, "layer", on_one_line(name), known)
        if names.count(name) > 1:
            raise InputError(where, f"names '{name}' twice", "accepted: every layer once")
    read = {name for layer in layers for name in layer.inputs}
    for name in known:
        if name not in read and name not in names:
            raise InputError(
                f"{file}, layer '{name}'",
                "no later layer reads its output",
                "accepted: its name in outputs, or a layer that reads it",
            )
    return tuple(names)
