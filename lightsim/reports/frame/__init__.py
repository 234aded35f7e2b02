"""The frame of every page and of every table on a terminal: document, style and figure."""
