"""Reports of a training: tables, curves, the page, the JSON summary."""
