"""Tests of tilings: the one that is taken, against simulations and random tilings."""
