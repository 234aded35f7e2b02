"""Tests of the simulation on whole networks and on random topologies."""
