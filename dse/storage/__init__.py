"""Where trials are kept: a journal file beside the results, another file, or a database."""
