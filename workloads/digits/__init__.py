"""The handwritten digits: labelled images and networks trained on them, with provenance."""
