"""The place of each number in the float64 tables of this room."""

from __future__ import annotations

from typing import Final

# --- a choice of Tm and Tn ---
M_TILES: Final = 0
N_TILES: Final = 1
STEPS: Final = 2  # array cycles of a pixel group (of a position), all weight tiles together
BEHIND: Final = 3  # cycles by which draining a pixel group is slower than its steps
WEIGHT_WORDS: Final = 4  # words of all weight tiles together
HELD_WEIGHT: Final = 5  # bytes that the largest weight tile takes in its buffer
FIRST_WEIGHT: Final = 6  # words of the first weight tile
ROW_GROUPS: Final = 7  # the most row groups of one tile
INPUT_BLOCKS: Final = 8  # words of a pixel, all input tiles together
HELD_BLOCKS: Final = 9  # words of a pixel in the largest tile, in whole buffer lines
FIRST_BLOCKS: Final = 10
OUTPUT_BLOCKS: Final = 11  # words of a pixel, all filter tiles together
HELD_OUTPUT: Final = 12
LAST_OUTPUT: Final = 13
RESIDUAL_BLOCKS: Final = 14
HELD_RESIDUAL: Final = 15
FIRST_STEPS: Final = 16  # steps of the first tile
LAST_STEPS: Final = 17  # steps of the last tile
LAST_DRAIN: Final = 18  # cycles to drain a position of the last row group
FIRST_RESIDUAL: Final = 19
DRAINS: Final = 20  # cycles to drain a position of all row groups, all filter tiles together
FILTER_FIELDS: Final = 21

# --- a choice of Tb, Tr and Tc ---
TILES: Final = 0
PIXEL_GROUPS: Final = 1  # pixel groups of all tiles; positions in an elementwise pass
READ: Final = 2  # input pixels of one sweep over the images
HELD_READ: Final = 3
FIRST_READ: Final = 4
FILLED: Final = 5  # tiles that read at least one pixel
HELD_COMPUTED: Final = 6
LARGEST_GROUPS: Final = 7  # pixel groups of the largest tile
FIRST_GROUPS: Final = 8
LAST_GROUPS: Final = 9
LAST_REST: Final = 10  # positions of the last pixel group of the last tile
LAST_COMPUTED: Final = 11
POSITION_FIELDS: Final = 12

# --- the machine and the pass ---
DEPTH: Final = 0
READ_LATENCY: Final = 1
WRITE_LATENCY: Final = 2
FIRST_LATENCY: Final = 3  # cycles of a read from a closed DRAM bank
MEMORY_CYCLES: Final = 4  # cycles of one word in the memory
RATE_CYCLES: Final = 5  # cycles of one word, with refreshes included
BLACKOUT: Final = 6
REQUEST_WORDS: Final = 7
SHARED: Final = 8  # 4 x 4: whether streams input, weight, residual, output share a port
SINGLE: Final = 24  # for the four streams: 1 where the buffer has one bank
BANKS: Final = 28  # bytes of a bank, for the four streams
WORD: Final = 32
PSUM_BITS: Final = 33
PSUM_WORD: Final = 34
ROWS: Final = 35
POSITIONS: Final = 36  # positions of all images
POOL: Final = 37  # positions of a pooling window
TIED: Final = 38
HAS_WEIGHTS: Final = 39
PIXELS: Final = 40
OUTSTANDING: Final = 41
AHEAD_TILES: Final = 42  # weight tiles that may have been loaded before the pass began
AHEAD_WORDS: Final = 43
MACHINE_FIELDS: Final = 44

# --- a place: the indices of the choices that make a tiling ---
BY_FILTERS: Final = 0
BY_POSITIONS: Final = 1
BY_ORDER: Final = 2
PLACE_FIELDS: Final = 3
