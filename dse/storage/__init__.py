"""The storage of trials: a journal file beside the results, another file, or a database."""
