"""Memories that matter: what a search finds, and that recalls among these are those among all."""

import math
from itertools import pairwise

import naive
import numpy as np
import pytest

from hopcli.continuous import neighbourhood, sharpness, similarities
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.recall import PictureMemory, recall
from hopcli.kernels import pixels, threads
from hopcli.kernels.nearness import SEGMENT

NONE = np.empty(0, np.intp)
# One pixel; one short of a segment, all of it, one more; several, with a rest.
SIZES = [1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 4 * SEGMENT + 30]


def memories(count, neurons, seed=0):
    """Bytes by chance, with copies, near-copies, and a black and a white one."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 256, (count, neurons), dtype=np.uint8)
    if count > 8:
        values[3] = values[count - 1] = values[1]
        values[5] = values[1] ^ 1
        values[6], values[7] = 0, 255
    return values


def states(values, rng):
    """States of every kind: stored, between, noisy, far outside, partly unknown, all alike."""
    one, neurons = values[min(1, len(values) - 1)] / 255, values.shape[1]
    noisy = one + rng.normal(0, 0.2, neurons)
    hidden = np.where(rng.random(neurons) < 0.6, np.nan, noisy)
    hidden[0] = one[0]
    # Its first segments are wholly unknown.
    late = np.where(np.arange(neurons) < neurons * 0.7, np.nan, noisy)
    late[-1] = one[-1]
    return [
        one, (one + values[0] / 255) / 2, noisy, np.clip(noisy, 0, 1), noisy * 40 - 20,
        one * 1e9, hidden, late, np.full(neurons, 0.5),
    ]  # fmt: skip


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def with_threads(request, monkeypatch):
    """All kernels run on so many threads, however little there is to do."""
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 0 if request.param == 2 else math.inf)
    return request.param


@pytest.mark.parametrize("neurons", SIZES)
@pytest.mark.parametrize("count", [1, 2, 300])
def test_a_search_finds_all_within_reach_and_knows_how_far_it_looked(count, neurons, with_threads):
    values = memories(count, neurons)
    patterns = BytePatterns(values, pixels)
    for x in states(values, np.random.default_rng(1)):
        squares = naive.squared_distances(values / 255, x)
        for reach in (0.0, 1e-9, 0.05 * neurons, 1e300):
            rows, radius = patterns.within(x, reach, NONE)
            assert np.all(np.diff(rows) > 0)
            needed = np.flatnonzero(squares <= squares.min() + reach)
            assert set(needed) <= set(rows)
            assert radius >= math.sqrt(squares.min() + reach)
            assert set(np.flatnonzero(squares <= radius**2)) <= set(rows)
            # What is found does not depend on where the search begins.
            for first in (np.array([0]), np.array([squares.argmax()])):
                again, same = patterns.within(x, reach, first)
                assert np.array_equal(again, rows)
                assert same == radius


def test_a_search_leaves_out_what_is_far():
    values = memories(300, 1000)
    rows, _ = BytePatterns(values, pixels).within(values[1] / 255, 1.0, NONE)
    assert rows.tolist() == [1, 3, 5, 299]


@pytest.mark.parametrize("neurons", SIZES)
@pytest.mark.parametrize("count", [1, 2, 300])
def test_the_nearest_by_magnitude_is_the_first_of_the_nearest(count, neurons, with_threads):
    values = memories(count, neurons)
    fast = BytePatterns(values, pixels)
    for x in states(values, np.random.default_rng(2)):
        known = ~np.isnan(x)
        distances = np.abs(values[:, known] / 255 - x[known]).sum(axis=1)
        found = fast.nearest_by_magnitude(x)
        assert distances[found] == pytest.approx(distances.min(), rel=1e-12)
    if count > 8:
        assert fast.nearest_by_magnitude(values[299] / 255) == 1 or neurons == 1


@pytest.mark.parametrize("neurons", SIZES)
@pytest.mark.parametrize("count", [1, 2, 9, 300])
def test_beta_auto_is_the_same_by_search(count, neurons, with_threads):
    values = memories(count, neurons, seed=3)
    patterns = BytePatterns(values, pixels)
    rows = sharpness.evenly(count, 64)
    squares = naive.squared_distances
    exact = [squares(values / 255, values[row] / 255) for row in rows]
    exact = np.array([np.where(some > 1e-9, some, np.inf).min() for some in exact])
    for rank in {1, min(2, len(rows)), len(rows)}:
        found = patterns.squares_to_others(rows, rank)
        least = exact.argsort(kind="stable")[:rank]
        assert found[least] == pytest.approx(exact[least], rel=1e-12)
        assert found.min() == pytest.approx(exact.min(), rel=1e-12)
        assert np.all(np.sort(found)[rank - 1 :] >= exact[least].max() * (1 - 1e-12))
    score = similarities.get("l2")
    slow = sharpness.auto(BytePatterns(values), score)
    assert sharpness.auto(patterns, score) == pytest.approx(slow, rel=1e-12)


def cues(values, rng):
    """Cues of every kind, by name."""
    neurons = values.shape[1]
    one = values[min(1, len(values) - 1)] / 255
    noisy = one + rng.normal(0, 0.2, neurons)
    half = np.where(np.arange(neurons) < (neurons + 1) // 2, noisy, np.nan)
    return {
        "stored": one,
        "noisy": noisy,
        "clipped": np.rint(np.clip(noisy, 0, 1) * 255) / 255,
        "half": half,
        "clipped half": np.rint(np.clip(half, 0, 1) * 255) / 255,
        # As far from one as from the other.
        "between": (values[0] / 255 + values[-1] / 255) / 2,
        "unknown": np.full(neurons, np.nan),
    }


def assert_same(found, expected, beta):
    assert found.outcome is expected.outcome
    assert (found.index, found.flips) == (expected.index, expected.flips)
    # Memories that are left out weigh 10⁻¹² together; the rest is rounding.
    assert found.state == pytest.approx(expected.state, abs=3e-12)
    digits = 2e-12 / beta + 1e-12 * (1 + max(abs(energy) for energy in expected.energies))
    # Where steps gain no more than rounding errors, one of them may make one more.
    for ours, other in zip(found.energies, expected.energies, strict=False):
        assert ours == pytest.approx(other, rel=0, abs=digits)
    assert found.energies[-1] == pytest.approx(expected.energies[-1], rel=0, abs=digits)
    assert found.overlap == pytest.approx(expected.overlap, abs=1e-9)
    assert all(after <= before for before, after in pairwise(found.energies))


@pytest.mark.parametrize("clamp", [False, True])
@pytest.mark.parametrize("beta", [None, 1e-6, 0.3, 20.0, 1e7])
@pytest.mark.parametrize(("count", "neurons"), [(1, 1), (1, 300), (2, 1), (300, 1), (300, 700)])
def test_recall_among_the_memories_that_matter_is_recall_among_all(
    count, neurons, beta, clamp, with_threads
):
    values = memories(count, neurons, seed=4)
    fast = PictureMemory.of(BytePatterns(values, pixels), "l2", beta)
    slow = PictureMemory.of(BytePatterns(values), "l2", fast.beta)
    for name, cue in cues(values, np.random.default_rng(5)).items():
        found = recall(fast, cue, clamp=clamp)
        expected = recall(slow, cue, clamp=clamp)
        if name == "between" or neurons == 1:
            # Ties may fall either way by a rounding error; the energies say whether they did.
            digits = 1e-9 + 2e-12 / fast.beta
            assert found.energies[0] == pytest.approx(expected.energies[0], abs=digits)
            continue
        assert_same(found, expected, fast.beta)


@pytest.mark.parametrize("most", [0.25, 1.0])
def test_a_recall_that_wanders_meets_memories_that_it_began_without(most, monkeypatch):
    # Memories along a line, ever more of them towards 0: there the mean drifts, half of the
    # softmax's own width a step, until it is twice as far as the softmax sees.
    monkeypatch.setattr(neighbourhood, "MOST", most)
    width, places = 12, np.arange(0, 169, 6)
    levels = np.repeat(places, np.exp((168 - places) / (2 * width)).astype(int))
    values = np.repeat(levels.astype(np.uint8)[:, None], 3, axis=1)
    beta = 255**2 / (3 * width**2)
    fast = PictureMemory.of(BytePatterns(values, pixels), "l2", beta)
    slow = PictureMemory.of(BytePatterns(values), "l2", beta)
    cue = np.full(3, 168 / 255)
    first = fast.neighbourhood.around(cue)
    found, expected = recall(fast, cue), recall(slow, cue)
    assert found.index not in first.rows
    assert found.sweeps > 20
    assert_same(found, expected, beta)


def test_one_step_and_its_energies_are_the_formula():
    values = memories(300, 700)
    cue = values[1] / 255 + np.random.default_rng(7).normal(0, 0.3, 700)
    for beta in (0.01, 0.1, 1.0):
        found = recall(PictureMemory.of(BytePatterns(values, pixels), "l2", beta), cue, max_steps=1)
        state, energy = naive.log_sum_exp_step(values / 255, cue, beta)
        assert found.state == pytest.approx(state, abs=1e-11)
        assert found.energies[0] == pytest.approx(energy, rel=1e-12)
        reached = naive.log_sum_exp_step(values / 255, state, beta)[1]
        assert found.energies[1] == pytest.approx(reached, rel=1e-11, abs=1e-11 / beta)


@pytest.mark.parametrize("beta", [1e-3, 0.05, 1.0])
def test_recall_is_the_same_to_the_last_bit_on_one_and_two_threads(beta, monkeypatch):
    values = memories(400, 700, seed=8)
    for cue in cues(values, np.random.default_rng(9)).values():
        results = []
        for worth in (0, math.inf):
            monkeypatch.setattr(threads, "WORTH_A_THREAD", worth)
            memory = PictureMemory.of(BytePatterns(values, pixels), "l2", beta)
            results.append(recall(memory, cue, film=True))
        one, two = results
        assert np.array_equal(one.state, two.state)
        assert (one.energies, one.index, one.outcome) == (two.energies, two.index, two.outcome)
