"""Terms of what lies behind the array: the drain, post-processing, poolings and additions."""

from __future__ import annotations

from lightsim.tiled.estimation.modules.terms import Parameters, Terms, fields_of

__all__ = ["drain_terms", "elementwise_terms", "post_terms", "rotator_terms"]


def drain_terms(p: Parameters) -> Terms:
    """The snapshot's registers, the selection of a position, and each lane's choice of a row."""
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
    """A bit of every lane goes through as many selectors as there are stages."""
    stages = sum((1 << s) >= p["STEP"] for s in range((p["LANES"] - 1).bit_length()))
    return {f"bit of {stages} stages": p["LANES"] * p["WIDTH"]} if stages else {}


def post_terms(p: Parameters) -> Terms:
    """Addresses and registers of each lane; without multipliers the multiplier's are not built."""
    return {"module": 1, "lane": p["LANES"], "multiplying lane": p["LANES"] * p["MULTIPLIES"]}


def elementwise_terms(p: Parameters) -> Terms:
    """Each channel of a word is folded; a word is selected; lanes take what is finished.

    A word has as many channels as it has of the narrowest fields.
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
