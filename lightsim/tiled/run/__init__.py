"""A run on the tiled machine, from its mapping to its findings: the rooms behind the wing's
doors.
"""
