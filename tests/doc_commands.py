"""The commands in the documents: found, run, and compared with the output printed below them.

A block fenced as `console` holds commands after `$ ` and, below each, its output. A line `...`
stands for any lines, and inside a line for any text. A command without output below it only has
to succeed; one whose output begins with `error:` has to fail. `python -m tests.doc_commands` runs
them all and writes their true output into the documents, where no `...` stands.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Command", "commands", "documents", "matches", "run"]

ROOT = Path(__file__).parent.parent
ANYTHING = "..."


@dataclass(frozen=True)
class Command:
    """A command of a document: its line (from 0), its text and the output printed below it."""

    document: Path
    line: int
    text: str
    output: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the document shows an error."""
        return bool(self.output) and self.output[0].startswith("error:")


def documents() -> list[Path]:
    """Every document whose commands are run."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(document: Path) -> Iterator[Command]:
    """The commands of one document in order."""
    inside, found, line = False, "", 0
    output: list[str] = []
    for number, text in enumerate(document.read_text(encoding="utf-8").splitlines()):
        if text.startswith("```") or (inside and text.startswith("$ ")):
            if found:
                yield Command(document, line, found, tuple(output))
            if text.startswith("```"):
                inside = text == "```console"
            found, line, output = text[2:] if text.startswith("$ ") else "", number, []
        elif inside and found:
            output.append(text)


def run(command: Command) -> tuple[int, tuple[str, ...]]:
    """The exit code and the lines (stdout, then stderr) of a command run beside the examples."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        scripts = str(Path(sys.executable).parent)
        environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
        for name in ("COLUMNS", "FORCE_COLOR"):
            environment.pop(name, None)
        done = subprocess.run(
            command.text.removeprefix("uv run "),
            shell=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )
    lines = (done.stdout + done.stderr).rstrip("\n").splitlines()
    return done.returncode, tuple(line.rstrip() for line in lines)


def matches(wanted: tuple[str, ...], real: tuple[str, ...]) -> bool:
    """Whether the real lines are the wanted ones, with `...` for any lines or part of a line."""
    pattern = ""
    for line in wanted:
        if line.strip() == ANYTHING:
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split(ANYTHING)) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in real)) is not None


def _refresh(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    for command in reversed(list(commands(document))):
        if not command.output or any(ANYTHING in line for line in command.output):
            continue
        code, real = run(command)
        if (code in (2, 3)) if command.fails else code == 0:
            start = command.line + 1
            lines[start : start + len(command.output)] = real
        else:
            sys.stderr.write(f"{document.name}: exit code {code}: {command.text}\n")
    document.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for path in documents():
        _refresh(path)
