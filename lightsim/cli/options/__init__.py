"""Options that commands share, the values of options, and the names of options in messages."""
