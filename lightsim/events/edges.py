"""Events at a known cycle, and at its end: the only file that knows how SimPy schedules.

SimPy handles the events of one time in the order in which they were made. A rule that needs all
events of a cycle, such as arbitration, must not depend on this order. Such a rule is scheduled with
a lower priority than every ordinary event, so it runs after all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy
from simpy.events import EventPriority

__all__ = ["at_end_of_cycle", "succeed_at"]

_AFTER_ALL_OTHERS = EventPriority(2)


def succeed_at(env: simpy.Environment, event: simpy.Event, cycle: int) -> None:
    """Let `event`, which has not been triggered yet, succeed in `cycle`, now or later."""
    event._ok, event._value = True, cycle
    env.schedule(event, delay=cycle - env.now)


def at_end_of_cycle(
    env: simpy.Environment, cycle: int, action: Callable[[simpy.Event], None]
) -> None:
    """Call `action` in a cycle, after every ordinary event of that cycle."""
    event = env.event()
    event._ok, event._value = True, cycle
    event.callbacks = [action]
    env.schedule(event, priority=_AFTER_ALL_OTHERS, delay=cycle - env.now)
