"""How pictures are compared: bytes and floats, NumPy and kernels, unknown pixels, β, clipping."""

import math

import numpy as np
import pytest

from hopcli.continuous import sharpness
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.clipping import unclipped
from hopcli.continuous.patterns import Patterns
from hopcli.continuous.similarities import SIMILARITIES
from hopcli.continuous.unit_patterns import UnitPatterns
from hopcli.continuous.weighted_median import weighted_median
from hopcli.kernels import pixels


def pictures(count=9, neurons=130, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, neurons), dtype=np.uint8)


@pytest.mark.parametrize("kernels", [None, pixels], ids=["NumPy", "kernels"])
@pytest.mark.parametrize(("count", "neurons"), [(1, 1), (3, 63), (9, 130), (1100, 2)])
def test_byte_patterns_are_patterns(kernels, count, neurons):
    values = pictures(count, neurons)
    rng = np.random.default_rng(1)
    fast, slow = BytePatterns(values, kernels), Patterns(values / 255)
    x, z = rng.normal(0.5, 0.5, (4, neurons)), rng.random((4, count))
    for how in ("squared_distances", "absolute_distances", "dot"):
        for state in (x, x[0], values[0] / 255):
            found, expected = getattr(fast, how)(state), getattr(slow, how)(state)
            assert found.shape == expected.shape
            digits = 1e-11 if kernels is None else 1e-6
            assert found == pytest.approx(expected, rel=digits, abs=digits)
    assert fast.mix(z) == pytest.approx(slow.mix(z), rel=1e-11)
    assert np.array_equal(fast.rows(np.array([count - 1])), slow.rows(np.array([count - 1])))


@pytest.mark.parametrize("kernels", [None, pixels], ids=["NumPy", "kernels"])
@pytest.mark.parametrize("name", SIMILARITIES)
def test_unknown_pixels_are_left_out_of_every_score(name, kernels):
    values = pictures()
    rng = np.random.default_rng(2)
    x = rng.random(130)
    known = rng.random(130) < 0.4
    over_known = SIMILARITIES[name].scores(BytePatterns(values[:, known]), x[known])
    left_out = SIMILARITIES[name].scores(BytePatterns(values, kernels), np.where(known, x, np.nan))
    digits = 1e-9 if kernels is None else 1e-6
    assert left_out == pytest.approx(over_known, rel=digits, abs=digits)


def test_the_cosine_is_that_of_mean_free_pictures():
    values = pictures()
    values[3] = 77
    x = np.random.default_rng(3).random(130)
    found = SIMILARITIES["cosine"].scores(BytePatterns(values), x)
    for k, row in enumerate(values / 255):
        one, other = row - row.mean(), x - x.mean()
        expected = one @ other / np.sqrt((one @ one) * (other @ other)) if k != 3 else 0.0
        assert found[k] == pytest.approx(expected, abs=1e-12)


def test_unit_patterns_are_mean_free_and_of_length_1():
    values = pictures()
    values[3] = 77
    unit = UnitPatterns.of(BytePatterns(values))
    rows = unit.rows(np.arange(9))
    lengths = np.linalg.norm(rows, axis=1)
    assert rows.mean(axis=1) == pytest.approx(0, abs=1e-12)
    assert np.delete(lengths, 3) == pytest.approx(1)
    assert lengths[3] == 0
    explicit = Patterns(rows)
    x, z = np.random.default_rng(4).normal(size=(2, 130)), np.random.default_rng(5).random((2, 9))
    for how, given in (("dot", x), ("mix", z), ("squared_distances", x), ("absolute_distances", x)):
        expected = getattr(explicit, how)(given)
        assert getattr(unit, how)(given) == pytest.approx(expected, abs=1e-10)


def test_the_weighted_median_is_nearest_to_all():
    rng = np.random.default_rng(6)
    rows, weights = rng.integers(0, 6, (7, 40)).astype(float), rng.random(7)
    median = weighted_median(rows, weights)
    costs = np.array([(weights[:, None] * np.abs(rows - level)).sum(axis=0) for level in range(6)])
    reached = (weights[:, None] * np.abs(rows - median)).sum(axis=0)
    assert reached == pytest.approx(costs.min(axis=0))


@pytest.mark.parametrize("name", ["l2", "l1", "cosine"])
def test_beta_auto_makes_every_distinct_memory_a_fixed_point(name):
    values = pictures(40, 200)
    values[7] = values[6]
    values[9] = values[8] ^ 1
    patterns, similarity = BytePatterns(values), SIMILARITIES[name]
    beta = sharpness.auto(patterns, similarity)
    for k in range(40):
        scores = similarity.scores(patterns, values[k] / 255)
        z = np.exp(beta * (scores - scores.max()))
        mixture = patterns.mix(z / z.sum())
        # A near-duplicate, whose bytes differ by one, may blend with its twin: half a byte.
        assert np.abs(mixture - values[k] / 255).max() < (0.6 / 255 if k in (8, 9) else 1e-9)


def test_beta_auto_is_the_formula():
    values = np.array([[0, 0], [255, 0], [0, 255]], dtype=np.uint8)
    beta = sharpness.auto(BytePatterns(values), SIMILARITIES["l2"])
    assert beta == pytest.approx(2 * math.log(3 / 1e-12) / 1.0)
    assert sharpness.auto(BytePatterns(values[:1]), SIMILARITIES["l2"]) == 1.0
    assert sharpness.auto(BytePatterns(values[[1, 1]]), SIMILARITIES["l2"]) == 1.0


def test_lengths_that_differ_much_are_noticed():
    bright = np.linspace(20, 250, 10).astype(np.uint8)[:, None] * np.ones(50, dtype=np.uint8)
    assert sharpness.outshone(BytePatterns(bright)) == 0.9
    apart = 255 * np.eye(10, 50, dtype=np.uint8)
    assert sharpness.outshone(BytePatterns(apart)) == 0


def test_clipped_noise_is_moved_back_out_and_nothing_else():
    rng = np.random.default_rng(7)
    levels = rng.choice([0, 60, 128, 200, 255], (30, 4000)).astype(np.uint8)
    patterns, whole = BytePatterns(levels), levels[4] / 255
    noise = rng.normal(0, 0.2, 4000)
    clipped = np.clip(whole + noise, 0, 1)
    moved = unclipped(clipped, patterns)
    at_bound = (clipped <= 0) | (clipped >= 1)
    assert np.array_equal(moved[~at_bound], clipped[~at_bound])
    # What clipping took from the white pixels' mean, 0.08, is given back.
    white = whole == 1
    assert clipped[white].mean() == pytest.approx(1 - 0.2 / math.sqrt(2 * math.pi), abs=0.02)
    assert moved[white].mean() == pytest.approx(1, abs=0.03)
    for untouched in (whole, whole + noise):
        assert np.array_equal(unclipped(untouched, patterns), untouched)
