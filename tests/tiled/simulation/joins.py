"""Random networks that join branches of any width, or have several filters for each channel."""

from __future__ import annotations

from lightsim.network.tensor import TensorShape
from tests.quantisation.networks import network
from tests.tiled.simulation.nets import Builder

_READERS = ("conv", "depthwise", "groups", "pool", "sum", "dense", "flatten", "nothing")


class _Joiner(Builder):
    """Branches of one image size that are joined, and what reads the joined channels."""

    def branch(self, stem):
        """A branch whose output has the stem's height and width."""
        dice = self.dice
        self.name, self.shape = stem
        ways = ["conv", "conv", "pool", "pooled", "stem", "depthwise", "join"]
        way = dice.choice(ways if self.sign else [*ways, "sum"])
        if way == "conv":
            self.conv(filters=dice.randint(1, 20), same=True, activation=self.kind)
        elif way == "pool":
            self.add("max_pool", self.shape, kernel=3, stride=1, padding=1)
        elif way == "pooled":  # fused with the convolution before it, where nothing else reads it
            self.conv(filters=dice.randint(1, 20), same=True, activation=self.kind)
            self.add("max_pool", self.shape, kernel=1, stride=1)
        elif way == "depthwise":
            self.depthwise()
        elif way == "sum":
            one = self.conv(filters=dice.randint(1, 12), same=True, activation=self.kind)
            filters = self.shape.channels
            other = self.conv(filters=filters, same=True, activation=self.kind)
            self.add("add", self.shape, inputs=[one, other], activation=self.kind)
        elif way == "join" and len(self.layers) < 12:
            self.join(stem, dice.randint(2, 3))
        return self.name, self.shape.channels

    def depthwise(self):
        # Few enough for the parameter memory, whatever the array.
        filters = self.shape.channels * self.dice.randint(1, 3 if self.shape.channels < 40 else 1)
        shape = TensorShape(filters, self.shape.height, self.shape.width)
        self.add("conv2d", shape, filters=filters, kernel=3, padding=1, depthwise=True,
                 activation=self.kind)  # fmt: skip

    def join(self, stem, count):
        """`count` branches joined, one of them perhaps twice, in any order."""
        dice = self.dice
        parts = [self.branch(stem) for _ in range(count)]
        if dice.random() < 0.2:
            parts.append(dice.choice(parts))
        dice.shuffle(parts)
        shape = TensorShape(sum(size for _, size in parts), stem[1].height, stem[1].width)
        self.add("concat", shape, inputs=[name for name, _ in parts])
        # Sometimes a later layer reads a part, or the stem, as well.
        self.beside = dice.choice(parts)[0] if dice.random() < 0.3 else None

    def read(self):
        """A layer that reads what was joined."""
        dice = self.dice
        way = dice.choice(_READERS)
        if way == "conv":
            self.conv(grouped=False)
        elif way == "depthwise":
            self.depthwise()
        elif way == "groups":
            divisors = [g for g in range(2, 9) if self.shape.channels % g == 0]
            if divisors:
                groups = dice.choice(divisors)
                filters = groups * dice.randint(1, 4)
                shape = TensorShape(filters, self.shape.height, self.shape.width)
                self.add("conv2d", shape, filters=filters, kernel=1, groups=groups,
                         activation=self.kind)  # fmt: skip
        elif way == "pool":
            self.pool()
        elif way == "sum" and not self.sign:
            joined = self.name
            self.conv(filters=self.shape.channels, same=True, activation=self.kind)
            self.add("add", self.shape, inputs=[joined, self.name], activation=self.kind)
        elif way == "flatten":
            self.add("flatten", TensorShape(self.shape.elements, 1, 1))
            self.add("dense", TensorShape(5, 1, 1), filters=5)
        elif way == "dense":
            self.add("dense", TensorShape(3, 1, 1), filters=3)


def joined_network(dice, scheme, word_bytes):
    """A network of one or two joins whose branches have any number of channels."""
    sign = scheme == "binary" and dice.random() < 0.6
    image = (dice.randint(1, 20), dice.randint(3, 8), dice.randint(3, 8))
    builder = _Joiner(dice, TensorShape(*image), word_bytes, sign)
    builder.kind = "sign" if sign else "relu"
    builder.conv(filters=dice.randint(1, 20), same=True, activation=builder.kind)
    extra = []
    for _ in range(dice.randint(1, 2)):
        builder.join((builder.name, builder.shape), dice.randint(2, 4))
        extra.append(builder.beside)
        if builder.shape.channels > 160:
            break
    builder.read()
    for name in {name for name in extra if name is not None}:
        # A second output of the network, read from the part where it lies.
        builder.layers.append({"name": f"beside-{name}", "operator": "conv2d", "input": name,
                               "filters": 3, "kernel": 1})  # fmt: skip
    return network(builder.layers, image=image, signed=dice.random() < 0.5)


def multiplied_network(dice, scheme, word_bytes):
    """A convolution, and one or two with 1 to 9 filters for each of its channels."""
    sign = scheme == "binary" and dice.random() < 0.5
    image = (dice.randint(1, 20), dice.randint(1, 9), dice.randint(1, 9))
    builder = Builder(dice, TensorShape(*image), word_bytes, sign)
    builder.conv(filters=dice.randint(2, 12), activation=builder.activation())
    for most in (9, 2)[: dice.randint(1, 2)]:
        if builder.shape.channels > 1:
            groups = builder.shape.channels
            builder.conv(filters=groups * dice.randint(1, most), groups=groups)
    builder.tail()
    return network(builder.layers, image=image, signed=dice.random() < 0.5)
