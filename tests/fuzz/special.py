"""What is no content: pipes, folders and devices in the place of files, names, the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fuzz.case import ANY, REFUSED, Case

__all__ = ["PREPARE", "special_cases"]


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "odd.toml")
    os.mkfifo(folder / "odd")


def _folder(folder: Path) -> None:
    (folder / "odd.toml").mkdir()
    (folder / "odd").mkdir()
    (folder / "odd" / "mine.txt").write_text("somebody's own\n")


def _loop(folder: Path) -> None:
    (folder / "odd.toml").symlink_to("odd.toml")
    (folder / "odd").symlink_to("odd")


def _nowhere(folder: Path) -> None:
    (folder / "odd.toml").symlink_to("missing/none.toml")
    (folder / "odd").symlink_to("missing/none")


def _device(folder: Path) -> None:
    (folder / "odd.toml").symlink_to("/dev/zero")
    (folder / "odd").symlink_to("/dev/full")


def _file(folder: Path) -> None:
    (folder / "odd").write_text("a file\n")
    (folder / "odd.toml").write_text("= nothing\n")


def _huge(folder: Path) -> None:
    with (folder / "odd.toml").open("wb") as file:
        file.truncate(20 << 30)  # a file with a hole: it takes no room
    (folder / "odd").symlink_to("odd.toml")


PREPARE: dict[str, Callable[[Path], None]] = {
    "a pipe": _pipe,
    "a folder": _folder,
    "a link to itself": _loop,
    "a link to nowhere": _nowhere,
    "a device": _device,
    "a file": _file,
    "20 GiB of nothing": _huge,
}

_READ: tuple[tuple[str, ...], ...] = (
    ("run", "@"), ("run", "digits-small", "--board", "@"), ("explore", "@", "--output", "out"),
    ("run", "digits-small", "--accelerator", "@"), ("run", "digits-small", "--mapping", "@"),
    ("run", "digits-small", "--k", "@"), ("rtl", "@", "--output", "out"),
    ("verify", "digits-small", "--accelerator", "@"), ("verify", "@"),
    ("explore", "digits-small", "--board", "@", "--output", "out"),
    ("explore", "digits-small", "--retrain", "0.1", "--recipe", "@", "--output", "out"),
)  # fmt: skip
_READ_TRAINING: tuple[tuple[str, ...], ...] = (
    ("train", "@", "--output", "out"), ("train", "digits-small", "--start", "@", "--output", "out"),
    ("train", "--resume", "@"), ("train", "digits-small", "--board", "@", "--output", "out"),
    ("train", "digits-small", "--accelerator", "@", "--output", "out"),
)  # fmt: skip
_WRITTEN: tuple[tuple[str, ...], ...] = (
    ("run", "digits-small", "--output", "@"), ("rtl", "digits-small", "--output", "@"),
    ("explore", "digits-small", "--trials", "1", "--output", "@"),
    ("explore", "digits-small", "--trials", "1", "--output", "out", "--storage", "@"),
    ("verify", "nothing", "--output", "@"), ("verify", "nothing", "--wave", "@"),
)  # fmt: skip

# Names of files, as the file system takes them: none is there.
NAMES: dict[str, bytes] = {
    "not UTF-8": b"\xff\xfe", "not UTF-8, TOML": b"a\xff.toml", "5,000 characters": b"x" * 5000,
    "5,000 characters, TOML": b"x" * 5000 + b".toml", "300 characters": b"y" * 300,
    "a quote": b"a\"b'c", "a quote, TOML": b"a\"b'c.toml", "a line": b"a\nb",
    "an escape": b"\x1b[31m",
    "a space": b" ", "a star": b"*", "a dash": b"-", "dots": b"..", "the root": b"/",
    "a null device": b"/dev/null", "a full device": b"/dev/full", "zeros": b"/dev/zero",
    "below a file": b"/dev/null/x", "standard input": b"/dev/stdin", "proc": b"/proc/self/mem",
    "proc, to write": b"/proc/x", "many folders": b"a/" * 1500 + b"b", "empty": b"",
    "emoji": "🦔".encode(),
    "backwards": "\u202eabc".encode(), "markup": b"[red]x[/red]", "a brace": b"{0}",
    "percent": b"%s%n",
    "a tilde": b"~nobody/x", "a colon": b"a:b", "a URL": b"http://x/y.toml",
    "dollar": b"$HOME/`id`",
}  # fmt: skip


def special_cases() -> Iterator[Case]:
    """Every option that takes a place with every odd thing there, and every odd name."""
    rows = [(one, "plain") for one in (*_READ, *_WRITTEN)]
    rows += [(one, "torch") for one in _READ_TRAINING]
    for number, (argv, forks) in enumerate(rows):
        reads = argv not in _WRITTEN
        for thing in PREPARE:
            for place in ("odd.toml", "odd") if reads else ("odd",):
                spoilt = reads or thing == "a folder"
                yield _case(number, argv, place.encode(), f"{thing} as {place}", forks, thing,
                            REFUSED if spoilt and "--wave" not in argv else ANY)  # fmt: skip
        for name, given in NAMES.items():
            if "--storage" in argv and given.startswith(b"/"):
                continue  # a lock is made beside it, which would be outside the case's folder
            yield _case(number, argv, given, name, forks, "", REFUSED if reads else ANY)


def _case(
    number: int,
    argv: tuple[str, ...],
    given: bytes,
    what: str,
    forks: str,
    thing: str,
    expects: str,
) -> Case:
    parts = tuple(given if part == "@" else part.encode() for part in argv)
    shown = next(
        (part for part in reversed(argv[: argv.index("@")]) if part[:2] == "--"), "argument"
    )
    return Case(
        id=f"place/{argv[0]} {shown} {number}/{what}", kind="place", what=what, argv=parts,
        prepare=thing, expects=expects, writes=("out", "odd", *_last(given)), codes=(1,),
        forks=forks,
    )  # fmt: skip


def _last(given: bytes) -> tuple[str, ...]:
    """The first folder of a path, below which a command that writes there may write."""
    first = os.fsdecode(given).split("/")[0]
    return (first,) if first not in ("", ".", "..") else ()
