"""Where each number stands in the int64 tables that the kernels of this room carry."""

from __future__ import annotations

from typing import Final

# Streams, in the order of their numbers; the arbiter's order of priority is another.
INPUT: Final = 0
RESIDUAL: Final = 1
WEIGHT: Final = 2
OUTPUT: Final = 3
STREAMS: Final = ("input", "residual", "weight", "output")

NEVER: Final = 1 << 60

# --- a pass, as `tables` writes it down ---
ORDER: Final = 0  # three places: which loop (0 filters, 1 input channels, 2 positions)
EXTENTS: Final = 3  # computed channels, source channels, images, computed rows, columns
SIZES: Final = 8  # tile sizes of the same five
SOURCE_ROWS: Final = 13
SOURCE_COLUMNS: Final = 14
KERNEL: Final = 15  # rows, columns
STRIDE: Final = 17
PADDING: Final = 19  # top, left
POOL: Final = 21  # rows, columns of a fused pooling
OUTER: Final = 23  # filters of a group of a grouped convolution; 0 for one group
INNER: Final = 24  # its input channels
HAS_WEIGHTS: Final = 25
HAS_RESIDUAL: Final = 26
BLOCK: Final = 27  # channels of an input word
COLUMNS: Final = 28  # of the array
PIXELS: Final = 29
POST_LANES: Final = 30
GROUPS_AT: Final = 31  # first of its filter tiles' places in `group_starts`
WEIGHTS_AT: Final = 32  # first of its weight tiles in `weights`
REACH: Final = 33  # rows, columns from a window's first tap to behind its last
REPEAT: Final = 35  # how often a row and a column is read
PHASES: Final = 37  # whether each of these reads another part of the source
VIEWS: Final = 38  # input, residual, output: VIEW_FIELDS each
VIEW_BASE: Final = 0
VIEW_FIRST: Final = 1  # its first channel
VIEW_BLOCK: Final = 2  # channels of a word
VIEW_BLOCKS: Final = 3  # words of a pixel, the whole tensor's
VIEW_ROWS: Final = 4
VIEW_COLUMNS: Final = 5
VIEW_FIELDS: Final = 6
PASS_FIELDS: Final = VIEWS + 3 * VIEW_FIELDS

# --- a tile ---
FLAGS: Final = 0
GROUP_BEGIN: Final = 1
GROUP_END: Final = 2
SCALE: Final = 3  # steps of a row group: this times its factor
OUTPUTS: Final = 4  # pixel groups; of an elementwise tile its words
FULL_GROUP: Final = 5  # positions of a pixel group
LAST_GROUP: Final = 6  # positions of the last one
BEHIND: Final = 7  # cycles from an elementwise tile's end to when its results have left
TILE_FIELDS: Final = 8

# --- a row group, as `tables` writes it down ---
FACTOR: Final = 0  # steps of a tap: column groups times passes
DRAIN: Final = 1  # cycles in which the values of a position leave
GROUP_FIELDS: Final = 2

# --- a weight tile in memory ---
ADDRESS_AT: Final = 0
BYTES_AT: Final = 1
WEIGHT_FIELDS: Final = 2

LOADS_INPUT: Final = 1
LOADS_WEIGHT: Final = 2
LOADS_RESIDUAL: Final = 4
FINISHES: Final = 8
CONVOLVES: Final = 16
FREES_INPUT: Final = 32
FREES_WEIGHT: Final = 64

# --- a transfer: runs of LENGTH bytes, in three nested loops ---
TILE: Final = 0  # its tile's number within the pass
BASE: Final = 1
LENGTH: Final = 2
LINES: Final = 3
LINE_STEP: Final = 4
PLANES: Final = 5
PLANE_STEP: Final = 6
IMAGES: Final = 7
IMAGE_STEP: Final = 8
TRANSFER_FIELDS: Final = 9

# --- where a pass begins in the lists of its program: tiles, then transfers by stream ---
TILES_FROM: Final = 0
TRANSFERS_FROM: Final = 1
RANGE_FIELDS: Final = 5

# --- the state: one array, whose parts follow each other ---
# What is built; it stays as it is.
WORD: Final = 0
REQUEST: Final = 1  # largest request, a power of two
INTERLEAVE: Final = 2
CHANNELS: Final = 3
CAPACITY: Final = 4  # of a channel
DEPTH: Final = 5  # of the array
OUTSTANDING: Final = 6
PASSES: Final = 7  # passes to run
WORD_SHIFT: Final = 8  # log2 of WORD
OCCUPATION: Final = 9  # where the cycles an ideal memory takes for 0, 1, 2, ... words stand

