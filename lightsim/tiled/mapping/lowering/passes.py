"""From a quantised network to engine layers: what one pass over the machine computes.

A pass is a convolution (dense layers are convolutions whose kernel is the whole image), a
pooling or an addition. A residual addition and a non-overlapping max pooling that directly
follow a convolution are done in the same pass; flatten and concat are only addressing;
reorganise is one strided copy per block offset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lightsim.errors import InputError
from lightsim.network.layer import Padding
from lightsim.network.tensor import ElementType, TensorShape
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.filters.row_groups import is_depthwise
from lightsim.tiled.mapping.lowering.joining import (
    output_shape,
    parts_name,
    parts_shape,
    place_joins,
)
from lightsim.tiled.mapping.lowering.moving_window import place_window
from lightsim.tiled.mapping.plan.input_form import choose_form
from lightsim.tiled.mapping.plan.plan import EngineLayer, Kind, Plan, Tensor, TensorView

__all__ = ["lower"]


def lower(workload: Workload, accelerator: Accelerator | None = None) -> Plan:
    """The passes of a workload; raises `InputError` for what the machine cannot express.

    With an accelerator the input is stored in the form that suits its array.
    """
    return _Lowering(workload, accelerator).plan()


@dataclass(slots=True, eq=False)
class _Fused:
    """What is done in the same pass as a convolution, and the last layer of it."""

    last: QuantisedLayer
    computed: TensorShape
    addition: QuantisedLayer | None = None
    pooling: QuantisedLayer | None = None
    residual: TensorView | None = None
    swapped: bool = False


class _Lowering:
    """The state of one walk over the network's layers."""

    def __init__(self, workload: Workload, accelerator: Accelerator | None) -> None:
        self._workload = workload
        self._users: dict[str, list[str]] = {}
        for q in workload.layers:
            for name in q.layer.inputs:
                self._users.setdefault(name, []).append(q.layer.name)
        self._accelerator = accelerator
        self._form = choose_form(workload.network, self._users, accelerator)
        self._views: dict[str, TensorView] = {}
        self._placed: dict[str, TensorView] = {}
        self._tensors: list[Tensor] = []
        self._passes: list[EngineLayer] = []
        self._done: set[str] = set()

    def plan(self) -> Plan:
        form = self._form
        self._views["input"] = self._tensor("input", form.shape, self._workload.input_type)
        self._placed = place_joins(self._workload, self._users, self._accelerator, self._tensor)
        for q in self._workload.layers:
            if q.layer.name not in self._done:
                self._lower(q)
        written = {layer.last_name: self._views[layer.last_name] for layer in self._passes}
        outputs = {}
        for name in map(self._before_flatten, self._workload.network.outputs):
            outputs[name] = self._views[name]
        return Plan(
            self._workload,
            tuple(self._passes),
            tuple(self._tensors),
            self._views["input"],
            form,
            outputs,
            written | outputs,
        )

    def _before_flatten(self, name: str) -> str:
        """The layer whose values are stored for those of `name`."""
        while name != "input":
            layer = self._workload.layer(name).layer
            if layer.operator != "flatten":
                break
            (name,) = layer.inputs
        return name

    def _tensor(self, name: str, shape: TensorShape, element: ElementType) -> TensorView:
        self._tensors.append(Tensor(name, shape, element))
        return TensorView(name, 0, shape, element)

    def _destination(self, q: QuantisedLayer) -> TensorView:
        name = q.layer.name
        view = self._placed.get(name)
        if view is None:
            view = self._tensor(name, q.layer.output_shape, q.output)
        self._views[name] = view
        self._done.add(name)
        return view

    def _lower(self, q: QuantisedLayer) -> None:
        match q.layer.operator:
            case "conv2d" | "dense":
                self._convolution(q)
            case "max_pool" | "average_pool" | "global_pool" | "requantise":
                self._append(q, "pooling", self._views[q.layer.inputs[0]], self._destination(q))
            case "upsample":
                source = self._views[q.layer.inputs[0]]
                self._enlarge(q, source, self._destination(q))
            case "interleave":
                self._interleave(q)
            case "add" | "multiply":
                self._append(
                    q,
                    "addition",
                    self._views[q.layer.inputs[0]],
                    self._destination(q),
                    residual=self._views[q.layer.inputs[1]],
                )
            case "flatten":
                self._refuse_vector(q)
                self._views[q.layer.name] = self._views[q.layer.inputs[0]]
                self._done.add(q.layer.name)
            case "concat":
                self._concat(q)
            case "reorganise":
                self._reorganise(q)

    def _refuse_vector(self, q: QuantisedLayer) -> None:
        """Refuse readers for which the values would have to be moved to become a vector.

        A dense layer reads the image as it lies; any other reader would find its channels
        spread over the pixels.
        """
        shape = self._views[q.layer.inputs[0]].shape
        if shape.height * shape.width == 1:
            return
        for name in self._users.get(q.layer.name, []):
            operator = self._workload.layer(name).layer.operator
            if operator not in ("dense", "flatten"):
                raise InputError(
                    name,
                    f"{operator} reads '{q.layer.name}', which flattens an image of {shape}",
                    "accepted: dense layers after flatten, or an image of one pixel",
                )

    def _append(
        self,
        q: QuantisedLayer,
        kind: Kind,
        source: TensorView,
        destination: TensorView,
        residual: TensorView | None = None,
    ) -> None:
        layer = q.layer
        whole = layer.operator == "global_pool"
        self._passes.append(
            EngineLayer(
                name=layer.name,
                kind=kind,
                main=q,
                source=source,
                residual=residual,
                destination=destination,
                computed=destination.shape,
                kernel=(source.shape.height, source.shape.width) if whole else layer.kernel,
                stride=layer.stride,
                padding=layer.padding,
                groups=1,
                weights=None,
            )
        )

    def _convolution(self, q: QuantisedLayer) -> None:
        layer = q.layer
        if q.weights is None:
            raise InputError(layer.name, "has no weights", "quantise the network first")
        source, window = place_window(
            layer, q.weights, self._views[layer.inputs[0]], self._form, self._accelerator
        )
        fused = self._fuse(q)
        depthwise = is_depthwise(layer, self._accelerator)
        self._passes.append(
            EngineLayer(
                name=layer.name,
                kind="depthwise" if depthwise else "convolution",
                main=q,
                source=source,
                residual=fused.residual,
                destination=self._destination(fused.last),
                computed=fused.computed,
                kernel=window.kernel,
                stride=window.stride,
                padding=window.padding,
                groups=layer.groups,
                weights=window.weights,
                addition=fused.addition,
                pooling=fused.pooling,
                swapped=fused.swapped,
                dilation=window.dilation,
            )
        )

    def _fuse(self, q: QuantisedLayer) -> _Fused:
        """What can be done in the same pass as a convolution: an addition, then a pooling."""
        fused = _Fused(last=q, computed=q.layer.output_shape)
        follower = self._only_user(q.layer.name)
        if follower is not None and follower.layer.operator == "add":
            other = [name for name in follower.layer.inputs if name != q.layer.name]
            numbers = q.output.is_requantised and follower.output.is_requantised and q.table is None
            if len(other) == 1 and other[0] in self._views and numbers:
                fused.addition = fused.last = follower
                fused.residual = self._views[other[0]]
                fused.swapped = follower.layer.inputs[0] == other[0]
                self._done.add(q.layer.name)
                follower = self._only_user(follower.layer.name)
        if follower is not None and _pools_in_place(follower):
            pool, out = follower.layer.kernel, follower.layer.output_shape
            self._done.update((q.layer.name, fused.last.layer.name))
            fused.pooling = fused.last = follower
            fused.computed = replace(
                fused.computed, height=out.height * pool[0], width=out.width * pool[1]
            )
        return fused

    def _only_user(self, name: str) -> QuantisedLayer | None:
        """The one layer that reads `name`, if the result is needed nowhere else."""
        users = self._users.get(name, [])
        if len(users) != 1 or name in self._placed or name in self._workload.network.outputs:
            return None
        return self._workload.layer(users[0])

    def _concat(self, q: QuantisedLayer) -> None:
        joined = self._placed[q.layer.name]
        offset = joined.offset
        for index, name in enumerate(q.layer.inputs):
            shape = output_shape(self._workload, name)
            wanted = TensorView(joined.tensor, offset, shape, q.output)
            if self._views[name] != wanted:
                self._copy(q, f"{q.layer.name}.{index}", self._views[name], wanted)
            offset += shape.channels
        self._views[q.layer.name] = joined
        self._done.add(q.layer.name)

    def _copy(
        self,
        q: QuantisedLayer,
        name: str,
        source: TensorView,
        destination: TensorView,
        stride: tuple[int, int] = (1, 1),
        offset: tuple[int, int] = (0, 0),
    ) -> None:
        """A pooling with a window of one: it moves data and computes nothing."""
        copy = replace(q, layer=replace(q.layer, operator="max_pool", kernel=(1, 1)))
        self._passes.append(
            EngineLayer(
                name=name,
                kind="pooling",
                main=copy,
                source=source,
                residual=None,
                destination=destination,
                computed=destination.shape,
                kernel=(1, 1),
                stride=stride,
                padding=Padding(top=-offset[0], left=-offset[1]),
                groups=1,
                weights=None,
            )
        )

    def _enlarge(
        self, q: QuantisedLayer, source: TensorView, destination: TensorView, phases: bool = False
    ) -> None:
        """A copy that reads every position again, or for each of them another part."""
        copy = replace(q, layer=replace(q.layer, operator="max_pool", kernel=(1, 1)))
        self._passes.append(
            EngineLayer(
                name=q.layer.name,
                kind="pooling",
                main=copy,
                source=source,
                residual=None,
                destination=destination,
                computed=destination.shape,
                kernel=(1, 1),
                stride=(1, 1),
                padding=Padding(),
                groups=1,
                weights=None,
                repeat=q.layer.stride,
                phases=phases,
            )
        )

    def _interleave(self, q: QuantisedLayer) -> None:
        joined = self._placed[parts_name(q)]
        _, each = parts_shape(self._workload, q, self._accelerator)
        for number, name in enumerate(q.layer.inputs):
            wanted = TensorView(joined.tensor, number * each, q.layer.input_shape, q.output)
            if self._views[name] != wanted:
                self._copy(q, f"{q.layer.name}.part{number}", self._views[name], wanted)
        self._enlarge(q, joined, self._destination(q), phases=True)

    def _reorganise(self, q: QuantisedLayer) -> None:
        source = self._views[q.layer.inputs[0]]
        destination = self._destination(q)
        down, across = q.layer.stride
        channels = source.shape.channels
        shape = replace(destination.shape, channels=channels)
        for dy in range(down):
            for dx in range(across):
                block = dy * across + dx
                view = TensorView(
                    destination.tensor, destination.offset + block * channels, shape, q.output
                )
                self._copy(q, f"{q.layer.name}.{block}", source, view, q.layer.stride, (dy, dx))


def _pools_in_place(q: QuantisedLayer) -> bool:
    """Whether a layer is a max pooling whose windows touch but never overlap or pad."""
    layer = q.layer
    return (
        layer.operator == "max_pool" and layer.kernel == layer.stride and layer.padding == Padding()
    )
