"""Signals while a process is begun: answered afterwards, once, whichever thread heard them."""

from __future__ import annotations

import signal
import threading

import pytest

from dse.evaluation.unheard import unheard


class EndedError(Exception):
    """What a handler raises here."""


@pytest.fixture
def handled():
    def handler(number: int, frame: object) -> None:
        raise EndedError(number)

    kept = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    yield handler
    for number, before in kept.items():
        signal.signal(number, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_another_thread_hears_waits_until_the_process_is_begun(number, handled):
    done, now = [], threading.Event()

    def hear() -> None:
        now.wait()
        signal.raise_signal(number)

    other = threading.Thread(target=hear)  # begun before: it blocks no signal
    other.start()
    with pytest.raises(EndedError), unheard():
        now.set()
        other.join()
        done.append("begun")
    assert done == ["begun"]
    assert signal.getsignal(number) is handled
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_nothing_changes_where_no_signal_comes(handled):
    with unheard():
        pass
    assert signal.getsignal(signal.SIGINT) is handled
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
