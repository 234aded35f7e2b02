"""The activity of a program, counted by walking through every step of it."""

from __future__ import annotations

from collections import Counter
from math import ceil


def walked(program):
    """The events of every pass of a program but for memory's, each counted where it happens."""
    return [_Walk(program.accelerator, schedule).events for schedule in program.schedules]


class _Walk:
    """One pass, tile by tile."""

    def __init__(self, accelerator, schedule):
        self.machine, self.layer = accelerator, schedule.layer
        self.kinds = [group.pe for group in accelerator.array.groups for _ in range(group.rows)]
        self.bits = self.layer.source.element.bits
        self.taps = self.layer.kernel[0] * self.layer.kernel[1]
        total = Counter()
        for tile in schedule.tiles:
            self.events = Counter()
            if self.layer.weights is None:
                self.stream(tile)
            else:
                for group in tile.groups:
                    self.row_group(tile, group)
            if tile.last:
                self.finish(tile)
            for name, count in self.events.items():  # of each tile whole bytes
                at_bits = name.endswith("_bit") and name != "xnor_bit"
                total[name.replace("_bit", "_byte") if at_bits else name] += (
                    count // 8 if at_bits else count
                )
        self.events = +total

    def row_group(self, tile, group):
        """All steps of a row group, for one pixel group after another."""
        positions = tile.computed.pixels
        columns = self.column_groups(tile, group)
        steps = max(1, self.taps * columns * self.passes(group))
        array = self.machine.array
        psum_bits = array.rows * array.pixels * self.machine.accumulator.bits
        for first in range(0, positions, array.pixels):
            for _ in range(steps):
                self.events["input_buffer_bit"] += array.columns * array.pixels * self.bits
            for _ in range(self.taps * columns):
                self.events["weight_buffer_bit"] += self.planes(group) * self.word_bits()
            for going_on in (not tile.first, not tile.last):
                self.events["psum_bit"] += psum_bits * going_on
            for _ in range(first, min(first + array.pixels, positions)):
                for kind, filter_ in zip(self.kinds, group.filters, strict=True):
                    if filter_ >= 0:
                        self.events["accumulate"] += steps
                        self.products(kind, filter_, tile)

    def products(self, kind, filter_, tile):
        """The products of one filter at one position."""
        scheme, k = self.layer.main.scheme, int(self.layer.main.k[filter_])
        if scheme.name == "flightnn" and k == 0:
            return
        inner = self.layer.weights.shape[1]
        if self.layer.groups == 1:
            inner = tile.read.channels.stop - tile.read.channels.start
        for _ in range(self.taps):
            if kind == "xnor_popcount":
                self.events["xnor_bit"] += inner * self.bits
            elif kind in ("shift_add_serial", "shift_add_spatial"):
                self.events["shift_add_term"] += inner * k
            else:
                wide = scheme.name in ("fixed8", "lightnn2", "flightnn")
                self.events["multiply_8" if wide else "multiply_4"] += inner

    def passes(self, group):
        """Steps for each tap and column group: as the slowest row needs them."""
        found = 0
        for kind, filter_ in zip(self.kinds, group.filters, strict=True):
            if filter_ < 0:
                continue
            k = int(self.layer.main.k[filter_])
            own = {"shift_add_serial": max(k, 1), "xnor_popcount": self.bits}.get(kind, 1)
            found = max(found, own)
        return 0 if self.pruned(group) else found

    def planes(self, group):
        """Weight words for each tap and column group: two where a serial row has two terms."""
        if self.pruned(group):
            return 0
        rows = zip(self.kinds, group.filters, strict=True)
        two = any(
            kind == "shift_add_serial" and f >= 0 and self.layer.main.k[f] == 2 for kind, f in rows
        )
        return 1 + two

    def pruned(self, group):
        used = [self.layer.main.k[f] for f in group.filters if f >= 0]
        return self.layer.main.scheme.name == "flightnn" and not any(used)

    def column_groups(self, tile, group):
        """Aligned groups of columns that hold a channel of the row group."""
        width = self.machine.array.columns
        if self.layer.kind == "depthwise":
            return 1
        channels = tile.read.channels if self.layer.groups == 1 else group.channels
        base = tile.read.channels.start
        return len({(c - base) // width for c in range(channels.start, channels.stop)})

    def word_bits(self):
        """Bits of a weight word: a code for every row and column."""
        scheme = self.layer.main.scheme
        codes = {"shift_add_serial": scheme.term_bits}
        bits = sum(codes.get(kind, scheme.weight_bits) for kind in self.kinds)
        return bits if self.layer.kind == "depthwise" else bits * self.machine.array.columns

    def stream(self, tile):
        """A pooling or addition holds a word of the input in every cycle."""
        word, box = self.machine.word_bytes, tile.computed.channels
        per_word, lanes = word * 8 // self.bits, self.machine.post.lanes
        fullest = min(per_word, box.stop - box.start)
        for _ in range(tile.computed.pixels):
            for _ in range(box.start // per_word, ceil(box.stop / per_word)):
                self.events["input_buffer_byte"] += max(self.taps, ceil(fullest / lanes)) * word

    def finish(self, tile):
        """Every computed value through the post-processing unit, and its word to the store."""
        layer = self.layer
        operator, result = layer.main.layer.operator, layer.main.output.bits
        for _ in range(tile.computed.pixels * (tile.computed.channels.size)):
            if layer.weights is not None and result == 8:
                self.events["requantise"] += 1
            if operator in ("average_pool", "global_pool"):
                self.events["requantise"] += 1
            if operator == "add" or layer.addition is not None:
                self.events["requantise"] += 2  # both numbers
                self.events["pool_op"] += 1  # their sum
            if operator in ("max_pool", "average_pool", "global_pool") and not self.copies():
                self.events["pool_op"] += self.taps
            if layer.pooling is not None and layer.pooling.layer.kernel != (1, 1):
                self.events["pool_op"] += 1
        per_word = self.machine.word_bytes * 8 // layer.destination.element.bits
        box, first = tile.written, layer.destination.offset
        blocks = {c // per_word for c in range(box.channels.start, box.channels.stop)}
        assert first % per_word == 0
        self.events["output_buffer_byte"] += 2 * box.pixels * len(blocks) * self.machine.word_bytes

    def copies(self):
        return self.layer.main.layer.operator == "max_pool" and self.taps == 1
