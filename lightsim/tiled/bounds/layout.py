"""The place of each number in the float64 tables of this room.

The numbers are floats because a processor divides eight floats at a time. Each number is an integer
below 2^53 or is rounded towards the optimistic side, so ceil(a / b) is exact.

A table holds BLOCK machines in one flat array: BLOCK entries for each number of a machine, at a
place that is known when the kernel is compiled. With fixed places the compiler sees that no two
columns overlap, and it works on eight machines at once.
"""

from __future__ import annotations

from typing import Final

BLOCK: Final = 512  # machines; their columns fit the processor's second-level cache

# --- facts of a pass, for one port width and one number of columns ---
CONVOLVES: Final = 0
DEPTHWISE: Final = 1  # 1 with one filter for each channel, 2 with several
FILTERS: Final = 2  # filters of one group
GROUPS: Final = 3  # groups of a grouped convolution
POSITIONS: Final = 4  # of one image
STEPS: Final = 5  # steps of a pixel group in one pass: taps times column groups
INPUT_WORDS: Final = 6  # words of one image, every needed pixel once
OUTPUT_WORDS: Final = 7
RESIDUAL_WORDS: Final = 8
FIRST_WORDS: Final = 9  # the first of N tiles reads at least FIRST_WORDS / N words
TAPS: Final = 10
FULL_BLOCKS: Final = 11  # elementwise pass: words of a pixel with all channels in use
WORD_CHANNELS: Final = 12
REST: Final = 13  # channels in the last word of a pixel, 0 if the word is full
ACTIVATION_BITS: Final = 14
TIED: Final = 15  # 1 where the filters determine the input channels
PRODUCTS: Final = 16  # products of one filter at one position
REQUANTISED: Final = 17  # values requantised in one image
POOLED: Final = 18  # comparisons and additions of pooling, of one image
THREES: Final = 19  # filters with three terms or more: no k that is searched for
FOURS: Final = 20
FACTS: Final = 21

# --- numbers of a machine, rounded in its favour: where each column begins ---
FAST_ROWS: Final = 0 * BLOCK  # rows that take any weight in one pass
SERIAL_ROWS: Final = 1 * BLOCK
XNOR_ROWS: Final = 2 * BLOCK
PIXELS: Final = 3 * BLOCK
POST_LANES: Final = 4 * BLOCK
DRAIN_FULL: Final = 5 * BLOCK  # cycles to drain one position of a full row group; 0 if unknown
DEPTH: Final = 6 * BLOCK
INPUT_BANK: Final = 7 * BLOCK  # words of a bank
WEIGHT_BANK: Final = 8 * BLOCK
RESIDUAL_BANK: Final = 9 * BLOCK
OUTPUT_BANK: Final = 10 * BLOCK
INPUT_SINGLE: Final = 11 * BLOCK  # 1 where the buffer has one bank
WEIGHT_SINGLE: Final = 12 * BLOCK
PREFETCH: Final = 13 * BLOCK  # weight words that may be loaded before a pass begins
PSUM_BITS: Final = 14 * BLOCK
PSUM_WORD: Final = 15 * BLOCK  # bits of the sums of all rows and pixels
ROWS_LEAST: Final = 16 * BLOCK  # the fewest rows; more rows need more parameter memory
STEP_WORDS: Final = 17 * BLOCK  # words of weights of one step
DEPTHWISE_WORDS: Final = 18 * BLOCK
DEPTHWISE_ROWS: Final = 19 * BLOCK
IMAGES: Final = 20 * BLOCK
RATE: Final = 21 * BLOCK  # words a cycle of all memory channels, refreshes taken off
PEAK: Final = 22 * BLOCK
BLACKOUT: Final = 23 * BLOCK  # cycles by which a time window may avoid its refreshes
READ_LATENCY: Final = 24 * BLOCK
WRITE_LATENCY: Final = 25 * BLOCK
WORD_CYCLES: Final = 26 * BLOCK  # cycles of one read word on its port
REQUEST_WORDS: Final = 27 * BLOCK
INPUT_RESIDUAL: Final = 28 * BLOCK  # 1 where the two streams share a port
INPUT_WEIGHT: Final = 29 * BLOCK
RESIDUAL_WEIGHT: Final = 30 * BLOCK
PARAMETER_WORDS: Final = 31 * BLOCK  # of the row slots of one row group
PRUNES: Final = 32 * BLOCK  # 1 where filters may have k = 0
DESIGN_FIELDS: Final = 33
# --- the state of a machine during the passes ---
ONES: Final = 33 * BLOCK  # filters with one term
TWOS: Final = 34 * BLOCK  # and with two or more
CYCLES: Final = 35 * BLOCK  # the end of the pass before
PORT_AHEAD: Final = 36 * BLOCK  # when the weights' port is done at least
MEMORY_AHEAD: Final = 37 * BLOCK
COLUMNS: Final = 38
