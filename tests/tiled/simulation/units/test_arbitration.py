"""Which request is granted in which cycle, drawn: one character a cycle, G for a grant.

Unless a test says otherwise: words of 8 bytes, requests of one word, an ideal memory of latency
10 and 8 bytes a cycle (a request occupies it for one cycle), four requests under way, a port for
every stream. The rules are those of docs/machine.md, section 7.
"""

from __future__ import annotations

import simpy

from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.tiled.mapping.plan.layout import Run
from lightsim.tiled.simulation.memory import MemorySystem
from tests.tiled.simulation.machines import DDR3, ONE_PORT, machine


class _Watched(MemorySystem):
    """The memory system, with a note of every grant."""

    def __init__(self, env, accelerator):
        super().__init__(env, accelerator)
        self.grants = []

    def _grant(self, index, stream, now):
        self.grants.append((stream.name, now))
        super()._grant(index, stream, now)


def play(transfers, **changes):
    """Grants of every stream as a drawing, and when each transfer was done.

    `transfers[stream]` is (the cycle it begins, the words it moves, or runs).
    """
    base = {"request_bytes": 8, "memory": IdealMemory(10, 8), **changes}
    env = simpy.Environment()
    memory = _Watched(env, machine(**base))
    done = {}

    def transfer(name, start, runs):
        yield env.timeout(start)
        yield memory.transfer(name, runs)
        done[name] = env.now

    for place, (name, (start, what)) in enumerate(transfers.items()):
        runs = [Run(place * 4096, 8 * what)] if isinstance(what, int) else what
        env.process(transfer(name, start, runs))
    env.run()
    drawn = {}
    for name in transfers:
        cycles = {now for stream, now in memory.grants if stream == name}
        drawn[name] = "".join("-G"[t in cycles] for t in range(max(cycles) + 1))
    return drawn, done


def test_results_first_then_images_in_turn_then_weights():
    # The output has pushed its first word at 1, and another 2 cycles after each grant.
    drawn, done = play({"weight": (0, 3), "residual": (0, 3), "output": (0, 3), "input": (0, 3)})
    assert drawn == {
        "input":    "G---G--G",
        "residual": "--G---G-G",
        "output":   "-G-G-G",
        "weight":   "---------GGG",
    }  # fmt: skip
    # A read's word comes 10 cycles after its start and is there at the end of that cycle.
    assert done == {"input": 7 + 11, "residual": 8 + 11, "weight": 11 + 11, "output": 5 + 11}


def test_the_order_in_which_transfers_begin_does_not_matter():
    streams = {"input": (0, 5), "weight": (0, 5), "residual": (0, 5), "output": (0, 5)}
    once, done = play(streams)
    again, done_again = play(dict(reversed(streams.items())))
    assert once == again
    assert done == done_again


def test_the_images_alternate_from_whichever_came_last():
    # The residual alone at 0 and 1; both from 2 on: the input's turn.
    drawn, _ = play({"residual": (0, 4), "input": (2, 2)})
    assert drawn == {"residual": "GG-G-G", "input": "--G-G"}


def test_an_image_waits_one_cycle_for_a_result_that_came_with_it():
    drawn, _ = play({"output": (3, 1), "input": (4, 1)})
    assert drawn == {"output": "----G", "input": "-----G"}


def test_a_channel_holds_two_granted_requests():
    # One byte a cycle: a word occupies the memory for 8 cycles and then leaves its slot.
    drawn, done = play({"weight": (0, 4)}, memory=IdealMemory(10, 1))
    assert drawn == {"weight": "GG------G-------G"}
    assert done == {"weight": 4 * 8 + 10}


def test_one_request_under_way():
    # Done at grant + 11; the next is granted in that cycle.
    drawn, done = play({"weight": (0, 3)}, outstanding=1)
    assert drawn == {"weight": "G----------G----------G"}
    assert done == {"weight": 33}


def test_two_requests_under_way():
    drawn, done = play({"weight": (0, 4)}, outstanding=2)
    assert drawn == {"weight": "GG---------GG"}
    assert done == {"weight": 12 + 11}


def test_requests_under_way_are_counted_by_port():
    # Input and weight on one port that allows a single request: the weight waits for the input's.
    drawn, _ = play({"input": (0, 2), "weight": (0, 1)}, ports=ONE_PORT, outstanding=1)
    assert drawn == {"input": "G----------G", "weight": "-" * 22 + "G"}


def test_streams_of_one_port_share_its_return_path():
    # Requests of 16 words, 32 bytes a cycle: each occupies the memory for 4 cycles. On its own
    # port the weight's words come in cycles 14 to 29, behind the input's last word at 25 else.
    wide = {"memory": IdealMemory(10, 32), "request_bytes": 128}
    transfers = {"input": (0, 16), "weight": (0, 16)}
    drawn, done = play(transfers, **wide)
    assert drawn == {"input": "G", "weight": "-G"}
    assert done == {"input": 26, "weight": 30}
    drawn, done = play(transfers, **wide, ports=ONE_PORT)
    assert drawn == {"input": "G", "weight": "-G"}
    assert done == {"input": 26, "weight": 42}


def test_a_port_gets_one_grant_a_cycle_from_all_channels():
    # Two channels of DRAM, 1024 bytes in each in turn: input in channel 0, weight in channel 1.
    two = MemoryInterface(DDR3.part, 2, 1024, DDR3.source)
    transfers = {"input": (0, [Run(0, 8)]), "weight": (0, [Run(1024, 8)])}
    assert play(transfers, memory=two)[0] == {"input": "G", "weight": "G"}
    assert play(transfers, memory=two, ports=ONE_PORT)[0] == {"input": "G", "weight": "-G"}


def test_a_store_pushes_its_words_before_it_asks():
    # Requests of 8 words: shown at 8, granted, 2 cycles of memory, acknowledged 10 later; the
    # next is shown 1 + 8 cycles after the grant.
    wide = {"memory": IdealMemory(10, 32), "request_bytes": 64}
    drawn, done = play({"output": (0, 16)}, **wide)
    assert drawn == {"output": "--------G--------G"}
    assert done == {"output": 17 + 2 + 10}


def test_a_run_is_split_at_multiples_of_the_request():
    # 5 words from byte 40 on with requests of 64 bytes: 3 words, then 2 behind the mark.
    runs = [Run(40, 40)]
    drawn, done = play({"input": (0, runs)}, request_bytes=64)
    assert drawn == {"input": "GG"}
    assert done == {"input": 10 + 5}


def test_a_run_is_split_where_the_channel_changes():
    # Interleaved every 64 bytes: a run of 128 bytes is one request for each channel, both
    # granted in turn, since a stream shows one request at a time.
    two = MemoryInterface(DDR3.part, 2, 64, DDR3.source)
    drawn, _ = play({"input": (0, 16)}, memory=two, request_bytes=1024)
    assert drawn == {"input": "GG"}


def test_an_empty_transfer_is_done_at_once():
    drawn, done = play({"input": (5, 1), "residual": (3, 1)})
    assert drawn == {"input": "-----G", "residual": "---G"}
    env = simpy.Environment()
    memory = MemorySystem(env, machine())
    assert memory.transfer("input", []).triggered
    assert done["residual"] == 3 + 11
