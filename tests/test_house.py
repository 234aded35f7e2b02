"""The house itself: what is imported when, what is tracked, what every file says of itself."""

import ast
import functools
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lightsim

ROOT = Path(__file__).parent.parent
HEAVY = ["numpy", "numba", "pandas", "plotly", "simpy", "pydantic", "scipy", "optuna", "torch"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LARGEST_BYTES = 600_000
UNWANTED_FOLDERS = {"__pycache__", "node_modules", "runs", "build", "dist"}


@functools.cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository; without git, those in no hidden or generated folder."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and _ours(path))
    paths = (ROOT / name for name in sorted(set(done.stdout.split("\0"))) if name)
    return tuple(path for path in paths if path.is_file())


def _ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    hidden = any(part.startswith(".") for part in parts[:-1] if part != ".ci")
    return not hidden and not UNWANTED_FOLDERS & set(parts) and path.name != "uv.lock"


def texts() -> list[tuple[str, str]]:
    """Every tracked text with its name."""
    found = []
    for path in tracked():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and _package(path) in PACKAGES]


def _package(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def loaded_by(code: str) -> list[str]:
    """Which heavy packages a fresh interpreter has loaded after `code`."""
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sorted(set(HEAVY) & set(json.loads(done.stderr.splitlines()[-1])))


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["run", "--help"], ["list", "--help"], ["explore", "--help"], ["train", "--help"]],
)
def test_help_loads_nothing_heavy(arguments):
    code = (
        f"sys.argv = ['lightsim', *{arguments}]\n"
        "from lightsim.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
    )
    # typer itself checks the options of a command with pydantic.
    allowed = ["pydantic"] if len(arguments) > 1 else []
    assert [name for name in loaded_by(code) if name not in allowed] == []


def test_import_loads_nothing_heavy():
    assert loaded_by("import lightsim; dir(lightsim)") == []


def test_every_public_name_exists_and_is_documented():
    for name in lightsim.__all__:
        value = getattr(lightsim, name)
        assert isinstance(value, dict) or value.__doc__, name
    assert set(lightsim.__all__) <= set(dir(lightsim))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        lightsim.nothing  # noqa: B018


def test_every_module_says_what_it_is():
    for path in modules():
        document = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert document, path
        assert re.search(r"[.:]$", document.split("\n\n")[0].strip()), path


def test_every_module_lists_its_public_names():
    for path in modules():
        if _package(path) == "workloads":
            continue  # scripts that made the data
        tree = ast.parse(path.read_text("utf-8"))
        public = [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        lists = [
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        ]
        assert lists or not public, f"{path}: no __all__"


def test_nothing_is_unfinished():
    word = "PLACE" + "HOLDER"
    assert [name for name, text in texts() if word in text] == []


def test_no_file_names_a_place_on_one_machine():
    place = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|Users)/\w")
    assert [name for name, text in texts() if place.search(text)] == []


def test_no_file_is_large():
    large = [path for path in tracked() if path.stat().st_size > LARGEST_BYTES]
    assert large == []


def test_no_lock_file_with_addresses():
    names = {path.name for path in tracked()}
    assert names.isdisjoint({"uv.lock", "package-lock.json", "poetry.lock"})


def test_spelling_is_british():
    american = re.compile(
        r"\b\w*(?:quantiz|initializ|summariz|minimiz|maximiz|behavior|neighbor)\w*", re.IGNORECASE
    )
    foreign = {"tests/test_house.py", "tests/reports/test_page.py", "LICENSE"}
    found = {
        name: match[0]
        for name, text in texts()
        if name not in foreign
        for match in american.finditer(text)
        if match[0] not in ALLOWED_SPELLINGS
    }
    assert found == {}


# Names that others gave: attributes and operators of other packages.
ALLOWED_SPELLINGS = {
    "fill_uninitialized_memory",
    "QuantizeLinear",
    "quantize_static",
    "quantization",
    "DynamicQuantizeLinear",
    "DynamicQuantizeMatMul",
    "initializer",
    "sparse_initializer",
    "DequantizeLinear",
    "quantize_linear",
    "maximize",
    "minimize",
    "MINIMIZE",
}


def test_wheel_carries_every_data_file():
    rules = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(rules) == {"packages"}, "a rule beside `packages` may leave files out"
    data = [path for path in tracked() if path.suffix in {".toml", ".npz", ".json", ".css", ".js"}]
    inside = [path for path in data if _package(path) in ("lightsim", "workloads", "dse")]
    assert len(inside) >= 30
    assert {_package(path) for path in inside} <= set(PACKAGES)
    ignored = ["git", "check-ignore", "--no-index", *(str(path) for path in inside)]
    done = subprocess.run(ignored, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "", "hatchling leaves out what .gitignore names"


def test_every_dependency_is_pinned_inside_its_range():
    pins = {
        canonicalize_name(row.name): row.specifier
        for row in map(Requirement, PROJECT["tool"]["uv"]["constraint-dependencies"])
    }
    extras = PROJECT["project"]["optional-dependencies"]
    given = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *extras["onnx"],
        *extras["png"],
        *extras["rtl"],
    ]
    for requirement in map(Requirement, given):
        pin = pins[canonicalize_name(requirement.name)]
        version = str(pin).removeprefix("==")
        assert requirement.specifier.contains(version), requirement
    assert all(str(pin).startswith("==") for pin in pins.values())


def test_changelog_knows_the_version():
    version = PROJECT["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_readme_counts_what_there_is():
    counts = {
        "networks": len(lightsim.zoo_names()),
        "schemes": len(lightsim.SCHEMES),
        "boards": len(lightsim.BOARDS),
    }
    words = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert ", ".join(f"{count} {what}" for what, count in counts.items()) in words


def test_readme_gives_the_two_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    main = "pip install uv && uv run lightsim run digits --board zc706 --scheme flightnn"
    assert main in readme
    assert "uv run pytest" in readme
    assert "uv run pytest" in (ROOT / ".ci" / "run").read_text("utf-8")
