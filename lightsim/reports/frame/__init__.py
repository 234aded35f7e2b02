"""The frame of every page and every table on a terminal: one document, one style, one figure."""
