"""The event toolkit that every machine's simulation shares."""
