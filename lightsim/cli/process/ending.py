"""How a command ends: with its exit code, and for a mistake one message on standard error."""

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
    """Leave the process with what happened inside: every way out is a `SystemExit`.

    0 done, 2 bad input, 3 over budget, 130 interrupted (143 by SIGTERM), 1 when the reader of the
    output is gone or it cannot be written. What is left to raise a traceback is a fault of ours.
    """
    try:
        yield
    except typer.Exit as exit_:
        if exit_.exit_code == _INTERRUPTED:  # typer's name for Ctrl-C
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
    """A wrong option or argument on one line, with where the right ones are told."""
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
        # What failed before has been told; the buffer fails again at this flush.
        if error.errno != errno.EPIPE and message is None:
            _tell(f"error: cannot write the output: {error.strerror}")
        # The interpreter would flush once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = code or 1
    sys.exit(code)


def _tell(message: str) -> None:
    """The message on standard error, or nowhere if nobody is there to read it."""
    try:
        typer.echo(message, err=True)
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
