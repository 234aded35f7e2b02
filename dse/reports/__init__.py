"""The reports of an exploration: a JSON document, tables, files and one page."""
