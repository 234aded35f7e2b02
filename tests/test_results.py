"""Every page and table of results names what made it: a command, and a commit of the history."""

from __future__ import annotations

import csv
import re
import subprocess
from pathlib import Path

import pytest

from results.provenance import commit, made_at, made_by

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"
# The index says which command writes which folder; it holds no numbers.
PAGES = sorted(path for path in RESULTS.rglob("*.md") if path != RESULTS / "README.md")
TABLES = sorted(RESULTS.rglob("*.csv"))
_COMMIT = re.compile(r"\bcommits? ([0-9a-f]{7}(?:(?:, | and )[0-9a-f]{7})*)")
_COMMAND = re.compile(
    r"`(?:uv run )?(?:python|pytest|lightsim) [^`]*(?:\.py|lightsim|-m|calibrate)[^`]*`"
)


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def history() -> set[str]:
    """The first seven digits of every commit that the working copy descends from."""
    log = git("log", "--format=%H")
    if log.returncode or git("rev-parse", "--is-shallow-repository").stdout.strip() == "true":
        pytest.skip("the history is not here")
    return {line[:7] for line in log.stdout.split()}


def commits_of(page: Path) -> set[str]:
    """The commits that a page names; in a table, those of its column `commit`."""
    text = page.read_text(encoding="utf-8")
    found = {one for names in _COMMIT.findall(text) for one in re.findall("[0-9a-f]{7}", names)}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        found |= {cells[-1]} if re.fullmatch("[0-9a-f]{7}", cells[-1]) else set()
    return found


def pages_of(table: Path) -> list[Path]:
    """The pages that say what made a table: of the same name, or those that name it."""
    beside = [page for page in PAGES if page.parent == table.parent]
    own = [page for page in beside if table.stem.startswith(page.stem)]
    return own or [page for page in beside if table.name in page.read_text(encoding="utf-8")]


def name_of(path: Path) -> str:
    return str(path.relative_to(RESULTS))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_its_command_and_its_commit(page: Path, history: set[str]):
    named = commits_of(page)
    assert named, "no commit"
    assert named <= history, "a commit that is not in the history"
    assert _COMMAND.search(page.read_text(encoding="utf-8")), "no command"


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_a_table_is_one_of_a_page_or_names_the_commit_of_each_row(table: Path, history: set[str]):
    assert pages_of(table), "no page beside it says what made it"
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    named = {row["commit"] for row in rows if "commit" in row}
    assert {one[:7] for one in named} <= history


def test_scripts_take_the_commit_from_one_place():
    writers = [*RESULTS.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    others = {RESULTS / "provenance.py", Path(__file__)}
    asking = {path.name for path in writers if "rev-parse" in path.read_text(encoding="utf-8")}
    assert asking == {path.name for path in others}


def test_what_made_a_page_is_said_by_the_pattern_that_is_looked_for(history: set[str]):
    assert commit() in history
    for text in (made_at("python results/x/y.py --board b"), made_by("python results/x/y.py")):
        assert _COMMIT.search(text).group(1) == commit()
        assert _COMMAND.search(text)
