"""From a foreign graph to layers of a network file with their real weights."""
