"""What training passes back through roundings, gates and losses."""
