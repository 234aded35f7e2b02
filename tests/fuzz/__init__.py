"""Broken and odd inputs of every kind through the real command, each judged by what it left."""
