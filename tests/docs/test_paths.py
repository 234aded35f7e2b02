"""Every path of this repository that a text names is there."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("lightsim", "dse", "tests", "results", "workloads", "docs", "examples", ".ci")
PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(map(re.escape, ROOMS))})/[\w./*-]+")
# What was true when it was written stays as it was written.
HISTORY = {"CHANGELOG.md", "results/slow/last.md"}
# Made by a user, or filled in by one.
FILLED_IN = re.compile(r"NAME|\*")

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(p for room in ROOMS for p in (ROOT / room).rglob("*.md")))
)
MODULES = sorted(
    path
    for room in ("lightsim", "dse", "tests", "workloads")
    for path in (ROOT / room).rglob("*.py")
)


def absent(text: str) -> list[str]:
    """The paths of a text that are not there."""
    named = (found.rstrip("./") for found in PATH.findall(text))
    return [
        path
        for path in named
        if not (any(ROOT.glob(path)) if FILLED_IN.search(path) else (ROOT / path).exists())
        and "NAME" not in path
    ]


def said(text: str) -> str:
    """The docstrings and comments of a module."""
    tree = ast.parse(text)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join((*found, *(one.string for one in tokens if one.type == tokenize.COMMENT)))


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in HISTORY])
def test_paths_in_documents(name):
    assert absent((ROOT / name).read_text("utf-8")) == []


def test_paths_in_docstrings_and_comments():
    texts = {path: path.read_text("utf-8") for path in MODULES}
    # A text without one is not taken apart, which is most of the time of this test.
    wrong = [
        f"{path.relative_to(ROOT)}: {one}"
        for path, text in texts.items()
        if absent(text)
        for one in absent(said(text))
    ]
    assert wrong == []


def entries() -> list[tuple[str, str]]:
    """The rows of "Where is ...?" with every file of their second column."""
    _, text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Where is ...?")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text.split("\n## ")[0], re.MULTILINE)
    return [(what, one) for what, where in rows for one in re.findall(r"`([^`]+)`", where)]


def test_where_is_what_leads_somewhere():
    """A file without a folder lies beside the one before it."""
    folder, wrong = ROOT, []
    for what, name in entries():
        place = ROOT / name if "/" in name else folder / name
        folder = place.parent
        if not place.exists():
            wrong.append(f"{what}: {name}")
    assert wrong == []
    assert len(entries()) > 30


def test_what_is_not_there_is_seen():
    assert absent("see `lightsim/tiled/nowhere.py`, dse/space/axes.py.") == [
        "lightsim/tiled/nowhere.py"
    ]
