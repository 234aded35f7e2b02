"""A study written as a TOML file; the file is read back as the same study."""

from __future__ import annotations

from dataclasses import replace

from dse.study.storage_names import file_of, is_url, without_password
from dse.study.study import Study
from lightsim.files.paths import absolute_file
from lightsim.files.toml_text import toml_text
from lightsim.flow.templates import DEFAULT_TEMPLATE
from lightsim.hardware.device import Resources

__all__ = ["absolute", "study_text"]


def absolute(study: Study) -> Study:
    """The same study with absolute paths of its files, so that it can be read in any folder."""
    file = study.accuracy.file
    return replace(
        study,
        board_name=absolute_file(study.board_name),
        shares=tuple(
            replace(share, network=absolute_file(share.network)) for share in study.shares
        ),
        accuracy=replace(study.accuracy, file=None if file is None else absolute_file(file)),
    )


def study_text(study: Study, *, searching: bool = True) -> str:
    """The text of a study file with all defaults written out; without `[search]` if not
    `searching`.

    The board keeps its name. A board from a file is named by this file, which must still be there.
    """
    lines = [_key("name", study.name), _key("board", study.board_name)]
    if study.template != DEFAULT_TEMPLATE:
        lines.append(_key("template", study.template))
    for share in study.shares:
        lines += ["", "[[network]]", _key("name", share.network), _key("weight", share.weight)]
    lines += ["", "[axes]", *(_axis(study, name) for name in study.axes)]
    for name, choices in study.layers.items():
        lines += ["", f"[layers.{toml_text(name)}]", _key("k", list(choices))]
    lines += ["", "[budget]", *(_budget(b.measure.name, b.limit) for b in study.budgets)]
    lines += ["", "[objectives]", *(_key(o.measure.name, o.direction) for o in study.objectives)]
    accuracy = study.accuracy
    lines += ["", "[accuracy]", _key("source", accuracy.source)]
    if accuracy.images is not None:
        lines.append(_key("images", accuracy.images))
    if accuracy.file is not None:
        lines.append(_key("file", accuracy.file))
    if accuracy.table:
        lines += ["", "[accuracy.table]", *(_key(n, v) for n, v in accuracy.table.items())]
    if searching:
        search = study.search
        names = [name for name in search.__dataclass_fields__ if name != "storage"]
        rows = [(name, getattr(search, name)) for name in names]
        lines += ["", "[search]", *(_key(n, value) for n, value in rows if value is not None)]
        lines += [] if search.storage is None else _storage(search.storage)
    return "\n".join(lines) + "\n"


def _storage(storage: str) -> list[str]:
    """The line that names the storage of the trials, without a password."""
    if not is_url(storage) or file_of(storage) is not None:
        return [_key("storage", storage)]
    return [
        "# No password is kept here: PGPASSWORD, ~/.pgpass or the URL as option storage gives it.",
        _key("storage", without_password(storage)),
    ]


def _axis(study: Study, name: str) -> str:
    if name == "lanes" and study.lanes:
        rows = (_key(scheme, list(lanes)) for scheme, lanes in study.lanes.items())
        return f"lanes = {{ {', '.join(rows)} }}"
    return _key(name, list(study.axes[name]))


def _budget(name: str, limit: float) -> str:
    """A limit in the measure's own unit; the unit is written if a study file needs one."""
    units = {"latency": "s", "energy": "J", "power": "W", "dram_bandwidth": "B/s"}
    if name in Resources.names():
        return _key(name, int(limit))
    return _key(name, f"{limit!r} {units[name]}" if name in units else limit)


def _key(key: str, value: object) -> str:
    return f"{key} = {toml_text(value)}"
