"""docs/refusals.md names every refusal of a design or a network, and none that is no more."""

from __future__ import annotations

import re
from pathlib import Path

from tests.refusals.source import PACKAGE, ROOMS, refusals

# Whose fields are checked when they are made; files say the table before the field.
FIELDS = "tiled/description/*.py"
DOCUMENT = Path(__file__).parents[2] / "docs" / "refusals.md"


def rows():
    """What stands in the first cells of the document's tables, between backticks."""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([^`]*)`", line.split(" | ")[0])


def test_every_refusal_is_in_the_document():
    told = " ".join(rows())
    missing = [f"{place}: {words}" for place, words in refusals() if words.strip("'") not in told]
    assert missing == []


def test_the_document_has_no_refusal_that_the_sources_do_not():
    sources = "".join(
        path.read_text(encoding="utf-8") for room in ROOMS for path in sorted(PACKAGE.glob(room))
    )
    # A text in the source may be cut into lines anywhere.
    joined = re.sub(r'"\s*\n\s*f?"', "", sources)
    fields = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob(FIELDS)))
    fields += (PACKAGE / "hardware/device.py").read_text(encoding="utf-8")

    def is_there(words: str) -> bool:
        """Whether the sources say it: an option, the table and field of a description, a text."""
        if words.startswith("--"):
            return words[2:] in joined
        part, _, field = words.removesuffix(" is").rpartition(" ")
        return words.strip(":") in joined or (part in fields and f" {field}: " in fields)

    assert [words for words in rows() if not is_there(words)] == []
    assert len(list(rows())) > 60


def test_every_room_that_is_looked_through_exists():
    assert [room for room in ROOMS if not any(PACKAGE.glob(room))] == []
