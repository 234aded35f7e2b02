"""The interface between the shared rooms and a kind of machine: doors, findings, verdicts."""
