"""An accelerator written as the TOML file that would be read back as the same accelerator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from lightsim.files.toml_text import toml_text
from lightsim.hardware.catalogue import BOARDS, DRAM_PARTS
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.dram import DramPart
from lightsim.hardware.pe_kinds import pe_kind
from lightsim.hardware.quantities import spell_bytes, spell_hertz
from lightsim.source import Source
from lightsim.tiled.description.accelerator import Accelerator, Buffer, PostProcessing

__all__ = ["dump_accelerator"]


def dump_accelerator(acc: Accelerator) -> str:
    """The text of an accelerator file; loading it gives an equal accelerator.

    A board that is not in the catalogue must be passed to the loader again.
    """
    lines = [
        _key("name", acc.name),
        *([_key("board", acc.board)] if acc.board in BOARDS else []),
        _key("scheme", acc.scheme),
        _key("clock", spell_hertz(acc.clock_hz)),
        _key("port_bits", acc.port_bits),
        _key("ports", [list(port.streams) for port in acc.ports]),
        _key("request_bytes", acc.request_bytes),
        _key("outstanding", acc.outstanding),
        _key("psum_bytes", spell_bytes(acc.psum_bytes)),
        *([_key("products_per_dsp", acc.products_per_dsp)] if _on_dsp(acc) else []),
        *_widths(acc),
        *_array(acc),
        *_table("accumulator", _fields_of(acc.accumulator)),
        *_table("post", _post(acc.post)),
        *_buffer("input", acc.input),
        *_buffer("weight", acc.weight),
        *_buffer("residual", acc.residual),
        *_buffer("output", acc.output),
        *_memory(acc),
    ]
    return "\n".join(lines) + "\n"


def _widths(acc: Accelerator) -> list[str]:
    """Nothing where activations have eight bits."""
    widths = list(acc.activation_bits)
    return [] if widths == [8] else [_key("activation_bits", widths)]


def _post(post: PostProcessing) -> list[tuple[str, object]]:
    """Nothing of thresholds where there are none."""
    return [row for row in _fields_of(post) if row != ("thresholds", 0)]


def _on_dsp(acc: Accelerator) -> bool:
    return any(pe_kind(group.pe).on_dsp for group in acc.array.groups)


def _array(acc: Accelerator) -> list[str]:
    lines = _table("array", [("columns", acc.array.columns), ("pixels", acc.array.pixels)])
    for group in acc.array.groups:
        lines += ["", "[[array.group]]", _key("pe", group.pe), _key("rows", group.rows)]
    return lines


def _buffer(name: str, buffer: Buffer) -> list[str]:
    size = spell_bytes(buffer.bytes_per_bank)
    return _table(name, [("bytes_per_bank", size), ("banks", buffer.banks)])


def _memory(acc: Accelerator) -> list[str]:
    """Nothing where the memory is the board's own."""
    if isinstance(acc.memory, IdealMemory):
        usual = IdealMemory(0, 1)
        stated = ("latency_cycles", "bytes_per_cycle")
        rows = _fields_of(acc.memory)
        kept = [row for row in rows if row[0] in stated or row[1] != getattr(usual, row[0])]
        return _table("memory", kept)
    if acc.board in BOARDS and BOARDS[acc.board].memory == acc.memory:
        return []
    return _interface(acc.memory)


def _interface(memory: MemoryInterface) -> list[str]:
    part = memory.part
    known = DRAM_PARTS.get(part.name) == part
    rows: list[tuple[str, object]] = [
        ("channels", memory.channels), ("interleave_bytes", memory.interleave_bytes)
    ]  # fmt: skip
    named: list[tuple[str, object]] = [("part", part.name)] if known else []
    if memory.controller is not None:
        rows.append(("controller", memory.controller))
    lines = _table("memory", [*named, *rows])
    lines += _table("memory.source", _source(memory.source))
    if not known:
        lines += _table("memory.part", _part(part))
        lines += _table("memory.part.source", _source(part.source))
    return lines


def _part(part: DramPart) -> list[tuple[str, object]]:
    rows = [(key, value) for key, value in _fields_of(part) if key != "source"]
    return [("clock" if key == "clock_hz" else key, value) for key, value in rows]


def _source(source: Source) -> list[tuple[str, object]]:
    return [("certainty", source.certainty), ("text", source.text)]


def _table(name: str, rows: Iterable[tuple[str, object]]) -> list[str]:
    return ["", f"[{name}]", *(_key(key, value) for key, value in rows)]


def _fields_of(description: object) -> list[tuple[str, object]]:
    return [(f.name, getattr(description, f.name)) for f in fields(description)]  # type: ignore[arg-type]


def _key(key: str, value: object) -> str:
    return f"{key} = {_value(value)}"


def _value(value: object) -> str:
    return toml_text(value)
