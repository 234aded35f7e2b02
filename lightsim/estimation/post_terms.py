"""Terms of what lies behind the array: the drain, post-processing, poolings and additions."""

from __future__ import annotations

from lightsim.estimation.terms import Parameters, Terms
from lightsim.units import ceil_div

__all__ = ["drain_terms", "elementwise_terms", "post_terms", "rotator_terms"]


def drain_terms(p: Parameters) -> Terms:
    """The snapshot's registers, and the selection of one line of it and of its parameters.

    A LUT selects two of the lines.
    """
    chunks = ceil_div(p["ROWS"], p["LANES"])
    lines = chunks * p["PIXELS"]
    bits = p["LANES"] * p["SUM_BITS"]
    return {
        "module": 1,
        "bit held": p["ROWS"] * (p["PIXELS"] * p["SUM_BITS"] + 32),
        "lane": p["LANES"],
        "bit selected": bits * ceil_div(lines, 2) + 32 * p["LANES"] * ceil_div(chunks, 2),
        "bit saturated": bits * p.get("SATURATES", 0),
    }


def rotator_terms(p: Parameters) -> Terms:
    """A bit of every lane goes through as many selectors as there are stages."""
    stages = sum((1 << s) >= p["STEP"] for s in range((p["LANES"] - 1).bit_length()))
    return {f"bit of {stages} stages": p["LANES"] * p["WIDTH"]} if stages else {}


def post_terms(p: Parameters) -> Terms:
    """Addresses and registers of each lane; without multipliers the multiplier's are not built."""
    return {"module": 1, "lane": p["LANES"], "multiplying lane": p["LANES"] * p["MULTIPLIES"]}


def elementwise_terms(p: Parameters) -> Terms:
    """Each channel of a word is folded; a word is selected; lanes take what is finished."""
    channels = p["PORT_BITS"] // 8
    return {
        "module": 1,
        "channel": channels,
        "lane": p["LANES"],
        "channel of a lane": channels // p["LANES"] * p["LANES"] * (channels > p["LANES"]),
        "bit selected": p["PORT_BITS"] * (p["MEMORIES"] - 1),
        "one-bit channel": 8 * channels * p["ONE_BIT"],
    }
