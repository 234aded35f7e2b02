"""The machine of docs/machine.md once more, cycle by cycle and as plainly as the text says it.

It knows times only, and ideal memory only. Schedules and addresses come from the mapping; steps,
drains, waits, grants and transfers are worked out here from the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lightsim.hardware.pe_kinds import pe_kind

_LONGEST = 2_000_000
_PRODUCT = {
    "shift_add_serial": 1,
    "shift_add_spatial": 2,
    "multiply_lut": 2,
    "multiply_dsp": 3,
    "xnor_popcount": 1,
}


def up(a, b):
    return -(-a // b)


@dataclass
class Stream:
    """A DMA stream: what it has to move, and the transfer under way."""

    name: str
    jobs: list
    port: int
    at: int = 0
    moving: bool = False
    requests: list = field(default_factory=list)
    shown: int = 0
    done: int = 0


class Paper:
    """One run; `ends` are the layers' last cycles, `tiles` (start, end) of the array's tiles."""

    def __init__(self, programs):
        self.acc = programs[0].accelerator
        self.passes = [(p, s) for p in programs for s in p.schedules]
        self.ends, self.tiles = [], []
        acc = self.acc
        port = {name: i for i, p in enumerate(acc.ports) for name in p.streams}
        jobs = {"input": [], "weight": [], "residual": [], "output": []}
        for number, (program, schedule) in enumerate(self.passes):
            for tile in schedule.tiles:
                if tile.load_input:
                    jobs["input"].append((number, program.input_runs(schedule, tile)))
                if tile.load_weight:
                    run = program.weight_runs[schedule.layer.name][tile.weight_tile]
                    jobs["weight"].append((-1, [run]))
                if tile.load_residual:
                    jobs["residual"].append((number, program.residual_runs(schedule, tile)))
                if tile.last:
                    jobs["output"].append((number, program.output_runs(schedule, tile)))
        self.streams = {name: Stream(name, todo, port[name]) for name, todo in jobs.items()}
        self.free = {name: getattr(acc, name).banks for name in jobs}
        self.full = dict.fromkeys(jobs, 0)
        self.opens = {0: 4}
        self.later = []  # (time, buffer, which count) of banks that change hands by themselves
        self.busy_until, self.slots = 0, []
        self.under_way = {p: [] for p in range(len(acc.ports))}
        self.return_free = dict.fromkeys(self.under_way, 0)
        self.turn = "input"

    def run(self):
        array = self.array()
        waiting = next(array)
        for t in range(_LONGEST):
            changed = True
            while changed:  # what happens in a cycle happens in no order
                changed = self.hand_over(t)
                for stream in self.streams.values():
                    changed |= self.finish(stream, t) | self.begin(stream, t)
                while waiting is not None and waiting(t):
                    waiting, changed = next(array, None), True
            self.grant(t)
            if len(self.ends) == len(self.passes):
                return self
        raise RuntimeError(f"not done after {_LONGEST} cycles")

    def hand_over(self, t):
        due = [entry for entry in self.later if entry[0] <= t]
        for entry in due:
            self.later.remove(entry)
            entry[2][entry[1]] += 1
        return bool(due)

    # Section 6: streams and buffers.
    def begin(self, stream, t):
        if stream.moving or stream.at == len(stream.jobs):
            return False
        layer, runs = stream.jobs[stream.at]
        store = stream.name == "output"
        if not store and layer >= 0 and self.opens.get(layer, t + 1) > t:
            return False
        banks = self.full if store else self.free
        if not banks[stream.name]:
            return False
        banks[stream.name] -= 1
        stream.moving, stream.done = True, t
        stream.requests = [piece for run in runs for piece in self.pieces(run)]
        self.show(stream, t)
        return True

    def pieces(self, run):
        """The sizes of a run's requests, cut at multiples of the largest."""
        at, left = run.address, run.nbytes
        while left:
            size = min(left, self.acc.request_bytes - at % self.acc.request_bytes)
            yield size
            at, left = at + size, left - size

    def show(self, stream, t):
        if stream.requests:
            pushed = stream.requests[0] // self.acc.word_bytes if stream.name == "output" else 0
            stream.shown = t + pushed

    def finish(self, stream, t):
        if not stream.moving or stream.requests or stream.done > t:
            return False
        layer, _ = stream.jobs[stream.at]
        stream.moving = False
        stream.at += 1
        if stream.name != "output":
            self.full[stream.name] += 1
            return True
        self.free["output"] += 1
        if stream.at == len(stream.jobs) or stream.jobs[stream.at][0] != layer:
            self.ends.append(t)
            self.opens[layer + 1] = t + 4
        return True

    # Section 7: grants, and an ideal memory.
    def grant(self, t):
        self.slots = [end for end in self.slots if end > t]
        for port, dones in self.under_way.items():
            self.under_way[port] = [done for done in dones if done > t]
        images = ["input", "residual"] if self.turn == "input" else ["residual", "input"]
        for name in ("output", *images, "weight"):
            stream = self.streams[name]
            if not stream.requests or stream.shown > t or len(self.slots) >= 2:
                continue
            if len(self.under_way[stream.port]) >= self.acc.outstanding:
                continue
            self.serve(stream, t)
            if name in ("input", "residual"):
                self.turn = "residual" if name == "input" else "input"
            return

    def serve(self, stream, t):
        memory, size = self.acc.memory, stream.requests.pop(0)
        start = max(t, self.busy_until)
        self.busy_until = start + up(size, memory.bytes_per_cycle)
        self.slots.append(self.busy_until)
        if stream.name == "output":
            done = self.busy_until + memory.latency_cycles
        else:
            cycle = self.return_free[stream.port] - 1
            for i in range(size // self.acc.word_bytes):
                there = up((i + 1) * self.acc.word_bytes, memory.bytes_per_cycle) - 1
                cycle = max(cycle + 1, start + memory.latency_cycles + there)
            done = self.return_free[stream.port] = cycle + 1
        self.under_way[stream.port].append(done)
        stream.done = max(stream.done, done)
        self.show(stream, t + 1)

    # Sections 3 to 5: the array and post-processing. Yields what it waits for.
    def array(self):
        now, drained = [0], 0

        def take(name, banks):
            def ready(t):
                if not banks[name]:
                    return False
                banks[name] -= 1
                now[0] = t
                return True

            return ready

        def until(time):
            def ready(t):
                if t < time:
                    return False
                now[0] = t
                return True

            return ready

        for number, (_, schedule) in enumerate(self.passes):
            yield lambda t, number=number: self.opens.get(number, t + 1) <= t and until(0)(t)
            for tile, after in zip(schedule.tiles, (*schedule.tiles[1:], None), strict=True):
                for name, loads in (
                    ("input", tile.load_input),
                    ("weight", tile.load_weight),
                    ("residual", tile.load_residual),
                ):
                    if loads:
                        yield take(name, self.full)
                if tile.last:
                    yield take("output", self.free)
                start = now[0]
                end, drained = self.timing(schedule.layer, tile, start, drained)
                self.tiles.append((start, end))
                if tile.load_residual:
                    self.later.append((drained, "residual", self.free))
                if tile.last:
                    self.later.append((drained + 6, "output", self.full))
                yield until(end)
                if after is None or after.load_input:
                    self.later.append((end, "input", self.free))
                has_weights = schedule.layer.weights is not None
                if has_weights and (after is None or after.load_weight):
                    self.later.append((end, "weight", self.free))

    def timing(self, layer, tile, start, drained):
        """(e, d) of a tile."""
        array, lanes = self.acc.array, self.acc.post.lanes
        positions = tile.computed.pixels
        if layer.weights is None:
            block = self.acc.port_bits // layer.source.element.field_bits
            channels = tile.computed.channels
            window = layer.kernel[0] * layer.kernel[1]
            sizes = {}
            for channel in range(channels.start, channels.stop):
                sizes[channel // block] = sizes.get(channel // block, 0) + 1
            first, last = sizes[min(sizes)], sizes[max(sizes)]
            end = max(start, drained) + 2
            end += positions * len(sizes) * max(window, up(first, lanes))
            return end, end + min(window, up(last, lanes)) - 1
        depth = 2 + max(_PRODUCT[g.pe] for g in array.groups) + 1
        depth += next(level for level in range(20) if 2**level >= array.columns)
        captured = start + depth
        for group in tile.groups:
            steps = self.steps(layer, tile, group)
            for first in range(0, positions, array.pixels):
                captured += steps
                if tile.last:
                    captured = max(captured, drained)
                    taken = [0] * lanes
                    for f in group.filters:
                        if f >= 0:
                            taken[(f - tile.computed.channels.start) % lanes] += 1
                    drained = captured + min(array.pixels, positions - first) * max(taken)
        return captured, drained

    def steps(self, layer, tile, group):
        columns, scheme = self.acc.array.columns, layer.main.scheme
        rows = [pe_kind(g.pe).name for g in self.acc.array.groups for _ in range(g.rows)]
        passes = 0
        for pe, f in zip(rows, group.filters, strict=True):
            if f < 0:
                continue
            k = int(layer.main.k[f])
            if scheme.k_per_filter and k == 0:
                continue
            serial = {"shift_add_serial": max(k, 1), "xnor_popcount": layer.source.element.bits}
            passes = max(passes, serial.get(pe, 1))
        if passes:  # the pruned filters of a group that is not pruned wait with it
            used = [pe for pe, f in zip(rows, group.filters, strict=True) if f >= 0]
            passes = max(passes, layer.source.element.bits if "xnor_popcount" in used else 1)
        read = tile.read.channels
        if layer.kind == "depthwise":
            touched = 1
        elif layer.groups > 1:
            low, high = group.channels.start - read.start, group.channels.stop - read.start
            touched = len({c // columns for c in range(low, high)})
        else:
            touched = up(read.size, columns)
        return max(1, layer.kernel[0] * layer.kernel[1] * touched * passes)
