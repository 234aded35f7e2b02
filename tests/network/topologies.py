"""Well-known topologies as a network file writes them, small or as published: tests' data.

Batch norm is folded and comes before the activation, also in DenseNet, whose authors put it first:
what a layer reads is then what another has stored. Upsampling and shuffling are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lightsim.network.layer import Network
from tests.quantisation.networks import network

__all__ = ["TOPOLOGIES", "densenet", "googlenet"]

Layers = list[dict[str, Any]]


class _Net:
    """Layers written one after another; each method gives the name of what it has written."""

    def __init__(self) -> None:
        self.layers: Layers = []

    def add(self, operator: str, source: str | None = None, **keys: Any) -> str:
        name = keys.pop("name", f"{operator}{len(self.layers)}")
        if source is not None:
            keys["input"] = source
        self.layers.append({"name": name, "operator": operator, **keys})
        return str(name)

    def conv(self, filters: int, kernel: int = 1, source: str | None = None, **keys: Any) -> str:
        keys = {"padding": kernel // 2, "activation": "relu", **keys}
        return self.add("conv2d", source, filters=filters, kernel=kernel, **keys)

    def pool(self, kernel: int = 3, stride: int = 2, source: str | None = None, **keys: Any) -> str:
        return self.add("max_pool", source, kernel=kernel, stride=stride, **keys)

    def join(self, *parts: str, **keys: Any) -> str:
        return self.add("concat", None, inputs=list(parts), **keys)

    def sum(self, one: str, other: str) -> str:
        return self.add("add", None, inputs=[one, other], activation="relu")

    def classify(self, classes: int = 10) -> None:
        self.add("global_pool")
        self.add("dense", filters=classes)

    def made(self, *image: int) -> Network:
        return network(self.layers, image=image)


# Inception modules of GoogLeNet, table 1 of arXiv 1409.4842: filters of the 1x1, 3x3 reduce, 3x3,
# 5x5 reduce, 5x5 and pool projection.
_INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip


def googlenet(side: int = 224, classes: int = 1000) -> Network:
    """GoogLeNet without its auxiliary classifiers; its pools round up."""
    net = _Net()
    up = {"padding": [0, 0, 1, 1]}
    net.conv(64, 7, stride=2, padding=3, name="conv1")
    net.pool(**up)
    net.conv(64, name="conv2_reduce")
    net.conv(192, 3, name="conv2")
    source = net.pool(**up)
    for name, (one, reduce3, three, reduce5, five, projection) in _INCEPTION.items():
        if name in ("4a", "5a"):
            source = net.pool(source=source, **up)
        parts = [net.conv(one, source=source, name=f"{name}_1x1")]
        net.conv(reduce3, source=source, name=f"{name}_3x3_reduce")
        parts.append(net.conv(three, 3, name=f"{name}_3x3"))
        net.conv(reduce5, source=source, name=f"{name}_5x5_reduce")
        parts.append(net.conv(five, 5, name=f"{name}_5x5"))
        net.pool(3, 1, source, padding=1)
        parts.append(net.conv(projection, name=f"{name}_pool"))
        source = net.join(*parts, name=name)
    net.classify(classes)
    return net.made(3, side, side)


def densenet(
    growth: int, blocks: tuple[int, ...], *, side: int, bottleneck: bool, classes: int = 10
) -> Network:
    """DenseNet of arXiv 1608.06993: every layer reads all layers of its block before it."""
    net = _Net()
    channels = 2 * growth if bottleneck else 16
    imagenet = side > 64
    source = net.conv(channels, 7 if imagenet else 3, **({"stride": 2} if imagenet else {}))
    if imagenet:
        source = net.pool(3, 2, padding=1)
    for number, layers in enumerate(blocks):
        for _ in range(layers):
            if bottleneck:
                made = net.conv(growth, 3, net.conv(4 * growth, 1, source))
            else:
                made = net.conv(growth, 3, source)
            source, channels = net.join(source, made), channels + growth
        if number + 1 < len(blocks):
            channels = channels // 2 if bottleneck else channels
            net.conv(channels, 1, source)
            source = net.add("average_pool", kernel=2)
    net.classify(classes)
    return net.made(3, side, side)


def _squeezenet() -> Network:
    net = _Net()
    net.conv(64, 3, stride=2, padding=0)
    source = net.pool()
    for squeeze, expand in ((16, 64), (16, 64), (32, 128), (48, 192)):
        net.conv(squeeze, source=source)
        squeezed = net.layers[-1]["name"]
        source = net.join(net.conv(expand, source=squeezed), net.conv(expand, 3, squeezed))
    net.conv(100)
    net.add("global_pool")
    return net.made(3, 56, 56)


def _mobilenet_v2() -> Network:
    net = _Net()
    source, channels = net.conv(32, 3, stride=2), 32
    for expand, filters, stride in ((1, 16, 1), (6, 24, 2), (6, 24, 1), (6, 32, 2), (6, 32, 1)):
        wide = channels * expand
        net.conv(wide, 1, source)
        net.conv(wide, 3, stride=stride, depthwise=True)
        made = net.conv(filters, activation="none")
        same = stride == 1 and filters == channels
        source, channels = net.sum(made, source) if same else made, filters
        if not same:
            source = net.conv(filters, 1, source)
    net.classify()
    return net.made(3, 56, 56)


def _shufflenet() -> Network:
    net = _Net()
    net.conv(24, 3, stride=2)
    source, channels = net.pool(padding=1), 24
    for filters in (216, 0):  # with the 24 of the shortcut 240
        stride, wide = (2, filters) if filters else (1, 240)
        net.conv(60, 1, source, groups=3)
        net.conv(60, 3, stride=stride, depthwise=True, activation="none")
        branch = net.conv(wide, groups=3)
        if filters:
            short = net.add("average_pool", source, kernel=3, stride=2, padding=1)
            source, channels = net.join(short, branch), channels + filters
        else:
            source = net.sum(branch, source)
    net.classify()
    return net.made(3, 64, 64)


def _resnext() -> Network:
    net = _Net()
    source = net.conv(64, 3, stride=2)
    source = net.conv(128, 1, source)
    for _ in range(2):
        net.conv(64, 1, source)
        net.conv(64, 3, groups=16)  # four channels a group
        source = net.sum(net.conv(128, activation="none"), source)
    net.classify()
    return net.made(3, 32, 32)


def _unet() -> Network:
    """The way down and the joins of a U-Net on one scale: there is no upsampling."""
    net = _Net()
    one = net.conv(12, 3)
    two = net.conv(20, 3, one)
    three = net.conv(28, 3, two)
    joined = net.conv(20, 3, net.join(three, two))
    net.conv(12, 3, net.join(joined, one))
    net.conv(2)
    return net.made(1, 20, 20)


def _yolo_tiny() -> Network:
    """YOLOv3-tiny's two heads, at a quarter of its width."""
    net = _Net()
    source = None
    for filters in (4, 8, 16, 32, 64):
        source = net.conv(filters, 3, source)
        if filters < 64:
            source = net.pool(2, 2)
    middle = source
    net.pool(2, 2, middle)
    neck = net.conv(64, 1, net.conv(256, 3))
    net.conv(255, 1, net.conv(128, 3, neck), activation="none", name="coarse")
    net.conv(255, 1, net.conv(64, 3, middle), activation="none", name="fine")
    return net.made(3, 104, 104)


