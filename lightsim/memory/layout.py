"""The place of each number in the two int64 arrays of the kernels, spec and state.

`lightsim.memory.spec` writes `spec`, which never changes afterwards. `state` holds everything that
a channel remembers, so a copy of `state` forks the channel. The constants of this file are
positions in the two arrays. DRAM times are clocks of the command clock; times of an ideal memory
are cycles.
"""

from __future__ import annotations

from typing import Final

from lightsim.hardware.dram import MOST_BANK_GROUPS, MOST_BANKS

# Kinds of memory.
IDEAL: Final = 0
DRAM: Final = 1

# Commands, in the order of `rules.COMMANDS`; the last two occur only in a trace.
ACT: Final = 0
PRE: Final = 1
RD: Final = 2
WR: Final = 3
REF: Final = 4
COMMAND_COUNT: Final = 5
PRE_ALL: Final = 5

# Scopes, in the order of `rules.SCOPES`.
BANK: Final = 0
GROUP: Final = 1
RANK: Final = 2
FOUR: Final = 3

MAX_BANKS: Final = MOST_BANKS
MAX_GROUPS: Final = MOST_BANK_GROUPS
RANK_PLACE: Final = MAX_BANKS + MAX_GROUPS
FOUR_PLACE: Final = RANK_PLACE + 1
PLACES: Final = FOUR_PLACE + 1

# The number of clocks before the latest command that the command bus remembers; a power of two.
WINDOW: Final = 1024

NEVER: Final = -(1 << 60)
CLOSED: Final = -1
ALL_BANKS: Final = -1

# --- spec ---
KIND: Final = 0
WORD_BYTES: Final = 1
LATENCY_CYCLES: Final = 2
BYTES_PER_CYCLE: Final = 3
CLOCK_NUMERATOR: Final = 4
CLOCK_DENOMINATOR: Final = 5
REQUEST_DELAY: Final = 6
RESPONSE_DELAY: Final = 7
BURST_BYTES: Final = 8
BURST_CLOCKS: Final = 9
READ_LATENCY: Final = 10
WRITE_LATENCY: Final = 11
REFRESH_INTERVAL: Final = 12
BANKS: Final = 13
BANKS_PER_GROUP: Final = 14
FIELD_SIZES: Final = 15  # sizes of the four address fields, the least significant first
GROUP_FIELD: Final = 19  # position of the bank group among the four address fields
BANK_FIELD: Final = 20
ROW_FIELD: Final = 21
RULE_BEGIN: Final = 22  # the first rule of each next command; one more entry ends the last
RULES_AT: Final = RULE_BEGIN + COMMAND_COUNT + 1
RULE_WIDTH: Final = 3  # scope, previous command, clocks

# --- state ---
BUSY_UNTIL: Final = 0  # end of the occupation of an ideal memory
NEXT_REFRESH: Final = 1
LATEST: Final = 2  # the latest clock that holds a command
TRACE_COUNT: Final = 3
FIELDS: Final = 4  # address fields of the burst in hand
RECENT_ACTIVATES: Final = 8  # clocks of the last three ACT, newest first; LAST holds the fourth
COUNTERS: Final = 11
READS: Final = COUNTERS
WRITES: Final = COUNTERS + 1
ACTIVATES: Final = COUNTERS + 2
PRECHARGES: Final = COUNTERS + 3
REFRESHES: Final = COUNTERS + 4
ROW_HITS: Final = COUNTERS + 5
ROW_MISSES: Final = COUNTERS + 6
ROW_CONFLICTS: Final = COUNTERS + 7
BUSY_CLOCKS: Final = COUNTERS + 8
COUNTER_NAMES: Final = (
    "reads",
    "writes",
    "activates",
    "precharges",
    "refreshes",
    "row_hits",
    "row_misses",
    "row_conflicts",
    "busy_clocks",
)
OPEN_ROWS: Final = COUNTERS + len(COUNTER_NAMES)
LAST: Final = OPEN_ROWS + MAX_BANKS  # clock of the last command, by place and command
SLOTS: Final = LAST + PLACES * COMMAND_COUNT  # command bus: clock c stands at c modulo WINDOW
TRACE: Final = SLOTS + WINDOW
TRACE_WIDTH: Final = 4  # clock, command, bank, row
