"""What each operator of ONNX becomes: one function for each."""

from __future__ import annotations
