"""A plotly figure as a PNG: by Debian's chromium, which the tests of the page need too."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def write(figure: Any, path: Path, width: int, height: int) -> None:
    """Write the figure; without chromium nothing is written."""
    browser = shutil.which("chromium")
    if browser is None:
        return
    with TemporaryDirectory() as folder:
        page = Path(folder) / "figure.html"
        figure.update_layout(width=width, height=height)
        figure.write_html(page, include_plotlyjs=True, config={"staticPlot": True})
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--user-data-dir={folder}/profile", "--virtual-time-budget=20000",
                f"--window-size={width + 16},{height + 16}", f"--screenshot={path}",
                page.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
