"""Where each number stands in the float64 tables of this room.

They are floats because a processor divides eight of them at a time; all of them are integers
below 2^53 or roundings towards the optimistic side, so ceil(a / b) is exact.

Machines are worked on BLOCK at a time in one flat array: a column of BLOCK numbers for each
number of a machine, at a place known when the kernel is compiled. Only so does the compiler see
that no column overlaps another, and works on eight machines at once.
"""

from __future__ import annotations

from typing import Final

BLOCK: Final = 512  # machines; their columns stay in the processor's second cache

# --- what a pass asks, for one width of the port and one number of columns ---
CONVOLVES: Final = 0
DEPTHWISE: Final = 1  # 1 with one filter for each channel, 2 with several
FILTERS: Final = 2  # of one of its groups
GROUPS: Final = 3  # of a grouped convolution
POSITIONS: Final = 4  # of one image
STEPS: Final = 5  # of a pixel group and a pass: taps times column groups
INPUT_WORDS: Final = 6  # of one image, every needed pixel once
OUTPUT_WORDS: Final = 7
RESIDUAL_WORDS: Final = 8
FIRST_WORDS: Final = 9  # at least these over the number of tiles are the first tile's input
TAPS: Final = 10
FULL_BLOCKS: Final = 11  # of an elementwise pass: words of a pixel whose channels are all there
WORD_CHANNELS: Final = 12
REST: Final = 13  # channels of a last word that is not full
ACTIVATION_BITS: Final = 14
TIED: Final = 15  # the input channels follow from the filters
PRODUCTS: Final = 16  # of a filter and a position
REQUANTISED: Final = 17  # values of one image
POOLED: Final = 18  # comparisons and additions of pooling, of one image
THREES: Final = 19  # filters with three terms or more: no k that is searched for
FOURS: Final = 20
FACTS: Final = 21

# --- what is built, at its most favourable: where its column begins ---
FAST_ROWS: Final = 0 * BLOCK  # take any weight in one pass
SERIAL_ROWS: Final = 1 * BLOCK
XNOR_ROWS: Final = 2 * BLOCK
PIXELS: Final = 3 * BLOCK
POST_LANES: Final = 4 * BLOCK
DRAIN_FULL: Final = 5 * BLOCK  # cycles to drain a position of a full row group; 0 if not known
DEPTH: Final = 6 * BLOCK
INPUT_BANK: Final = 7 * BLOCK  # words
WEIGHT_BANK: Final = 8 * BLOCK
RESIDUAL_BANK: Final = 9 * BLOCK
OUTPUT_BANK: Final = 10 * BLOCK
INPUT_SINGLE: Final = 11 * BLOCK  # 1 where the buffer has one bank
WEIGHT_SINGLE: Final = 12 * BLOCK
PREFETCH: Final = 13 * BLOCK  # words of weights that may have run ahead
PSUM_BITS: Final = 14 * BLOCK
PSUM_WORD: Final = 15 * BLOCK  # bits of the sums of all rows and pixels
ROWS_LEAST: Final = 16 * BLOCK  # the fewest rows, where more cost memory
STEP_WORDS: Final = 17 * BLOCK  # words of weights of one step
DEPTHWISE_WORDS: Final = 18 * BLOCK
DEPTHWISE_ROWS: Final = 19 * BLOCK
IMAGES: Final = 20 * BLOCK
RATE: Final = 21 * BLOCK  # words a cycle of all memory channels, refreshes taken off
PEAK: Final = 22 * BLOCK
BLACKOUT: Final = 23 * BLOCK  # cycles by which a window may miss its refreshes
READ_LATENCY: Final = 24 * BLOCK
WRITE_LATENCY: Final = 25 * BLOCK
WORD_CYCLES: Final = 26 * BLOCK  # of a read word on its port
REQUEST_WORDS: Final = 27 * BLOCK
INPUT_RESIDUAL: Final = 28 * BLOCK  # 1 where the two streams share a port
INPUT_WEIGHT: Final = 29 * BLOCK
RESIDUAL_WEIGHT: Final = 30 * BLOCK
PARAMETER_WORDS: Final = 31 * BLOCK  # of the row slots of one row group
PRUNES: Final = 32 * BLOCK  # 1 where filters may have k = 0
DESIGN_FIELDS: Final = 33
# --- the state beside it ---
ONES: Final = 33 * BLOCK  # filters with one term
TWOS: Final = 34 * BLOCK  # and with two or more
CYCLES: Final = 35 * BLOCK  # the end of the pass before
PORT_AHEAD: Final = 36 * BLOCK  # when the weights' port is done at least
MEMORY_AHEAD: Final = 37 * BLOCK
COLUMNS: Final = 38
