"""Terms of the modules behind the array: the drain, post-processing, poolings and additions."""

from __future__ import annotations

from lightsim.tiled.estimation.modules.terms import Parameters, Terms, fields_of

__all__ = ["drain_terms", "elementwise_terms", "post_terms", "rotator_terms"]


def drain_terms(p: Parameters) -> Terms:
    """The terms of the drain: snapshot registers, selecting a position, and selecting a row for
    each lane.
    """
    row, rows_of_lanes = p["ROWS"] * p["SUM_BITS"], p["LANES"] * p["ROWS"]
    return {
        "module": 1,
        "bit held": row * p["PIXELS"],
        "slot held": p["ROWS"],
        "bit of a position": row * (p["PIXELS"] - 1),
        "lane": p["LANES"],
        "row of a lane": rows_of_lanes,
        "bit of a row of a lane": rows_of_lanes * p["SUM_BITS"],
        "bit saturated": p["LANES"] * p["SUM_BITS"] * p.get("SATURATES", 0),
    }


def rotator_terms(p: Parameters) -> Terms:
    """The terms of the rotator: every bit of a lane passes one selector in each stage."""
    stages = sum((1 << s) >= p["STEP"] for s in range((p["LANES"] - 1).bit_length()))
    return {f"bit of {stages} stages": p["LANES"] * p["WIDTH"]} if stages else {}


def post_terms(p: Parameters) -> Terms:
    """The terms of a post-processing lane: addresses and registers; the registers of the multiplier
    are built only with a multiplier.
    """
    return {"module": 1, "lane": p["LANES"], "multiplying lane": p["LANES"] * p["MULTIPLIES"]}


def elementwise_terms(p: Parameters) -> Terms:
    """The terms of poolings and additions: every channel of a word is folded, a word is selected,
    and the lanes take finished values.

    A word counts as many channels as it has of the narrowest field.
    """
    channels = p["PORT_BITS"] // fields_of(p)[0]
    return {
        "module": 1,
        "channel": channels,
        "lane": p["LANES"],
        "channel of a lane": channels // p["LANES"] * p["LANES"] * (channels > p["LANES"]),
        "bit selected": p["PORT_BITS"] * (p["MEMORIES"] - 1),
        "one-bit channel": p["PORT_BITS"] * p["ONE_BIT"],
    }