def _ssd() -> Network:
    """Six heads on three scales."""
    net = _Net()
    source = net.conv(16, 3, stride=2)
    for scale, filters in enumerate((24, 32, 40)):
        source = net.conv(filters, 3, source, stride=2)
        for what, count in (("boxes", 16), ("classes", 84)):
            net.conv(count, 3, source, activation="none", name=f"{what}{scale}")
    return net.made(3, 48, 48)


def _odd() -> Network:
    """Prime channels, kernels larger than the image, strides larger than the kernel."""
    net = _Net()
    net.conv(13, 5, stride=7, padding=2)
    net.conv(17, 9, padding=4)
    net.conv(7, 2, stride=3, padding=0)
    net.conv(31, 3, padding=1)
    net.add("dense", filters=11)
    return net.made(1, 37, 29)


def _pointwise() -> Network:
    net = _Net()
    for filters in (3, 130, 1, 67):
        net.conv(filters)
    return net.made(5, 1, 1)


def _wide() -> Network:
    net = _Net()
    net.add("dense", filters=4096, activation="relu")
    net.add("dense", filters=3)
    return net.made(2, 16, 16)


def _multiplier() -> Network:
    net = _Net()
    net.conv(5, 3)
    net.conv(20, 7, groups=5, stride=2)
    net.conv(40, 5, depthwise=True)
    net.conv(320, 3, depthwise=True, stride=2)
    net.classify()
    return net.made(2, 30, 30)


TOPOLOGIES: dict[str, Callable[[], Network]] = {
    "squeezenet": _squeezenet,
    "mobilenet-v2": _mobilenet_v2,
    "shufflenet": _shufflenet,
    "resnext": _resnext,
    "unet": _unet,
    "yolo-tiny": _yolo_tiny,
    "ssd": _ssd,
    "odd": _odd,
    "pointwise": _pointwise,
    "wide": _wide,
    "multiplier": _multiplier,
    "inception": lambda: googlenet(32, 10),
    "densenet": lambda: densenet(12, (4, 3, 3), side=16, bottleneck=False),
    "densenet-bc": lambda: densenet(12, (3, 3), side=16, bottleneck=True),
}
