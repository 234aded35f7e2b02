"""Every row of the rule table matters: weakened by one clock, the rulebook sees it broken."""

from __future__ import annotations

import random

import pytest

from lightsim.memory import DramChannel, layout
from lightsim.memory.rules import COMMANDS, RULES, SCOPES
from lightsim.units import Clock
from tests.memory.parts import DDR4, TIGHT, Grants, address
from tests.memory.rulebook import violations

# REF after REF: implied, since a part whose tREFI is not far above tRFC is refused.
NEEDED = sorted({(r.scope, r.previous, r.next) for r in RULES} - {("rank", "REF", "REF")})


def weakened(part, scope, previous, command):
    """A channel of `part` that allows `command` one clock too early after `previous`."""
    channel = DramChannel(part, Clock(part.clock_hz), 8, trace_capacity=20_000)
    code = COMMANDS.index(command)
    begin, end = channel.spec[layout.RULE_BEGIN + code : layout.RULE_BEGIN + code + 2]
    for rule in range(begin, end):
        row = layout.RULES_AT + layout.RULE_WIDTH * rule
        if tuple(channel.spec[row : row + 2]) == (SCOPES.index(scope), COMMANDS.index(previous)):
            channel.spec[row + 2] -= 1
    return channel


def play(channel, part):
    """400 requests of one to four bursts, all over the banks of the first three rows."""
    draw = random.Random(1)
    grants = Grants()
    for _ in range(400):
        group, bank = draw.randrange(part.bank_groups), draw.randrange(part.banks_per_group)
        base = address(part, group, bank, draw.randrange(3))
        nbytes = min(part.burst_bytes * draw.choice((1, 2, 4)), 4096 - base % 4096)
        grant = grants.next(draw.choice((0, 0, 0, 30)))
        _, slot_free = channel.serve(grant, base, nbytes, draw.random() < 0.4, 0)
        grants.served(slot_free)


@pytest.mark.parametrize(("scope", "previous", "command"), NEEDED)
def test_a_weakened_rule_is_noticed(scope, previous, command):
    found = set()
    for part in (DDR4, TIGHT):
        channel = weakened(part, scope, previous, command)
        play(channel, part)
        found |= violations(part, channel.trace())
    assert found


def test_the_rules_as_they_stand_are_kept():
    for part in (DDR4, TIGHT):
        channel = DramChannel(part, Clock(part.clock_hz), 8, trace_capacity=20_000)
        play(channel, part)
        assert violations(part, channel.trace()) == set()
