"""What an exploration leaves behind: the JSON document, tables, files and one page."""
