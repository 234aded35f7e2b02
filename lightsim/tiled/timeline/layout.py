"""The place of each number in the int64 tables of this room's kernels."""

from __future__ import annotations

from typing import Final

# Streams, in the order of their numbers. The arbiter has its own order of priority.
INPUT: Final = 0
RESIDUAL: Final = 1
WEIGHT: Final = 2
OUTPUT: Final = 3
STREAMS: Final = ("input", "residual", "weight", "output")

NEVER: Final = 1 << 60

# --- a pass, as `tables` writes it down ---
ORDER: Final = 0  # three places, outermost loop first: 0 filters, 1 input channels, 2 positions
EXTENTS: Final = 3  # computed channels, source channels, images, computed rows, columns
SIZES: Final = 8  # tile sizes along the same five extents
SOURCE_ROWS: Final = 13
SOURCE_COLUMNS: Final = 14
KERNEL: Final = 15  # rows, columns
STRIDE: Final = 17
PADDING: Final = 19  # top, left
POOL: Final = 21  # rows, columns of a fused pooling
OUTER: Final = 23  # filters in a group of a grouped convolution; 0 for one group
INNER: Final = 24  # input channels in a group of a grouped convolution
HAS_WEIGHTS: Final = 25
HAS_RESIDUAL: Final = 26
BLOCK: Final = 27  # channels of an input word
COLUMNS: Final = 28  # columns of the array
PIXELS: Final = 29
POST_LANES: Final = 30
GROUPS_AT: Final = 31  # first of its filter tiles' places in `group_starts`
WEIGHTS_AT: Final = 32  # first of its weight tiles in `weights`
REACH: Final = 33  # rows, columns from a window's first tap to behind its last
REPEAT: Final = 35  # how often a row and a column is read
PHASES: Final = 37  # whether each of these reads another part of the source
VIEWS: Final = 38  # input, residual, output: VIEW_FIELDS each
VIEW_BASE: Final = 0
VIEW_FIRST: Final = 1  # first channel of the view
VIEW_BLOCK: Final = 2  # channels of a word
VIEW_BLOCKS: Final = 3  # words of a pixel in the whole tensor
VIEW_ROWS: Final = 4
VIEW_COLUMNS: Final = 5
VIEW_FIELDS: Final = 6
PASS_FIELDS: Final = VIEWS + 3 * VIEW_FIELDS

# --- a tile ---
FLAGS: Final = 0
GROUP_BEGIN: Final = 1
GROUP_END: Final = 2
SCALE: Final = 3  # steps of a row group: SCALE times the group's FACTOR
OUTPUTS: Final = 4  # pixel groups; in an elementwise tile, words
FULL_GROUP: Final = 5  # positions of a pixel group
LAST_GROUP: Final = 6  # positions of the last pixel group
BEHIND: Final = 7  # cycles from the end of an elementwise tile until its results have left
TILE_FIELDS: Final = 8

# --- a row group, as `tables` writes it down ---
FACTOR: Final = 0  # steps of a tap: column groups times passes
DRAIN: Final = 1  # cycles to drain the values of one position
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
TILE: Final = 0  # number of the tile within the pass
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

# --- the state: one array with its parts one behind the other ---
# The machine as built; these numbers do not change in a run.
WORD: Final = 0
REQUEST: Final = 1  # largest request, a power of two
INTERLEAVE: Final = 2
CHANNELS: Final = 3
CAPACITY: Final = 4  # bytes that one channel holds
DEPTH: Final = 5  # flush of the array, in cycles
OUTSTANDING: Final = 6
PASSES: Final = 7  # passes to run
WORD_SHIFT: Final = 8  # log2 of WORD
OCCUPATION: Final = 9  # place of a table: cycles of an ideal memory for 0, 1, 2, ... words

