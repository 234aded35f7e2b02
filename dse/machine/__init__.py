"""The questions of the search to a machine, and the answers of the explorer's wings."""
