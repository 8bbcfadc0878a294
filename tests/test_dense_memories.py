"""Dense memories that are learned with their labels."""

import os
import subprocess
import sys

import naive_dense
import numpy as np
import pytest

from hopcli.continuous import label_descent
from hopcli.continuous.augmentation import distorted
from hopcli.continuous.dense_memories import (
    LEVELS,
    DenseMemories,
    completed,
    power,
    signed,
)
from hopcli.continuous.label_descent import HALF_POWER, Labelled, Learning, begin, sweep


def some(kept, neurons, labels, pictures, degree, seed=0):
    """Memories, pictures on either side of where F begins, and their labels."""
    rng = np.random.default_rng(seed)
    on_grid = label_descent.on_grid
    memories = DenseMemories(
        on_grid(rng.uniform(-1, 1, (kept, neurons))), on_grid(rng.uniform(-1, 1, (kept, labels))),
        degree, 0.8 / (neurons + labels) ** 0.5,
    )  # fmt: skip
    return memories, rng.integers(256, size=(pictures, neurons)), np.arange(pictures) % labels


SIZES = [(1, 1, 1, 1), (1, 1, 2, 3), (4, 9, 3, 5), (7, 65, 2, 4)]


@pytest.mark.parametrize("degree", [2, 3, 20])
@pytest.mark.parametrize("sizes", SIZES)
def test_label_neurons_are_those_of_the_formula(sizes, degree):
    memories, levels, _ = some(*sizes, degree)
    found = np.tanh(memories.drives(signed(levels)))
    xi, zeta, v = memories.pictures.tolist(), memories.labels.tolist(), signed(levels) / LEVELS
    expected = [
        [
            naive_dense.output(xi, zeta, picture, alpha, degree, memories.beta)
            for alpha in range(sizes[2])
        ]
        for picture in v.tolist()
    ]
    assert found == pytest.approx(np.array(expected), abs=1e-11)


@pytest.mark.parametrize("degree", [2, 3, 20])
@pytest.mark.parametrize("sizes", SIZES)
def test_the_gradient_is_that_of_the_error(sizes, degree):
    memories, levels, labels = some(*sizes, degree, seed=1)
    # Beyond, a wrong one learns by another slope.
    assert np.abs(memories.drives(signed(levels))).max() < label_descent.FARTHEST
    error, gradient = label_descent.error_gradient(memories, signed(levels), labels)
    weights = np.hstack([memories.pictures, memories.labels]).astype(float)
    neurons = sizes[1]
    targets = np.where(np.arange(sizes[2]) == labels[:, None], 1, -1).tolist()
    pictures = (signed(levels) / LEVELS).tolist()

    def naive_error(w):
        xi, zeta = w[:, :neurons].tolist(), w[:, neurons:].tolist()
        return naive_dense.error(xi, zeta, pictures, targets, degree, memories.beta, HALF_POWER)

    assert error == pytest.approx(naive_error(weights), rel=1e-9)
    rng = np.random.default_rng(2)
    for place in rng.permutation(weights.size)[:12]:
        step = np.zeros(weights.shape)
        step.flat[place] = 1e-5
        slope = (naive_error(weights + step) - naive_error(weights - step)) / 2e-5
        scale = max(np.abs(gradient).max(), 1e-9)
        assert gradient.flat[place] == pytest.approx(slope, abs=1e-5 * scale, rel=1e-5)


def test_what_is_wrong_to_the_last_digit_is_unlearned_all_the_same():
    memories = DenseMemories(np.ones((1, 4), np.float32), -np.ones((1, 2), np.float32), 2, 5.0)
    picture = np.full((1, 4), 255.0)
    assert (np.tanh(memories.drives(picture)) == -1).all()
    _, gradient = label_descent.error_gradient(memories, picture, np.array([0]))
    assert gradient[0, 4] < -1


