"""Number formats: schemes, their codecs, and how reals are rounded to them."""
