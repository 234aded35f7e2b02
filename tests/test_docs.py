"""Every command in the documents does what the document shows, and every path in them exists."""

import re
from pathlib import Path

import pytest

from tests.doc_commands import ROOT, commands, documents, matches, run

COMMANDS = [command for document in documents() for command in commands(document)]


@pytest.mark.parametrize(
    "command", COMMANDS, ids=[f"{c.document.relative_to(ROOT)}:{c.line + 1}" for c in COMMANDS]
)
def test_command_prints_what_the_document_shows(command):
    if "lightsim train" in command.text:
        pytest.importorskip("torch", reason="torch is the extra 'train'")
    code, lines = run(command)
    if command.fails:
        assert code in (2, 3), lines
    else:
        assert code == 0, lines
    if command.output:
        assert matches(command.output, lines), "\n".join(("the document is behind:", *lines))


def test_documents_are_found():
    assert len(COMMANDS) >= 6


def test_links_between_documents_lead_somewhere():
    for document in documents():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document}: {target}"


def test_files_named_in_the_documents_exist():
    path = re.compile(r"`((?:lightsim|tests|workloads|examples|results|docs|\.ci)/[\w./-]+)`")
    for document in documents():
        for name in path.findall(document.read_text("utf-8")):
            assert (ROOT / name).exists() or name.endswith("NAME.toml"), f"{document}: {name}"


def test_ellipsis_stands_for_any_lines():
    assert matches(("a", "...", "d"), ("a", "b", "c", "d"))
    assert matches(("a", "...", "d"), ("a", "d"))
    assert not matches(("a", "...", "d"), ("a", "b"))
    assert not matches(("a",), ("a", "b"))


def test_commands_are_read_with_their_output(tmp_path: Path):
    document = tmp_path / "page.md"
    document.write_text("text\n```console\n$ one\nout\n$ two\n```\n```sh\n$ three\n```\n")
    assert [(c.text, c.output) for c in commands(document)] == [("one", ("out",)), ("two", ())]
