"""Evidence for files that a user names: damaged, huge, or no files at all."""