# The array and the controller.
ARRAY_LAUNCH: Final = 10  # the pass in hand, counted over all programs
ARRAY_TILE: Final = 11
ARRAY_TILES: Final = 12  # end of the tiles of the pass in hand
ARRAY_AT: Final = 13  # the array's time is accounted for until this cycle
POST_FREE: Final = 14
OPENED: Final = 15  # passes opened
OPEN_AT: Final = 16  # when the latest pass was opened
CLOSED: Final = 17  # passes stored
TRAFFIC_LAUNCH: Final = 18  # the pass in which weights granted now are counted
EVENTS: Final = 19  # events noted
PROBLEM: Final = 20
JUMPED: Final = 21  # requests granted by jumps
STOP: Final = 22  # stop after so many passes are stored; PASSES for a whole run
EARLIEST: Final = 23  # in a stopped run: the first cycle in which it may grant again
# The causes that `without` takes away.
WIDE: Final = 24  # 1 where every stream has a port of its own that moves a request at once
TWICE: Final = 25  # 1 where the array has twice its lanes

# The streams: STREAM_FIELDS each.
STREAMS_AT: Final = 26
BANKS: Final = 0  # banks of the stream's buffer
PORT: Final = 1  # place of the stream's port
FULL_COUNT: Final = 2  # banks handed on full so far
FREE_COUNT: Final = 3  # banks handed on free so far
TAKEN: Final = 4  # banks taken by the array so far
FULL: Final = 5  # when the latest full banks were handed on: RING places
FREED: Final = 9
RING: Final = 4  # more banks than are ever full or free at once
LAUNCH: Final = 13  # the pass in hand
NEXT: Final = 14  # the stream's next transfer in the list
LAST_OF_PASS: Final = 15
IN_HAND: Final = 16  # the transfer in hand
COUNT: Final = 17  # transfers begun
ASKED: Final = 18
BEGAN: Final = 19
DONE: Final = 20
ENDED: Final = 21  # end of the previous transfer
STORED: Final = 22  # words stored
WAITED_BANK: Final = 23
WAITED_MEMORY: Final = 24
SHOWN: Final = 25  # when the request in hand is shown, NEVER if no request is in hand
CHANNEL: Final = 26  # channel of the request in hand
ADDRESS: Final = 27  # address of the request within the channel
NBYTES: Final = 28
WHERE: Final = 29  # global address of the request
LEFT: Final = 30  # bytes left in the run, including the request in hand
LINE: Final = 31
PLANE: Final = 32
IMAGE: Final = 33
LINE_WHERE: Final = 34  # address where the line in hand begins
ROW: Final = 35  # a copy of the transfer in hand
STREAM_FIELDS: Final = ROW + TRANSFER_FIELDS

# The ports: PORT_FIELDS each, room for four.
PORTS_AT: Final = STREAMS_AT + 4 * STREAM_FIELDS
RETURN_FREE: Final = 0  # when the return path of the port is free
FREE_FROM: Final = 1  # the first cycle in which it may make another request
GRANTED_AT: Final = 2
UNDER_WAY: Final = 3  # place of the port's list of requests under way
OLDEST: Final = 4  # index of the place in this list that is free first
PORT_FIELDS: Final = 5

# The channels: CHANNEL_FIELDS each; then OUTSTANDING places for every port.
CHANNELS_AT: Final = PORTS_AT + 4 * PORT_FIELDS
SLOT: Final = 0  # when the earlier of the two slots is free
OTHER_SLOT: Final = 1
TURN: Final = 2  # the image stream whose turn it is
CHANNEL_FIELDS: Final = 3

# --- results of a pass ---
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
TRAFFIC: Final = 11  # bytes moved, by stream
FOUND_FIELDS: Final = 15

# --- an event ---
EVENT_UNIT: Final = 0
EVENT_LAUNCH: Final = 1
EVENT_TILE: Final = 2
EVENT_START: Final = 3
EVENT_END: Final = 4
EVENT_AMOUNT: Final = 5  # words moved or issue cycles
EVENT_FIELDS: Final = 6
# Units: the streams by their numbers, then the units below.
UNIT_ARRAY: Final = 4
UNIT_POST: Final = 5
UNIT_WAIT: Final = 6  # the array waits for what stream 0 to 3 brings or takes: 6 to 9
