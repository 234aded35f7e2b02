"""Tests of the number formats and of their packing."""