@pytest.mark.parametrize("exponent", [1, 2, 3, 19, 99])
def test_powers(exponent):
    base = np.array([0.0, 0.5, 1.0, 1.25])
    assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-13)
    assert base.tolist() == [0, 0.5, 1, 1.25]


def test_probabilities_are_those_of_states_with_one_label_neuron_on():
    memories, levels, _ = some(5, 30, 4, 6, 3)
    found = memories.probabilities(signed(levels))
    assert found.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-12)
    for picture, shares in zip(signed(levels) / LEVELS, found, strict=True):
        energies = [
            -sum(
                naive_dense.rectified(
                    memories.beta * float(xi @ picture + 2 * zeta[alpha] - zeta.sum()), 3
                )
                for xi, zeta in zip(memories.pictures, memories.labels, strict=True)
            )
            for alpha in range(4)
        ]
        weights = np.exp(-2 * np.array(energies))
        assert shares == pytest.approx(weights / weights.sum(), rel=1e-4)


def test_probabilities_hold_where_drives_are_enormous():
    memories = DenseMemories(
        np.ones((3, 100), np.float32), np.array([[1, -1], [1, 0.5], [1, 1]], np.float32), 100, 0.05
    )
    found = memories.probabilities(np.full((1, 100), 255.0))
    assert found.tolist() == [[1, 0]]


def test_unknown_pixels_are_stood_for_by_the_known():
    mean = np.array([10.0, -20, 30, -40])
    given = np.array([[255.0, -255, 1, 3], [15, 0, 0, -41], [0, 0, 0, 0], [0, 0, 0, 5]])
    assert completed(given, mean).tolist() == [
        [255, -255, 1, 3], [20, -20, 30, -42], [10, -20, 30, -40], [10, -20, 30, 140],
    ]  # fmt: skip


def made(per_label=30, seed=0):
    """Pictures of bars that lie, stand and slant, of any level, in noise, one in nine unlike."""
    rng = np.random.default_rng(seed)
    levels, labels = [], []
    for label in range(3):
        for _ in range(per_label):
            pixels = rng.integers(0, 90, (12, 12))
            at, bright = rng.integers(1, 10), rng.integers(120, 256)
            bar = np.zeros((12, 12), bool)
            if label == 0:
                bar[at : at + 2] = True
            elif label == 1:
                bar[:, at : at + 2] = True
            else:
                bar = np.abs(np.add.outer(np.arange(12), np.arange(12)) - at - 6) < 2
            levels.append(np.where(bar, bright, pixels))
            labels.append(label)
    return Labelled(
        np.array(levels, dtype=np.uint8).reshape(-1, 144), np.array(labels), 3, (12, 12)
    )


def learned(labelled, kept, degree, sweeps, seed=0):
    learning, errors = begin(labelled, kept, degree, seed), []
    for _ in range(sweeps):
        learning, error = sweep(learning, labelled)
        errors.append(error)
    return learning, errors


@pytest.mark.parametrize("degree", [2, 3, 5, 10, 20, 30])
def test_the_error_falls_and_unseen_pictures_find_their_labels(degree):
    learning, errors = learned(made(), 20, degree, 100)
    assert np.median(errors[-10:]) < np.median(errors[:10]) / 2
    unseen = made(seed=1)
    found = learning.memories.probabilities(signed(unseen.levels)).argmax(axis=1)
    assert (found == unseen.labels).mean() > 0.8
    for weights in (learning.memories.pictures, learning.memories.labels):
        assert np.abs(weights).max() <= 1
        assert (weights * 2.0**24 % 1 == 0).all()


def test_one_sweep_after_another_are_one_longer_learning():
    labelled = made()
    whole, _ = learned(labelled, 6, 5, 7)
    part, _ = learned(labelled, 6, 5, 3)
    # As a file keeps it.
    part = Learning(part.memories, part.velocity.copy(), part.sweeps, part.seed)
    for _ in range(4):
        part, _ = sweep(part, labelled)
    assert part.sweeps == whole.sweeps == 7
    assert np.array_equal(part.memories.pictures, whole.memories.pictures)
    assert np.array_equal(part.memories.labels, whole.memories.labels)
    assert np.array_equal(part.velocity, whole.velocity)


