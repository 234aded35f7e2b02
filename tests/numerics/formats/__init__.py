"""The family of weight formats against its specification."""
