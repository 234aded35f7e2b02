"""The best k of every filter for a design, and its bound."""
