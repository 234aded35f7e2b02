"""Tests of what the documents and docstrings say."""
