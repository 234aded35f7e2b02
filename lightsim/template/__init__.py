"""What every kind of machine is asked, and what it answers: doors, findings, verdicts."""
