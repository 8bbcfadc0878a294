"""Memories recalled by their nearest patterns: the same, bit for bit, as by all of them."""

from functools import cache

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcli.binary import packing
from hopcli.binary.compiled import DenseDynamics
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.pruned import PrunedDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Sequential, Synchronous
from hopcli.binary.search import PackedSearch
from hopcli.results import Outcome

SCHEDULES = [Random(), Sequential(), Synchronous()]


def both(xi, beta):
    """The pruned form, which may turn to the full one, and the full one."""
    words, neurons = packing.pack(xi), xi.shape[1]
    full = cache(lambda: DenseDynamics.of(Exponential(beta), words, neurons))
    search = PackedSearch(words, neurons)
    return PrunedDynamics.of(Exponential(beta), search, neurons, full), full()


def assert_alike(xi, cues, beta, schedule, clamped=None, frames=0):
    """Recall by both forms; returns what they agree on."""
    found, expected = (
        recall(
            dynamics, cues, schedule=schedule, rng=np.random.default_rng(0), clamped=clamped,
            frames=frames,
        )
        for dynamics in both(xi, beta)
    )  # fmt: skip
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.state, other.state)
        assert one.energies == other.energies
        assert (one.outcome, one.index, one.overlap) == (other.outcome, other.index, other.overlap)
        assert (one.sweeps, one.flips) == (other.sweeps, other.flips)
        assert one.cue_overlap == other.cue_overlap
        assert all(np.array_equal(a, b) for a, b in zip(one.film, other.film, strict=True))
    return found


def flipped(state, neurons):
    """The state with some neurons flipped."""
    changed = state.copy()
    changed[neurons] *= -1
    return changed


@settings(max_examples=80)
@given(
    neurons=st.sampled_from([1, 2, 7, 63, 64, 65, 130, 512, 577, 1024, 1100]),
    patterns=st.sampled_from([1, 2, 5, 8, 64, 65, 130]),
    cues=st.sampled_from([1, 2, 5]),
    beta=st.sampled_from([1.0, 0.3, 3.0, 0.02]),
    schedule=st.sampled_from(SCHEDULES),
    clamp=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_hard_memories(neurons, patterns, cues, beta, schedule, clamp, seed):
    # Random patterns, and among them duplicates, negatives, and such as differ in one or two.
    rng = np.random.default_rng(seed)
    xi = rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)
    for k in range(1, patterns):
        like = xi[rng.integers(k)]
        kind = rng.integers(6)
        if kind < 4:
            some = rng.integers(neurons, size=kind % 3)
            xi[k] = flipped(-like if kind == 3 else like, some)
    starts = xi[rng.integers(patterns, size=cues)]
    noise = rng.choice([0.0, 0.1, 0.3, 0.5], (cues, 1))
    states = np.where(rng.random(starts.shape) < noise, -starts, starts)
    states[rng.random(starts.shape) < rng.choice([0.0, 0.5, 1.0], (cues, 1))] = 0
    assert_alike(xi, states, beta, schedule, clamped=states != 0 if clamp else None)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_cue_between_two_patterns_is_decided_by_the_others(schedule):
    # Differing in 100 neurons, with 50 of them each way: every one of these is a tie of the two,
    # which the 300 far patterns decide, or, of two patterns alone, the neuron's own state.
    rng = np.random.default_rng(1)
    far = rng.choice([-1, 1], (300, 640)).astype(np.int8)
    two = np.array([far[0], flipped(far[0], np.arange(100))])
    # One neuron that is neither's or unknown leaves the two level when it is visited.
    between = flipped(two[0], np.arange(50))
    cues = np.array([between, flipped(between, [200]), np.where(np.arange(640) == 10, 0, between)])
    for memory in (two, np.concatenate([far[1:], two])):
        for beta in (0.2, 1.0):
            assert_alike(memory, cues, beta, schedule)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_near_duplicates_differ_where_the_others_decide(schedule):
    # Two patterns that differ in one neuron feel alike there, whatever the state.
    rng = np.random.default_rng(2)
    xi = rng.choice([-1, 1], (500, 513)).astype(np.int8)
    xi[7] = flipped(xi[3], [100])
    xi[9] = flipped(xi[3], [100, 200])
    cues = np.array([flipped(xi[3], rng.choice(513, 100, replace=False)) for _ in range(4)])
    for found in assert_alike(xi, cues, 1.0, schedule):
        assert found.index in (3, 7, 9)


