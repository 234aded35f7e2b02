"""Requests of the streams: how they are cut, chosen by a channel, and put under way."""
