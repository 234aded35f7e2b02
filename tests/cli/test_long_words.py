"""Names and numbers of any length are answered in one line that a terminal shows."""

import pytest

from tests.cli.command import assert_refused, lightsim

LONG = "x" * 3000


@pytest.mark.parametrize(
    "arguments",
    [
        (LONG,),
        ("run", "digits-small", f"--{LONG}"),
        ("run", LONG),
        ("run", "digits-small", "--images", LONG),
        ("list", LONG),
        ("run", "digits-small", "--output", "a/" * 1500 + "b"),
        ("rtl", "digits-small", "--output", "a/" * 1500 + "b"),
        ("explore", "digits-small", "--output", "a/" * 1500 + "b"),
        ("explore", "digits-small", "--storage", "a/" * 1500 + "b"),
    ],
)
def test_long_words(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(lightsim(*arguments), 2)
    assert list(tmp_path.iterdir()) == []


def test_numbers_of_many_digits(tmp_path):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(f"[conv1]\nc = {'1' * 200}\n")
    assert_refused(lightsim("run", "digits-small", "--mapping", str(mapping)), 2)
