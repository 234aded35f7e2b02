"""The table of templates: every kind of machine, with the doors of its wing.

Only this file names the wings; everything in `flow`, `cli` and `reports` uses the doors.
docs/design.md says why the code is divided here, CONTRIBUTING.md how to add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import TypeVar

from lightsim.errors import InputError, unknown_name
from lightsim.hardware.reading import read_table
from lightsim.network.checking import spell_value
from lightsim.template.design import Design
from lightsim.template.doors import Door, Template

__all__ = [
    "DEFAULT_TEMPLATE",
    "TEMPLATES",
    "check_target",
    "find_template",
    "names_a_file",
    "opened",
    "required",
    "template_of",
    "template_of_file",
]

DEFAULT_TEMPLATE = "tiled"

TEMPLATES: dict[str, Template] = {
    row.name: row
    for row in (
        Template(
            name="tiled",
            title="one engine of rows x columns x pixels, layers in turn, tiles through buffers",
            read=Door("lightsim.tiled.description.file:load_design"),
            write=Door("lightsim.tiled.description.writing:dump_accelerator"),
            check=Door("lightsim.tiled.description.validation:validate_accelerator"),
            default=Door("lightsim.tiled.estimation.defaults:default_accelerator"),
            best=Door("lightsim.tiled.optimum.default:best_default"),
            resources=Door("lightsim.tiled.estimation.resources:estimate"),
            fit=Door("lightsim.tiled.estimation.budget:check_budget"),
            map=Door("lightsim.tiled.run.batches:map_run"),
            simulation=Door("lightsim.tiled.run.models:simulation"),
            timeline=Door("lightsim.tiled.run.models:timeline"),
            axes=Door("dse.tiled.space.axes:AXES"),
            designs=Door("dse.tiled.design.builder:Builder"),
            bound=Door("dse.tiled.limits.bounds:bounds_of"),
            evaluate=Door("dse.tiled.evaluation.evaluate:Evaluator"),
            words=Door("dse.tiled.words:words"),
            exact_mapping=Door("dse.tiled.evaluation.exact_mapping:ExactMapping"),
            write_mapping=Door("lightsim.tiled.mapping.tiles.file:dump_mapping"),
            rtl_tools=Door("lightsim.tiled.run.in_rtl:check_tools"),
            rtl_folder=Door("lightsim.tiled.rtl.folder:is_project"),
            verify=Door("lightsim.tiled.run.in_rtl:verify"),
            rtl=Door("lightsim.tiled.run.in_rtl:write_rtl"),
            term_costs=Door("lightsim.tiled.term_costs:term_costs"),
            calibration_tools=Door("lightsim.tiled.calibration.tools:check_tools"),
            calibrate=Door("lightsim.tiled.calibration.calibrate:calibrate"),
            tables=Door("lightsim.tiled.tables:tables"),
        ),
        Template(
            name="streaming",
            title="one engine a layer, joined by FIFOs, all weights on the chip",
            read=Door("lightsim.streaming.description.file:load_design"),
            write=Door("lightsim.streaming.description.file:dump_accelerator"),
            check=Door("lightsim.streaming.description.validation:check_accelerator"),
            fold=Door("lightsim.streaming.estimation.folding:fold"),
            resources=Door("lightsim.streaming.estimation.resources:estimate"),
            map=Door("lightsim.streaming.run.batches:map_run"),
            simulation=Door("lightsim.streaming.run.models:simulation"),
            timeline=Door("lightsim.streaming.run.models:timeline"),
        ),
    )
}

Function = TypeVar("Function")


def find_template(name: str, where: str = "template") -> Template:
    """The template called `name`; raises `InputError` with the choices for an unknown name."""
    if name not in TEMPLATES:
        raise unknown_name(where, "template", name, TEMPLATES)
    return TEMPLATES[name]


def template_of(name: str | None, accelerator: str | Design | None) -> Template:
    """The template of a run: the template of its accelerator, the named template, or `tiled`.

    An accelerator file names its template in the key `template` (default `tiled`); an accelerator
    made in Python knows its template. Raises `InputError` for an unknown template, for a file that
    cannot be read, and if the name and the accelerator contradict each other.
    """
    named = None if name is None else find_template(name)
    if accelerator is None or (isinstance(accelerator, str) and not names_a_file(accelerator)):
        return TEMPLATES[DEFAULT_TEMPLATE] if named is None else named
    if isinstance(accelerator, str):
        own = template_of_file(accelerator)
    else:
        own = find_template(accelerator.template, f"accelerator '{accelerator.name}'")
    if named is not None and named is not own:
        called = accelerator if isinstance(accelerator, str) else accelerator.name
        problem = f"'{named.name}', but accelerator '{called}' is of template '{own.name}'"
        raise InputError("template", problem, f"accepted: {own.name}, or no template")
    return own


def opened(
    template: Template, door: Callable[[Template], Door[Function] | None], what: str
) -> Function:
    """The function behind a door of a template; raises the errors of `required`."""
    return required(template, door, what).open()


def required(
    template: Template, door: Callable[[Template], Door[Function] | None], what: str
) -> Door[Function]:
    """A door of a template; `what` describes for the user what the door provides.

    Raises `InputError` if the template has no such door; the message names the templates that have
    it.
    """
    found = door(template)
    if found is None:
        able = [row.name for row in TEMPLATES.values() if door(row) is not None]
        accepted = f"templates with one: {', '.join(able) or 'none'}"
        raise InputError(f"template '{template.name}'", f"has no {what}", accepted)
    return found


def check_target(template: Template, accelerator: str | Design | None, target_fps: float) -> None:
    """Raises `InputError` for an impossible target rate, or for a given accelerator."""
    required(template, lambda row: row.fold, "accelerator for a target rate")
    if not (isfinite(target_fps) and target_fps > 0):
        raise InputError("target_fps", f"{target_fps:g}", "accepted: a number above 0")
    given = not isinstance(accelerator, str) or names_a_file(accelerator)
    if accelerator is not None and given:
        raise InputError("target_fps", "the accelerator is given", "accepted: one of the two")


def names_a_file(accelerator: str) -> bool:
    """Whether a text is the path of an accelerator file, instead of the name of an accelerator."""
    if accelerator.endswith(".toml") or "/" in accelerator:
        return True
    try:
        return bool(accelerator) and Path(accelerator).exists()
    except (OSError, ValueError):  # the text is too long for a path
        return False


def template_of_file(path: str) -> Template:
    """The template that an accelerator file names; raises `InputError` as `template_of` does."""
    name = read_table(Path(path)).get("template", DEFAULT_TEMPLATE)
    if not isinstance(name, str):
        accepted = f"accepted: {', '.join(TEMPLATES)}"
        raise InputError(f"{path}: template", f"is {spell_value(name)}", accepted)
    return find_template(name, f"{path}: template")
