"""The outline of a page: its headings, its texts, what it loads."""

from __future__ import annotations

from html.parser import HTMLParser


class Outline(HTMLParser):
    """Tags that load something, ids, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self._skipped = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._skipped = tag in ("script", "style")
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        self._skipped = False

    def handle_data(self, data):
        if not self._skipped:
            self.words.append(data)