# The array and the controller.
ARRAY_LAUNCH: Final = 10  # the pass in hand, counted over all programs
ARRAY_TILE: Final = 11
ARRAY_TILES: Final = 12  # where its tiles end
ARRAY_AT: Final = 13  # until when the array's time is accounted for
POST_FREE: Final = 14
OPENED: Final = 15  # passes opened
OPEN_AT: Final = 16  # when the latest was
CLOSED: Final = 17  # passes stored
TRAFFIC_LAUNCH: Final = 18  # the pass that weights granted now are counted for
EVENTS: Final = 19  # noted
PROBLEM: Final = 20
JUMPED: Final = 21  # requests granted by jumps
STOP: Final = 22  # after how many passes stored to stop; PASSES unless somebody looks between
EARLIEST: Final = 23  # of a run that has stopped: the first cycle in which it may grant again
# What `without` takes away.
WIDE: Final = 24  # 1 where every stream has a port of its own that moves a request at once
TWICE: Final = 25  # 1 where the array has twice its lanes

# The streams: STREAM_FIELDS each.
STREAMS_AT: Final = 26
BANKS: Final = 0  # of its buffer
PORT: Final = 1  # where its port stands
FULL_COUNT: Final = 2  # banks handed on full
FREE_COUNT: Final = 3  # banks handed on free
TAKEN: Final = 4  # banks taken by the array
FULL: Final = 5  # when the latest were handed on: RING places
FREED: Final = 9
RING: Final = 4  # more banks than are ever full or free at once
LAUNCH: Final = 13  # the pass in hand
NEXT: Final = 14  # its next transfer in the list
LAST_OF_PASS: Final = 15
IN_HAND: Final = 16  # the transfer in hand
COUNT: Final = 17  # transfers begun
ASKED: Final = 18
BEGAN: Final = 19
DONE: Final = 20
ENDED: Final = 21  # end of the transfer before
STORED: Final = 22  # words
WAITED_BANK: Final = 23
WAITED_MEMORY: Final = 24
SHOWN: Final = 25  # when the request in hand is shown, NEVER if there is none
CHANNEL: Final = 26  # of the request
ADDRESS: Final = 27  # local to the channel
NBYTES: Final = 28
WHERE: Final = 29  # global address of the request
LEFT: Final = 30  # bytes left in the run, those of the request among them
LINE: Final = 31
PLANE: Final = 32
IMAGE: Final = 33
LINE_WHERE: Final = 34  # where the line in hand begins
ROW: Final = 35  # a copy of the transfer in hand
STREAM_FIELDS: Final = ROW + TRANSFER_FIELDS

# The ports: PORT_FIELDS each, room for four.
PORTS_AT: Final = STREAMS_AT + 4 * STREAM_FIELDS
RETURN_FREE: Final = 0  # its return path
FREE_FROM: Final = 1  # the first cycle in which it may make another request
GRANTED_AT: Final = 2
UNDER_WAY: Final = 3  # where its places for requests under way begin
OLDEST: Final = 4  # which of them is free first
PORT_FIELDS: Final = 5

# The channels: CHANNEL_FIELDS each; then OUTSTANDING places for every port.
CHANNELS_AT: Final = PORTS_AT + 4 * PORT_FIELDS
SLOT: Final = 0  # when the slot that is free first is free
OTHER_SLOT: Final = 1
TURN: Final = 2  # the image stream that goes first
CHANNEL_FIELDS: Final = 3

# --- what is found of a pass ---
BEGIN: Final = 0
END: Final = 1
BUSY: Final = 2
STALL_INPUT: Final = 3
STALL_WEIGHT: Final = 4
STALL_RESIDUAL: Final = 5
STALL_OUTPUT: Final = 6
STALL_POST: Final = 7
STALL_FLUSH: Final = 8
STALL_STORE: Final = 9
POST_BUSY: Final = 10
TRAFFIC: Final = 11  # by stream
FOUND_FIELDS: Final = 15

# --- an event ---
EVENT_UNIT: Final = 0
EVENT_LAUNCH: Final = 1
EVENT_TILE: Final = 2
EVENT_START: Final = 3
EVENT_END: Final = 4
EVENT_AMOUNT: Final = 5  # words moved, issue cycles
EVENT_FIELDS: Final = 6
# Units: the streams by their numbers, then these.
UNIT_ARRAY: Final = 4
UNIT_POST: Final = 5
UNIT_WAIT: Final = 6  # the array waits for what stream 0 to 3 brings or takes: 6 to 9
