"""Filters as the kernels read them: words, bytes and lists of terms."""
