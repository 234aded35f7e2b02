"""Commands and databases ended at any moment: nothing finished is lost, nothing is half there."""
