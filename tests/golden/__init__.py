"""Numbers that must not change unnoticed, each with a date and a reason."""
