"""The commands that work, with the files they read: one row for each kind of file."""
