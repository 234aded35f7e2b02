"""The end of a command: its exit code and, for a mistake, one message on standard error."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from typer.exceptions import TyperException

from lightsim.cli.options.naming import as_options
from lightsim.cli.process.signals import heed_no_more, interrupt_code
from lightsim.errors import LightSimError, shown

__all__ = ["ended"]

_BAD_INPUT = 2
_LONGEST_USAGE = 300
_INTERRUPTED = 130


@contextmanager
def ended() -> Iterator[None]:
    """Turn every way out of this context into a `SystemExit` with the right exit code.

    0 done, 2 bad input, 3 over budget, 130 interrupted (143 by SIGTERM), 1 if the output cannot be
    written or its reader is gone. Only a fault of LightSim itself still raises a traceback.
    """
    try:
        yield
    except typer.Exit as exit_:
        if exit_.exit_code == _INTERRUPTED:  # typer's exit code for Ctrl-C
            _leave(interrupt_code(), "interrupted")
        _leave(exit_.exit_code)
    except LightSimError as error:
        _leave(error.exit_code, f"error: {as_options(str(error))}")
    except TyperException as error:
        _leave(_BAD_INPUT, f"error: {_usage(error)}")
    except KeyboardInterrupt:
        _leave(interrupt_code(), "interrupted")
    except MemoryError:
        _leave(_BAD_INPUT, "error: the run needs more memory than there is; run fewer images")
    except OSError as error:
        gone = error.errno == errno.EPIPE
        _leave(1, None if gone else f"error: cannot write the output: {error.strerror or error}")


def _usage(error: TyperException) -> str:
    """A wrong option or argument in one line, with the command that lists the right ones."""
    told = shown(getattr(error, "format_message", error.__str__)().rstrip("."), _LONGEST_USAGE)
    context = getattr(error, "ctx", None)
    where = "lightsim" if context is None else context.command_path
    return f"{told[:1].lower()}{told[1:]}; see '{where} --help'"


def _leave(code: int, message: str | None = None) -> None:
    heed_no_more()
    if message is not None:
        _tell(message)
    try:
        sys.stdout.flush()
    except OSError as error:
        # An earlier failure has its message already; the buffer fails again at this flush.
        if error.errno != errno.EPIPE and message is None:
            _tell(f"error: cannot write the output: {error.strerror}")
        # The interpreter would flush again when it ends, and print an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = code or 1
    sys.exit(code)


def _tell(message: str) -> None:
    """Print the message on standard error; do nothing if standard error cannot be written."""
    try:
        typer.echo(message, err=True)
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
