"""Random small networks: every operator, odd shapes, and everything that can be fused."""

from __future__ import annotations

from lightsim.network.tensor import TensorShape
from tests.quantisation.networks import network


class Builder:
    """Layers so far, and the name and shape of the last one's output."""

    def __init__(self, dice, shape, word_bytes, sign):
        self.dice, self.shape, self.name, self.sign = dice, shape, "input", sign
        self.layers = []
        # Views that share a tensor must start at a memory word.
        self.block = word_bytes * 8 if sign else word_bytes

    def add(self, operator, shape, **keys):
        name = f"l{len(self.layers)}"
        if "inputs" not in keys:
            keys.setdefault("input", self.name)
        self.layers.append({"name": name, "operator": operator, **keys})
        self.name, self.shape = name, shape
        return name

    def activation(self):
        return "sign" if self.sign else self.dice.choice(["relu", "none"])

    def conv(self, *, filters=None, same=False, activation=None, grouped=True, **keys):
        dice, shape = self.dice, self.shape
        kernel = [dice.randint(1, 3), dice.randint(1, 3)]
        if same:
            stride = [1, 1]
            padding = [(kernel[0] - 1) // 2, (kernel[1] - 1) // 2, kernel[0] // 2, kernel[1] // 2]
        else:
            stride = [dice.randint(1, 3), dice.randint(1, 3)]
            padding = [dice.randint(0, 2) for _ in range(4)]
            padding[2] += max(0, kernel[0] - shape.height - padding[0] - padding[2])
            padding[3] += max(0, kernel[1] - shape.width - padding[1] - padding[3])
        high = (shape.height + padding[0] + padding[2] - kernel[0]) // stride[0] + 1
        wide = (shape.width + padding[1] + padding[3] - kernel[1]) // stride[1] + 1
        if filters is None:
            way = dice.choice(["dense", "dense", "depthwise", "groups"])
            filters = dice.randint(1, 24)
            if grouped and way == "depthwise":
                filters = shape.channels * dice.randint(1, 2)
                keys["depthwise"] = True
            elif grouped and way == "groups":
                divisors = [g for g in range(2, 9) if shape.channels % g == 0]
                if divisors:
                    keys["groups"] = dice.choice(divisors)
                    filters = keys["groups"] * dice.randint(1, 6)
        return self.add(
            "conv2d",
            TensorShape(filters, high, wide),
            filters=filters,
            kernel=kernel,
            stride=stride,
            padding=padding,
            activation=activation or self.activation(),
            bias=dice.random() < 0.5,
            **keys,
        )

    def pooled(self):
        """A convolution with a max pooling that can be done in the same pass."""
        self.conv()
        self.touching_pool()

    def touching_pool(self):
        dice = self.dice
        kernel = [
            dice.randint(1, min(3, self.shape.height)),
            dice.randint(1, min(3, self.shape.width)),
        ]
        shape = TensorShape(
            self.shape.channels, self.shape.height // kernel[0], self.shape.width // kernel[1]
        )
        self.add("max_pool", shape, kernel=kernel)

    def residual(self):
        """Two branches and their sum; either may come first, and a pooling may follow."""
        dice, first = self.dice, self.conv()
        filters = self.shape.channels
        second = self.conv(filters=filters, same=True)
        inputs = dice.choice([[first, second], [second, first]])
        activation = dice.choice(["relu", "none"])
        self.sign = False  # a sum has eight bits
        self.add("add", self.shape, inputs=inputs, activation=activation)
        if dice.random() < 0.5:
            self.touching_pool()

    def doubled(self):
        """A layer added to itself: nothing can be fused."""
        name = self.conv()
        self.sign = False
        self.add("add", self.shape, inputs=[name, name], activation="relu")

    def pool(self):
        """A pooling whose windows overlap or hang over the edge."""
        shape, dice = self.shape, self.dice
        kernel = [dice.randint(1, 3), dice.randint(1, 3)]
        stride = [dice.randint(1, 3), dice.randint(1, 3)]
        padding = [dice.randint(0, kernel[i % 2] - 1) for i in range(4)]
        if shape.height + padding[0] + padding[2] < kernel[0]:
            kernel[0], padding[0], padding[2] = 1, 0, 0
        if shape.width + padding[1] + padding[3] < kernel[1]:
            kernel[1], padding[1], padding[3] = 1, 0, 0
        high = (shape.height + padding[0] + padding[2] - kernel[0]) // stride[0] + 1
        wide = (shape.width + padding[1] + padding[3] - kernel[1]) // stride[1] + 1
        operator = "max_pool"
        if not self.sign:
            operator = dice.choice(["max_pool", "average_pool"])
        out = TensorShape(shape.channels, high, wide)
        self.add(operator, out, kernel=kernel, stride=stride, padding=padding)

    def concat(self):
        """Branches that write into one tensor, one of them perhaps through a copy."""
        if self.block > 32:
            return
        dice = self.dice
        self.conv()
        stem, shape = self.name, self.shape
        activation = self.activation()
        left = self.conv(filters=self.block, same=True, activation=activation)
        self.name, self.shape = stem, shape
        right = self.conv(filters=dice.randint(1, 9), same=True, activation=activation)
        inputs = [left, left, right] if dice.random() < 0.5 else [left, right]
        channels = self.shape.channels + self.block * (len(inputs) - 1)
        self.add("concat", TensorShape(channels, shape.height, shape.width), inputs=inputs)

    def reorganise(self):
        if self.block > 32 or self.shape.height < 2 or self.shape.width < 2:
            return
        if self.shape.height % 2 or self.shape.width % 2:
            shape = self.shape
            self.conv(filters=self.block, same=True)
            # An even image, by a pooling that drops the last row or column.
            kernel = [1 + shape.height % 2, 1 + shape.width % 2]
            out = TensorShape(self.block, shape.height - kernel[0] + 1, shape.width - kernel[1] + 1)
            self.add("max_pool", out, kernel=kernel, stride=1)
        else:
            self.conv(filters=self.block, same=True)
        shape = self.shape
        out = TensorShape(shape.channels * 4, shape.height // 2, shape.width // 2)
        self.add("reorganise", out, stride=2)

    def tail(self):
        """What may end a network."""
        dice = self.dice
        how = dice.choice(["none", "dense", "flatten", "global", "two dense"])
        if how == "global" and not self.sign:
            self.add("global_pool", TensorShape(self.shape.channels, 1, 1))
        if how == "flatten":
            self.add("flatten", TensorShape(self.shape.elements, 1, 1))
        if how != "none":
            if how == "two dense":
                filters = dice.randint(1, 12)
                out = TensorShape(filters, 1, 1)
                self.add("dense", out, filters=filters, activation=self.activation())
            self.add("dense", TensorShape(5, 1, 1), filters=dice.randint(1, 9))


_BLOCKS = ("conv", "pooled", "residual", "doubled", "pool", "concat", "reorganise")


def random_network(dice, scheme, word_bytes):
    """A network of one to three blocks whose layers `scheme` can quantise."""
    sign = scheme == "binary" and dice.random() < 0.5
    image = (dice.randint(1, 20), dice.randint(1, 9), dice.randint(1, 9))
    bits = 1 if sign and dice.random() < 0.5 else 8
    builder = Builder(dice, TensorShape(*image), word_bytes, sign)
    builder.conv(activation="sign" if sign else "relu")
    for _ in range(dice.randint(0, 2)):
        getattr(builder, dice.choice(_BLOCKS))()
    builder.tail()
    return network(builder.layers, image=image, bits=bits, signed=dice.random() < 0.5)
