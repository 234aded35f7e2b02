"""Every refusal of the source is in docs/refusals.md."""
