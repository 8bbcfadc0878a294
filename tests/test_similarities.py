"""How pictures are compared: bytes and floats, NumPy and kernels, unknown pixels, β, clipping."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hopcli
from hopcli.continuous import sharpness, similarities
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.clipping import unclipped
from hopcli.continuous.overlap import overlap
from hopcli.continuous.patterns import RealPatterns, UnitPatterns
from hopcli.continuous.recall import PictureMemory, recall
from hopcli.continuous.similarities.l1 import weighted_median
from hopcli.kernels import pixels


def pictures(count=9, neurons=130, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, neurons), dtype=np.uint8)


@pytest.mark.parametrize("kernels", [None, pixels], ids=["NumPy", "kernels"])
@pytest.mark.parametrize(("count", "neurons"), [(1, 1), (3, 63), (9, 130), (1100, 2)])
def test_byte_patterns_are_patterns(kernels, count, neurons):
    values = pictures(count, neurons)
    rng = np.random.default_rng(1)
    fast, slow = BytePatterns(values, kernels), RealPatterns(values / 255)
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
@pytest.mark.parametrize("name", similarities.names())
def test_unknown_pixels_are_left_out_of_every_score(name, kernels):
    values = pictures()
    rng = np.random.default_rng(2)
    x = rng.random(130)
    known = rng.random(130) < 0.4
    over_known = similarities.get(name).scores(BytePatterns(values[:, known]), x[known])
    left_out = similarities.get(name).scores(
        BytePatterns(values, kernels), np.where(known, x, np.nan)
    )
    digits = 1e-9 if kernels is None else 1e-6
    assert left_out == pytest.approx(over_known, rel=digits, abs=digits)


def test_the_cosine_is_that_of_mean_free_pictures():
    values = pictures()
    values[3] = 77
    x = np.random.default_rng(3).random(130)
    found = similarities.get("cosine").scores(BytePatterns(values), x)
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
    explicit = RealPatterns(rows)
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
    patterns, similarity = BytePatterns(values), similarities.get(name)
    beta = sharpness.auto(patterns, similarity)
    for k in range(40):
        scores = similarity.scores(patterns, values[k] / 255)
        z = np.exp(beta * (scores - scores.max()))
        mixture = patterns.mix(z / z.sum())
        # A near-duplicate, whose bytes differ by one, may blend with its twin: half a byte.
        assert np.abs(mixture - values[k] / 255).max() < (0.6 / 255 if k in (8, 9) else 1e-9)


def test_beta_auto_is_the_formula():
    values = np.array([[0, 0], [255, 0], [0, 255]], dtype=np.uint8)
    beta = sharpness.auto(BytePatterns(values), similarities.get("l2"))
    assert beta == pytest.approx(2 * math.log(3 / 1e-12) / 1.0)
    assert sharpness.auto(BytePatterns(values[:1]), similarities.get("l2")) == 1.0
    assert sharpness.auto(BytePatterns(values[[1, 1]]), similarities.get("l2")) == 1.0


def test_lengths_that_differ_much_are_noticed():
    bright = np.linspace(20, 250, 10).astype(np.uint8)[:, None] * np.ones(50, dtype=np.uint8)
    assert similarities.get("dot").outshone(BytePatterns(bright)) == 0.9
    apart = 255 * np.eye(10, 50, dtype=np.uint8)
    assert similarities.get("dot").outshone(BytePatterns(apart)) == 0


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


def cosines(rows, x):
    """Cosines of mean-free patterns and states over the known neurons, 0 for those of one level."""
    one = np.where(np.isnan(x), np.nan, rows)
    one, other = (v - np.nanmean(v, axis=-1, keepdims=True) for v in (one, x))
    lengths = np.sqrt(np.nansum(one**2, axis=-1) * np.nansum(other**2, axis=-1))
    return np.where(lengths > 1e-9, np.nansum(one * other, axis=-1) / np.maximum(lengths, 1e-9), 0)


# Scores of patterns (K, N) and states (…, 1, N), by their formulas.
SCORES = {
    "l2": lambda rows, x: -np.nansum((rows - x) ** 2, axis=-1) / 2,
    "l1": lambda rows, x: -np.nansum(abs(rows - x), axis=-1),
    "dot": lambda rows, x: np.nansum(rows * x, axis=-1),
    "cosine": cosines,
}


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("kernels", [None, pixels], ids=["NumPy", "kernels"])
def test_scores_are_those_of_the_formula(name, kernels):
    values = pictures()
    values[4] = 200
    x = np.random.default_rng(8).random((2, 3, 130))
    x[0, 1, :50] = np.nan
    x[1, 2] = 0.3
    score = similarities.get(name)
    expected = SCORES[name](values / 255, x[..., None, :])
    for patterns in (BytePatterns(values, kernels), RealPatterns(values / 255)):
        assert score.scores(patterns, x) == pytest.approx(expected, rel=1e-5, abs=1e-5)


# Levels whose mean and variance, computed from sums, are off by rounding errors.
@pytest.mark.parametrize("level", [1, 119, 120, 128, 254])
@pytest.mark.parametrize("neurons", [3, 1000, 60000])
def test_a_picture_of_one_level_has_no_cosine(level, neurons):
    values = pictures(4, neurons)
    values[2] = level
    # One pixel that is off by one level is a picture of its own.
    values[3] = level
    values[3, 1] += 1
    score, x = similarities.get("cosine"), values[0] / 255
    for patterns in (
        BytePatterns(values), BytePatterns(values, pixels), RealPatterns(values / 255),
    ):  # fmt: skip
        found = score.scores(patterns, x)
        assert found[2] == 0
        assert found[0] == pytest.approx(1, abs=1e-5)
        assert found[3] == pytest.approx(overlap(x, values[3] / 255), abs=1e-2)
        assert np.array_equal(score.scores(patterns, np.full(neurons, level / 255)), np.zeros(4))
        known = np.where(np.arange(neurons) == 1, np.nan, x)
        assert score.scores(patterns, known)[3] == 0
        assert not UnitPatterns.of(patterns).rows(np.array([2])).any()
    assert overlap(np.full(neurons, level / 255), x) == 0
    assert overlap(x, np.full(neurons, level / 255)) == 0


NEW = '''"""Largest distance of any one pixel."""

from hopcli.continuous.similarities.abstract import AbstractSimilarity


class Largest(AbstractSimilarity):
    """s = −max_i |θ_μi − x_i|."""

    name = "largest-distance"
    summary = "largest distance of any one pixel"
    is_sum = False

    def compare(self, rows, x):
        """Compute minus the largest distances."""
        import numpy as np

        return -np.nanmax(np.abs(rows - x[..., None, :]), axis=-1)


MEMBER = Largest
'''


def test_a_new_similarity_is_one_file(tmp_path):
    package = tmp_path / "hopcli"
    shutil.copytree(
        Path(hopcli.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "continuous/similarities/largest_distance.py").write_text(NEW, encoding="utf-8")
    levels = pictures(5, 64)
    np.save(tmp_path / "levels.npy", levels)
    np.save(tmp_path / "cue.npy", np.clip(levels[3] / 255 + 0.05, 0, 1))

    def hop(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "hopcli", *arguments], capture_output=True, text=True,
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        )  # fmt: skip

    stored = hop("store", "levels.npy", "--mode", "gray")
    assert stored.returncode == 0, stored.stderr
    recalled = hop("recall", "cue.npy", "--similarity", "largest-distance", "--json")
    assert recalled.returncode == 0, recalled.stderr
    (found,) = json.loads(recalled.stdout)["recalls"]
    assert (found["outcome"], found["index"]) == ("memory", 3)
    wrong = hop("recall", "cue.npy", "--similarity", "largest-distanse")
    assert "did you mean largest-distance?" in wrong.stderr
    assert "largest-distance" in hop("recall", "--help").stdout


@pytest.mark.parametrize("beta", [None, 0.3, 2.0])
@pytest.mark.parametrize("name", similarities.names())
def test_a_recall_does_not_depend_on_the_container_or_the_order_of_neurons(name, beta):
    values = pictures(12, 300)
    rng = np.random.default_rng(9)
    cue = values[5] / 255 + rng.normal(0, 0.1, 300)
    cue[:120] = np.nan
    order = rng.permutation(300)
    expected = recall(PictureMemory.of(BytePatterns(values), name, beta), cue)
    assert np.isfinite(expected.energies).all()
    for patterns, x, back in (
        (RealPatterns(values / 255), cue, np.arange(300)),
        (BytePatterns(values[:, order]), cue[order], order.argsort()),
    ):
        found = recall(PictureMemory.of(patterns, name, beta), x)
        assert (found.outcome, found.index) == (expected.outcome, expected.index)
        assert found.state[back] == pytest.approx(expected.state, abs=1e-6)
        assert found.energies[0] == pytest.approx(expected.energies[0], rel=1e-9, abs=1e-9)
        assert found.energies[-1] == pytest.approx(expected.energies[-1], rel=1e-9, abs=1e-9)
