"""Branch and bound over boxes against enumeration, on random spaces."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dse.proof import Proof


class Space:
    """A random function over a grid, a bound of boxes below it, and what is allowed."""

    def __init__(self, sizes, seed, allowed=0.7):
        rng = np.random.default_rng(seed)
        self.sizes = sizes
        self.slopes = [rng.integers(0, 50, size) for size in sizes]
        self.extra = rng.integers(0, 40, sizes)
        self.cost = [np.sort(rng.integers(1, 100, size)) for size in sizes]
        self.limit = allowed * sum(int(c[-1]) for c in self.cost)

    def bound(self, low, high):
        """The least of every axis's part; the rest is at least 0."""
        found = np.zeros(len(low))
        for axis, part in enumerate(self.slopes):
            for box in range(len(low)):
                found[box] += part[low[box, axis] : high[box, axis] + 1].min()
        return found

    def possible(self, low, high):
        return sum(c[low[:, a]] for a, c in enumerate(self.cost)) <= self.limit

    def values(self, designs):
        value = sum(part[designs[:, a]] for a, part in enumerate(self.slopes))
        value = value + self.extra[tuple(designs.T)]
        used = sum(c[designs[:, a]] for a, c in enumerate(self.cost))
        return np.where(used <= self.limit, value, np.inf).astype(float)

    def best(self):
        every = np.array(list(product(*map(range, self.sizes))))
        return self.values(every).min()


spaces = st.tuples(
    st.lists(st.integers(1, 7), min_size=1, max_size=4), st.integers(0, 10**6), st.floats(0.1, 1)
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(spaces, st.integers(1, 20), st.integers(1, 5))
def test_the_optimum_is_that_of_the_enumeration(space, batch, evaluations):
    made = Space(*space)
    proof = Proof(
        made.sizes, made.bound, made.values, made.possible, batch=batch, evaluations=evaluations
    )
    best = made.best()
    last = -np.inf
    for standing in proof.steps():
        assert standing.bound <= best <= standing.value
        assert standing.bound >= last  # it only ever rises
        last = standing.bound
    end = proof.standing
    assert (end.value, end.gap, end.closed) == (best, 0.0, True)
    if np.isfinite(best):
        assert made.values(np.array([end.best]))[0] == best


@settings(derandomize=True, max_examples=60, deadline=None)
@given(spaces, st.floats(0.01, 0.5))
def test_with_a_tolerance_the_gap_is_no_more_than_that(space, tolerance):
    made = Space(*space)
    proof = Proof(made.sizes, made.bound, made.values, made.possible, tolerance=tolerance, batch=8)
    *_, end = (proof.standing, *proof.steps())
    best = made.best()
    assert end.closed
    assert end.bound <= best <= end.value
    assert end.gap <= tolerance + 1e-12


@settings(derandomize=True, max_examples=60, deadline=None)
@given(spaces, st.integers(0, 3))
def test_of_a_monotone_axis_the_highest_allowed_index_is_enough(space, axis):
    made = Space(*space)
    axis %= len(made.sizes)
    made.slopes[axis] = np.sort(made.slopes[axis])[::-1]
    made.extra = np.flip(np.sort(made.extra, axis=axis), axis=axis)
    monotone = [number == axis for number in range(len(made.sizes))]
    proof = Proof(made.sizes, made.bound, made.values, made.possible, monotone=monotone, batch=4)
    *_, end = (proof.standing, *proof.steps())
    assert end.value == made.best()


def test_an_interrupted_step_leaves_the_proof_as_it_was():
    made = Space((6, 5, 4), 3)
    calls = []

    def interrupted(designs):
        calls.append(len(designs))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return made.values(designs)

    proof = Proof(made.sizes, made.bound, interrupted, made.possible, batch=4)
    with pytest.raises(KeyboardInterrupt):
        list(proof.steps())
    assert proof.standing.open_boxes > 0
    list(proof.steps())
    assert proof.standing.value == made.best()


def test_a_saved_proof_goes_on_where_it_was(tmp_path):
    made = Space((6, 6, 6), 5)
    proof = Proof(made.sizes, made.bound, made.values, made.possible, batch=3)
    for _ in range(10):
        proof.step()
    proof.save(tmp_path / "proof.npz")
    other = Proof(made.sizes, made.bound, made.values, made.possible, batch=3)
    other.load(tmp_path / "proof.npz")
    assert other.standing == proof.standing
    list(other.steps())
    assert other.standing.value == made.best()
    small = Space((2, 2), 1)
    strange = Proof(small.sizes, small.bound, small.values)
    with pytest.raises(ValueError, match="axes of"):
        strange.load(tmp_path / "proof.npz")


def test_offered_designs_are_kept_and_cut_the_search():
    made = Space((7, 7, 7), 9)
    alone = Proof(made.sizes, made.bound, made.values, made.possible, batch=4)
    list(alone.steps())
    helped = Proof(made.sizes, made.bound, made.values, made.possible, batch=4)
    helped.offer(np.array([alone.standing.best], np.int32))
    list(helped.steps())
    assert helped.standing.value == alone.standing.value
    assert helped.standing.bounded <= alone.standing.bounded
