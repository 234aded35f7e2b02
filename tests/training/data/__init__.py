"""Tests of the training images: what each source gives, and what is refused."""