def test_ties_of_near_patterns_are_broken_without_looking_at_all_of_them():
    def full():
        pytest.fail("the full form was asked for")

    rng = np.random.default_rng(6)
    words = rng.integers(0, 2**64, (20_000, 16), dtype=np.uint64)
    # Two pairs that differ in one neuron, and one that is there twice.
    words[7] = words[3] ^ np.array([1] + [0] * 15, dtype=np.uint64)
    words[9] = words[5] ^ np.array([0] * 15 + [2**63], dtype=np.uint64)
    words[11] = words[12]
    xi = packing.unpack(words[[3, 5, 11]], 1024)
    cues = np.where(rng.random(xi.shape) < 0.2, -xi, xi)
    search = PackedSearch(words, 1024)
    pruned = PrunedDynamics.of(Exponential(), search, 1024, full)
    _, expected = both(packing.unpack(words, 1024), 1.0)
    for schedule in SCHEDULES:
        found, other = (
            recall(dynamics, cues, schedule=schedule, rng=np.random.default_rng(0))
            for dynamics in (pruned, expected)
        )
        assert [one.energies for one in found] == [one.energies for one in other]
        assert [one.index for one in found] == [one.index for one in other]
        assert found[2].index == 11
        for one, two in zip(found, other, strict=True):
            assert np.array_equal(one.state, two.state)


def test_a_state_that_settles_on_a_negative_far_from_what_is_near():
    # Clamped there, it is the negative of pattern 40, which no near pattern says.
    rng = np.random.default_rng(3)
    xi = rng.choice([-1, 1], (200, 600)).astype(np.int8)
    cues = np.array([-xi[40], flipped(-xi[40], [5])])
    (inverse, spurious) = assert_alike(
        xi, cues, 1.0, Random(), clamped=np.ones(cues.shape, dtype=bool)
    )
    assert (inverse.outcome, inverse.index, inverse.overlap) == (Outcome.INVERSE, 40, -1.0)
    assert spurious.outcome is Outcome.SPURIOUS


def test_more_patterns_near_than_there_is_room_for():
    # 20,000 patterns within two neurons of the first: the full form takes over, and finds the same.
    rng = np.random.default_rng(4)
    base = rng.choice([-1, 1], 520).astype(np.int8)
    xi = np.array([flipped(base, rng.integers(520, size=2)) for _ in range(20_000)])
    cues = np.array([base, flipped(base, np.arange(30)), np.where(np.arange(520) < 260, 0, base)])
    assert_alike(xi, cues, 1.0, Random(), frames=3)


@pytest.mark.parametrize("neurons", [1, 65, 520, 1024])
@pytest.mark.parametrize("cues", [1, 5])
@pytest.mark.parametrize("patterns", [1, 63, 64, 8_200])
def test_a_search_finds_all_that_are_within_reach(neurons, cues, patterns):
    rng = np.random.default_rng(neurons)
    xi = rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)
    xi[patterns // 2 :: 500] = flipped(xi[0], [0])
    states = np.where(rng.random((cues, neurons)) < 0.25, -xi[0], xi[0])
    states[:, ::3] *= rng.choice([0, 1], (cues, 1)).astype(np.int8)
    overlaps = states.astype(int) @ xi.T.astype(int)
    # Rows that begin in the middle of a line of the cache, as NumPy's own arrays do, and others.
    for shift in range(0, 8, 3):
        words = packing.pack(xi)
        room = np.empty(words.size + 8, dtype=np.uint64)
        moved = room[shift : shift + words.size].reshape(words.shape)
        moved[:] = words
        found = PackedSearch(moved, neurons).within(states, reach := 40)
        for m, near in zip(overlaps, found, strict=True):
            if near is None:
                assert np.count_nonzero(m >= m.max() - 2 * reach) > 256
                continue
            assert set(np.flatnonzero(m >= m.max() - reach)) <= set(near.indices.tolist())
            assert np.array_equal(near.overlaps, m[near.indices])
            assert (np.delete(m, near.indices) <= near.bound).all()
            assert (np.diff(near.indices) > 0).all()


@pytest.mark.parametrize("beta", [1.0, 0.2])
def test_pruned_recall_is_that_of_the_slow_twin(beta):
    rng = np.random.default_rng(5)
    xi = rng.choice([-1, 1], (9, 70)).astype(np.int8)
    xi[4] = flipped(xi[2], [3])
    cues = rng.choice([-1, 0, 1], (3, 70)).astype(np.int8)
    pruned, _ = both(xi, beta)
    for cue, found in zip(
        cues, recall(pruned, cues, schedule=Sequential(), rng=np.random.default_rng(0)), strict=True
    ):
        state = cue
        for _ in range(found.sweeps):
            state = naive.sweep(xi, state, range(70), energy="exp", beta=beta)
        assert np.array_equal(found.state, state)
        last = naive.energy(xi, found.state, "exp", beta=beta)
        assert found.energies[-1] == pytest.approx(last, rel=1e-12)
