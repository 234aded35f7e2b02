"""Proof: best-first branch and bound over boxes of designs, until nothing better can be left."""

from __future__ import annotations

from dse.proof.boxes import Boxes
from dse.proof.search import Proof, Standing

__all__ = ["Boxes", "Proof", "Standing"]