def test_a_memory_that_no_picture_reaches_stays_where_it_is():
    labelled = made()
    learning, _ = learned(labelled, 3, 20, 1)
    pictures = learning.memories.pictures.copy()
    pictures[1], labels = 0, learning.memories.labels.copy()
    labels[1] = 1  # −ΣCζ is below 0, and one label neuron that goes on does not make up for it.
    memories = DenseMemories(pictures, labels, 20, learning.memories.beta)
    after, _ = sweep(Learning(memories, learning.velocity, 1, 0), labelled)
    assert np.array_equal(after.memories.pictures[1], pictures[1])
    assert not np.array_equal(after.memories.pictures[0], pictures[0])


THREADS = """
import sys
sys.path.insert(0, {tests!r})
import hashlib
from test_dense_memories import learned, made
learning, _ = learned(made(60), 150, 20, 5)
for values in (learning.memories.pictures, learning.memories.labels, learning.velocity):
    print(hashlib.sha256(values.tobytes()).hexdigest())
"""


def test_any_number_of_threads_learns_the_same():
    answers = {
        threads: subprocess.run(
            [sys.executable, "-c", THREADS.format(tests=os.path.dirname(__file__))],  # noqa: PTH120
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True, text=True, check=True,
        ).stdout
        for threads in "12"
    }  # fmt: skip
    assert answers["1"] == answers["2"]
    assert len(answers["1"].splitlines()) == 3


def test_pictures_are_moved_a_little_and_their_levels_stay_whole():
    rows, columns = np.mgrid[:30, :50]
    # Each pixel says where it is from.
    where = np.dstack([rows, columns, 0 * rows + 7]).astype(np.uint8)
    moved = distorted(
        np.tile(where.reshape(1, -1), (300, 1)), (30, 50, 3), np.random.default_rng(0)
    ).reshape(300, 30, 50, 3)
    assert (moved[..., 2] == 7).all()
    for axis, (side, most) in enumerate(((30, 1), (50, 2))):
        fair = moved[:, 15, 25, axis].astype(int) - (15, 25)[axis]
        # In the middle only the move counts, and half a pixel of the matrix.
        assert set(np.unique(fair)) >= set(range(-most, most + 1))
        assert np.abs(fair).max() <= most + 1
        corner = moved[:, 2, 2, axis].astype(float) - 2
        assert 0.02 * side < corner.std() < 0.12 * side
        # What lies beyond repeats the border.
        assert moved[:, 0, 0, axis].min() == 0
        assert moved[:, -1, -1, axis].max() == side - 1
    assert len({picture.tobytes() for picture in moved}) == 300


@pytest.mark.parametrize("shape", [(1, 400), (400, 1)])
def test_rows_of_arrays_are_not_moved(shape):
    levels = np.random.default_rng(0).integers(256, size=(5, np.prod(shape)), dtype=np.uint8)
    assert np.array_equal(distorted(levels, shape, np.random.default_rng(1)), levels)


@pytest.mark.slow
def test_features_turn_into_prototypes_as_the_degree_grows():
    labelled = made(100)
    v = signed(labelled.levels) / LEVELS
    v -= v.mean(axis=0)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    alike = []
    for degree in (2, 5, 20):
        memories = learned(labelled, 30, degree, 200)[0].memories.pictures.astype(float)
        memories -= memories.mean(axis=0)
        memories /= np.linalg.norm(memories, axis=1, keepdims=True)
        alike.append(float(np.median((memories @ v.T).max(axis=1))))
    print(alike)
    assert alike == sorted(alike)
    assert alike[-1] > alike[0] + 0.1
