"""Every option of every command with values that nobody meant, alone and several at a time."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.fuzz.case import ANY, REFUSED, Case, rng
from tests.fuzz.mutators.values import NUMBERS, TEXTS

__all__ = ["option_cases"]

_EXPERIMENT = (
    "--board", "--accelerator", "--scheme", "--images", "--batch", "--seed", "--mapping", "--k",
    "--keep-filter-order", "--ideal-memory",
)  # fmt: skip

# Command, what stands before the options, its options, those that take no value.
_COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "run": (("digits-small",), (*_EXPERIMENT, "--engine", "--energy", "--output", "--json")),
    "rtl": (("digits-small", "--output", "out"), _EXPERIMENT),
    "explore": (
        ("digits-small", "--trials", "1", "--output", "out"),
        ("--board", "--scheme", "--k", "--accuracy-loss", "--trials", "--seed", "--workers",
         "--sampler", "--prove", "--seconds", "--retrain", "--recipe", "--mapping", "--storage",
         "--resume", "--output", "--json"),
    ),
    "train": (
        ("digits-small", "--epochs", "1", "--float-epochs", "0", "--output", "out"),
        ("--scheme", "--epochs", "--float-epochs", "--start", "--seeds", "--board", "--accelerator",
         "--device", "--output", "--resume", "--json"),
    ),
    "list": ((), ("--json",)),
    "verify": (("digits-small",), (*_EXPERIMENT, "--output", "--wave", "--json")),
    "calibrate": ((), ("--family", "--output")),
}  # fmt: skip
_FLAGS = ("--keep-filter-order", "--ideal-memory", "--json", "--prove", "--resume")

_MORE = {
    "--family": ("xc7", "xcup", "xc8", "ice40", "XC7"),
    "--k": ("given", "free", "2", "k.toml"),
    "--mapping": ("usual", "exact", "Exact", "exact.toml"),
    "--engine": ("simulation", "timeline", "rtl", "Timeline"),
    "--energy": ("fpga-28nm", "asic-65nm", "65"),
    "--sampler": ("enumerate", "tpe", "nsga2", "nsga3", "random", "qmc", "gp"),
    "--accuracy-loss": ("0 %", "100 %", "1", "0.01", "2 %"),
    "--retrain": ("0.001", "0.001,0.001", "a", ":", "1:2:3", "-1", "1e9", "nan", "inf:inf"),
    "--seeds": ("0-4", "4-0", "0,", ",", "0-99999", "1-", "٣", "0,0"),
    "--device": ("auto", "cpu", "cuda", "mps", "cuda:1"),
    "--board": ("zc706", "ultra96", "ulx3s", "pynq-z2", "zc70"),
    "--accelerator": ("shift_add_serial", "shift_add_spatial", "multiply_dsp", "multiply_lut",
                      "xnor_popcount"),
    "--scheme": ("lightnn1", "lightnn2", "flightnn", "fixed8", "fixed4", "binary", "ternary",
                 "flightnn,fixed8", "binary,flightnn", ",", "flightnn,", "flightnn,flightnn"),
}  # fmt: skip
# What is asked for is a lot of work, and no mistake.
_LONG = {
    ("explore", "--trials"), ("explore", "--workers"), ("train", "--epochs"),
    ("train", "--float-epochs"), ("explore", "--retrain"), ("explore", "--seconds"),
}  # fmt: skip
_WORK = 300
# Building a simulator and synthesis take far longer than finding out what is wrong.
_WORKS_S = {"verify": 8, "calibrate": 4}


def option_cases(counts: dict[str, int]) -> Iterator[Case]:
    """As many cases of each command as `counts` says."""
    for command, count in counts.items():
        for number in range(count):
            name = f"option/{command}/{number}"
            yield _case(name, command, rng(name))


def _case(name: str, command: str, draw: random.Random) -> Case:
    first, options = _COMMANDS[command]
    argv = [command, *first]
    said = []
    for _ in range(1 if draw.random() < 0.6 else draw.randrange(2, 5)):
        option = draw.choice(options)
        argv.append(option)
        said.append(option)
        if option not in _FLAGS or draw.random() < 0.02:
            argv.append(_value(command, option, draw))
            said[-1] += f" {argv[-1][:30]!r}"
    expects = ANY
    if draw.random() < 0.12:
        what, expects = _mistyped(argv, draw)
        said.append(what)
    torch = command == "train" or "--retrain" in argv
    return Case(
        id=name, kind="option", what=", ".join(said), expects=expects, codes=(1,),
        argv=tuple(part.replace("\0", "\\0").encode("utf-8", "surrogatepass") for part in argv),
        works_s=5 if "--prove" in argv else _WORKS_S.get(command, 0),
        writes=("",), forks="torch" if torch else "plain",
    )  # fmt: skip


def _value(command: str, option: str, draw: random.Random) -> str:
    if option in _MORE and draw.random() < 0.5:
        return draw.choice(_MORE[option])
    value = draw.choice((*NUMBERS, *TEXTS))
    if (command, option) in _LONG and isinstance(value, (int, float)) and 3 < value < 2**41:
        return str(draw.choice((1, 2)))
    if option in ("--images", "--batch") and isinstance(value, int) and _WORK < value < 2**31:
        return str(_WORK)
    if option == "--seeds" and isinstance(value, int) and value > 0:
        return str(value)
    # Places outside the folder of the case are for `tests.fuzz.special`.
    text = str(value)[:5000]
    return (
        text
        if option not in ("--output", "--storage", "--wave") or "/" not in text
        else "somewhere"
    )


def _mistyped(argv: list[str], draw: random.Random) -> tuple[str, str]:
    match draw.randrange(6):
        case 0:
            argv.append("--no-such-option")
            return "an option that nobody knows", REFUSED
        case 1:
            argv.append("one-more")
            return "an argument too many", ANY
        case 2:
            argv.insert(0, "--json")
            return "an option before the command", REFUSED
        case 3:
            argv[0] = draw.choice(
                (argv[0][:-1], argv[0].upper(), "", "rum", "x" * 3000, "\u001b[31m")
            )
            return "a command that nobody knows", REFUSED
        case 4:
            argv.append("--")
            return "two dashes", ANY
        case _:
            argv.append("--scheme")
            return "an option without its value", REFUSED
