"""Mapping files say the same again when they are read back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lightsim.tiled.mapping.tiles.file import dump_mapping, load_mapping
from lightsim.tiled.mapping.tiles.tiling import ORDERS, Tiling

sizes = st.integers(1, 65536)
tilings = st.builds(
    Tiling, sizes, sizes, sizes, sizes, sizes, st.sampled_from(sorted(ORDERS)), st.booleans()
)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,20}", fullmatch=True)


@settings(max_examples=50, derandomize=True, deadline=None, database=None)
@given(st.dictionaries(names, tilings, max_size=4))
def test_read_back_as_written(tmp_path_factory, mapping):
    path = tmp_path_factory.mktemp("mapping") / "mapping.toml"
    path.write_text(dump_mapping(mapping), encoding="utf-8")
    assert load_mapping(path) == mapping


def test_a_file_that_is_silent_on_sorting_takes_the_callers_word(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text("[conv1]\nm = 8\nn = 16\nr = 4\nc = 4\n", encoding="utf-8")
    assert load_mapping(path) == {"conv1": Tiling(8, 16, 4, 4)}
    assert load_mapping(path, sort_filters=False)["conv1"].sort_filters is False
