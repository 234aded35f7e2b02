"""Trials that were measured on something else are not gone on with."""

import shutil
from pathlib import Path

import pytest

from dse.search.explore import explore
from dse.study.study import new_study
from lightsim.errors import InputError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def network(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "tiny.toml", tmp_path)
    return tmp_path / "tiny.toml"


def searched(network, seed=0, trials=1, *, resume=False, board="pynq-z2"):
    search = {"trials": trials, "seed": seed}
    study = new_study(str(network), str(board), scheme="flightnn", search=search)
    return explore(study, storage="journal.log", resume=resume)


def test_another_seed_draws_other_weights(network):
    searched(network)
    with pytest.raises(
        InputError, match="of something else: seed was 0 and is 4; accepted: what it"
    ):
        searched(network, seed=4, trials=2, resume=True)
    assert len(searched(network, trials=2, resume=True).records) == 2


def test_a_network_that_was_edited(network):
    searched(network)
    network.write_text(network.read_text().replace("filters = 10", "filters = 12", 1))
    with pytest.raises(InputError, match=r"network '.*tiny.toml' has changed"):
        searched(network, resume=True)


def test_a_board_that_was_edited(network, tmp_path):
    board = tmp_path / "my-board.toml"
    board.write_text((ROOT / "examples" / "my-board.toml").read_text())
    searched(network, board=board)
    board.write_text(board.read_text().replace("port_count = ", "port_count =  "))
    with pytest.raises(InputError, match=r"board '.*my-board.toml' has changed"):
        searched(network, board=board, resume=True)


def test_a_seed_that_only_samples_may_change(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    searched("digits-small")
    assert len(searched("digits-small", seed=3, trials=2, resume=True).records) == 2
