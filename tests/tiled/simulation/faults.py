"""Scheduling faults: mappings edited by hand, and units that do not keep the protocol."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lightsim.tiled.mapping.plan.layout import Span
from lightsim.tiled.simulation import buffer, controller, drain, machine, store


def _edited(program, layer, edits):
    """The program with some fields of some tiles of a layer replaced."""
    schedules = []
    for schedule in program.schedules:
        if schedule.layer.name == layer:
            tiles = list(schedule.tiles)
            for index, change in edits.items():
                tiles[index] = replace(tiles[index], **change)
            schedule = replace(schedule, tiles=tuple(tiles))
        schedules.append(schedule)
    return replace(program, schedules=tuple(schedules))


def _tiles(program, layer):
    return next(s.tiles for s in program.schedules if s.layer.name == layer)


def missed_halo(program, patch):
    """The last tile of `first` reads one row less above it than its windows need."""
    tiles = _tiles(program, "first")
    rows = tiles[-1].read.rows
    read = replace(tiles[-1].read, rows=Span(rows.start + 1, rows.stop))
    return _edited(program, "first", {len(tiles) - 1: {"read": read}})


def stale_input(program, patch):
    """A tile of `first` is not given its input and goes on with that of the tile before."""
    index = [tile.index for tile in _tiles(program, "first") if tile.load_input][1]
    return _edited(program, "first", {index: {"load_input": False}})


def stale_weights(program, patch):
    """A tile of `first` is not given its weights and goes on with those before."""
    index = [tile.index for tile in _tiles(program, "first") if tile.load_weight][1]
    return _edited(program, "first", {index: {"load_weight": False}})


def filters_not_put_back(program, patch):
    """Filters sorted by k are written in the order of the rows."""
    honest = store.Store.weight_tile

    def weight_tile(self, schedule, tile):
        found = honest(self, schedule, tile)
        return replace(found, position=np.arange(len(found.position)))

    patch.setattr(store.Store, "weight_tile", weight_tile)
    return program


def barrier_opened_early(program, patch):
    """Every layer is opened at once, whether or not the one before it is stored."""

    def run(self):
        for opened in self.barrier.opened:
            opened.succeed()
        for stored, name in zip(self.barrier.stored, self.names, strict=True):
            yield stored
            self.probe.close_layer(name, 0, int(self.env.now))

    patch.setattr(controller.Controller, "run", run)
    return program


def partial_sums_mixed_up(program, patch):
    """Two tiles of `second` go on with each other's partial sums."""
    tiles = _tiles(program, "second")
    one, other = [tile.index for tile in tiles if not tile.first][:2]
    return _edited(
        program,
        "second",
        {
            one: {"slot": tiles[other].slot},
            other: {"slot": tiles[one].slot},
        },
    )


def sums_started_again(program, patch):
    """A tile of `second` starts at the bias although its sums have begun."""
    index = next(tile.index for tile in _tiles(program, "second") if not tile.first)
    return _edited(program, "second", {index: {"first": True}})


def channels_summed_twice(program, patch):
    """A tile of `second` takes the input channels and weights of the n tile before it."""
    tiles = _tiles(program, "second")
    index = next(tile.index for tile in tiles if not tile.first)
    again = replace(tiles[index].read, channels=tiles[0].read.channels)
    return _edited(program, "second", {index: {"read": again}})


def results_stored_in_each_others_place(program, patch):
    """Two tiles of `first` are written to each other's addresses."""
    tiles = _tiles(program, "first")
    one, other = [tile.index for tile in tiles if tile.last][:2]
    return _edited(
        program,
        "first",
        {
            one: {"written": tiles[other].written},
            other: {"written": tiles[one].written},
        },
    )


def residuals_out_of_order(program, patch):
    """The residual tiles are fetched last first."""
    honest = machine.residual_jobs
    patch.setattr(machine, "residual_jobs", lambda runs: iter(list(honest(runs))[::-1]))
    return program


def _input_buffer(patch, kind):
    """Give the machine a faulty buffer for its input, and honest ones for the rest."""
    built = []

    def make(env, banks):
        made = object.__new__(buffer.Buffer if built else kind)
        built.append(made)
        made.__init__(env, banks)
        return made

    make_any = type("Make", (), {"__class_getitem__": classmethod(lambda cls, _: make)})
    patch.setattr(machine, "Buffer", make_any)


def bank_swapped_one_tile_early(program, patch):
    """The input buffer hands a bank to the array when its filling begins, not when it ends."""

    class Early(buffer.Buffer):
        """Full as soon as it is taken for filling."""

        def acquire(self):
            bank = yield from super().acquire()
            super().commit(bank)
            return bank

        def commit(self, bank):
            """Already done."""

    _input_buffer(patch, Early)
    return program


def bank_refilled_under_the_arrays_hands(program, patch):
    """The input buffer takes a bank back as soon as the array has it."""

    class Hasty(buffer.Buffer):
        """Free as soon as it is taken for reading."""

        def take(self):
            bank = yield from super().take()
            super().release(bank)
            return bank

        def release(self, bank):
            """Already done."""

    _input_buffer(patch, Hasty)
    return program


def results_stored_before_they_are_written(program, patch):
    """The output bank is handed to the store when the tile is drained, still without results."""

    def finish(self, drained, values, residual, output):
        yield self.env.timeout(drained - self.env.now)
        finished = values()
        if residual is not None:
            self.residuals.release(residual)
        self.outputs.commit(output)
        yield self.env.timeout(3000)  # longer than the store takes
        output.fill(finished)

    patch.setattr(drain.PostProcessor, "finish", finish)
    return program


# The first stored layer that each fault makes wrong. In the first two layers the weights come
# later than the input, so a bank swapped early has been filled by then; a bank that is taken back
# too early does no harm as long as no tile reads it again or it is not yet wanted.
FAULTS = {
    missed_halo: "first",
    stale_input: "first",
    stale_weights: "first",
    filters_not_put_back: "first",
    barrier_opened_early: "sum",
    partial_sums_mixed_up: "sum",
    sums_started_again: "sum",
    channels_summed_twice: "sum",
    results_stored_in_each_others_place: "first",
    residuals_out_of_order: "sum",
    bank_swapped_one_tile_early: "last",
    bank_refilled_under_the_arrays_hands: "sum",
    results_stored_before_they_are_written: "first",
}
