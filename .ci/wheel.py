"""Check that a wheel holds every file of the packages, and that it imports without the checkout."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    """The number of files that the wheel named on the command line lacks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    wheel = Path(sys.argv[1]).resolve()
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    missing = sorted(wanted - held)
    for name in missing:
        print(f"missing from the wheel: {name}")
    print(f"wheel: {len(wanted)} files, {len(missing)} missing")
    # A wheel is a zip archive: Python imports straight from it, data files included.
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r})\n"
        "import lightsim\n"
        "assert '.whl' in lightsim.__file__, lightsim.__file__\n"
        "assert lightsim.load_network('digits').parameters > 0\n"
    )
    return len(missing) or subprocess.run([sys.executable, "-c", code], cwd=wheel.parent).returncode


if __name__ == "__main__":
    sys.exit(main())
