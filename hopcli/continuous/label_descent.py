"""Learning dense memories by descent of the label error (Krotov and Hopfield 2016, appendix A).

The error of a picture is Σ_α (c_α − t_α)^2m, with c as in dense_memories.py and targets t = ±1. A
sweep goes through the pictures once, in random order, a batch at a time: V ← pV − ∂error/∂ξ, then
ξ_μ ← ξ_μ + ε V_μ / max|V_μ|, kept in [−1, 1]; ε falls by a factor with every sweep. The
steps do not depend on the magnitude of the gradient, which for high degrees varies by many orders.

A sweep depends only on the state of the learning and on its own number, so 20 sweeps and then 20
more give the same as 40.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.augmentation import distorted
from hopcli.continuous.dense_memories import GRID, LEVELS, DenseMemories, power, signed

# m; a large power gives weight to large errors and hardly any to small ones.
HALF_POWER = 4
# Largest number of patterns in a batch, which is a tenth of all patterns otherwise.
BATCH = 100
MOMENTUM = 0.6
# Bound on the argument of tanh in its slope: beyond, the slope nearly vanishes, and a label neuron
# that is wrong would learn no more.
FARTHEST = 4.0
# ε of the first sweep changes F of a picture that is like a memory by a factor of up to about
# exp(STEP); and the factor of ε after each sweep.
STEP, DECAY = 2.0, 0.99
# At the start, the shares of the mean picture (and of no label), and of random mixtures of what
# pictures differ by, in a memory. White noise overlaps little with any picture, and the memories of
# large pictures would all move alike.
BEGIN, SPREAD = 0.3, 0.3
# Largest number of pictures in these mixtures; and their weights are multiples of one over STEPS.
MIXED, STEPS = 1000, 2.0**10
# Gradients by field are rounded to this share of a memory's largest, so that sums over a batch are
# exact: 2³⁶ of float64's 2⁵³, with 2⁸ for levels and 2⁷ for a batch.
PRECISION = 2.0**36
# Smaller gradients count as 0: a share of them would underflow.
LEAST = 1e-280


@dataclass(frozen=True)
class Learning:
    """State of a learning process.

    Attributes:
        memories: the memories learned so far.
        velocity: V, float64 of shape (K, N + C).
        sweeps: number of sweeps made.
        seed: of everything random in it.
    """

    memories: DenseMemories
    velocity: NDArray[np.float64]
    sweeps: int
    seed: int


@dataclass(frozen=True)
class Labelled:
    """Patterns with labels, to be learned.

    Attributes:
        levels: uint8 of shape (patterns, N).
        labels: 0 … C − 1, shape (patterns,).
        count: C.
        shape: of each pattern, [h, w] or [h, w, 3].
    """

    levels: NDArray[np.uint8]
    labels: NDArray[np.integer]
    count: int
    shape: tuple[int, ...]


def beta_for(levels: NDArray[np.uint8], labels: int, degree: int) -> float:
    """Compute β = 1 / (threshold · largest field), so that F(βh) = 1 at that share of the field.

    The largest field that a memory can have in these pictures is Σ_i |v_i| + C, in the mean.

    Args:
        levels: uint8 of shape (patterns, N).
        labels: C.
        degree: n.
    """
    magnitudes = np.abs(2 * np.arange(LEVELS + 1) - LEVELS) / LEVELS
    counts = np.bincount(levels.ravel(), minlength=LEVELS + 1)
    largest = float(magnitudes @ counts) / len(levels) + labels
    return 1 / (threshold(degree) * largest)


def threshold(degree: int) -> float:
    """Compute the share of the largest field at which F(βh) = 1.

    Fitted to trials on handwritten digits, with a fifth left out: best at about 0.14 for degree 3,
    0.2 for 5, 0.37 for 20 and 0.5 for 30, with flat optima.
    """
    return (degree + 4) / (degree + 44)


def begin(labelled: Labelled, memories: int, degree: int, seed: int) -> Learning:
    """Make the memories before the first sweep: mean picture, random mixtures, no labels.

    Args:
        labelled: patterns to learn.
        memories: K, at least 1.
        degree: n, at least 2.
        seed: of everything random.
    """
    rng = np.random.default_rng([seed, 0])
    neurons = labelled.levels.shape[1]
    mean = 2 * labelled.levels.mean(axis=0) / LEVELS - 1
    pictures = BEGIN * mean + SPREAD * _mixtures(labelled.levels, memories, rng)
    labels = SPREAD * rng.standard_normal((memories, labelled.count)) - BEGIN
    beta = beta_for(labelled.levels, labelled.count, degree)
    return Learning(
        DenseMemories(on_grid(pictures), on_grid(labels), degree, beta),
        np.zeros((memories, neurons + labelled.count)),
        0,
        seed,
    )


def _mixtures(
    levels: NDArray[np.uint8], count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw Gaussian pictures with the patterns' covariance, shape (count, N), by exact sums."""
    some = levels[rng.permutation(len(levels))[:MIXED]]
    mean = 2 * some.mean(axis=0) / LEVELS - 1
    weights = np.rint(rng.standard_normal((count, len(some))) * STEPS)
    sums = weights @ signed(some) / LEVELS - weights.sum(axis=1, keepdims=True) * mean
    return sums / (STEPS * len(some) ** 0.5)


def on_grid(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Clip values to [−1, 1], and round them to multiples of 1/GRID."""
    return (np.rint(np.clip(values, -1, 1) * GRID) / GRID).astype(np.float32)


def sweep(learning: Learning, labelled: Labelled) -> tuple[Learning, float]:
    """Go through the pictures once.

    Returns:
        The learning after the sweep, and the mean error of the pictures during it.
    """
    rng = np.random.default_rng([learning.seed, learning.sweeps + 1])
    order = rng.permutation(len(labelled.levels))
    memories, velocity, total = learning.memories, learning.velocity, 0.0
    degree = memories.degree
    step = STEP * threshold(degree) / degree * DECAY**learning.sweeps
    batch = min(max(len(order) // 10, 1), BATCH)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        shown = distorted(labelled.levels[rows], labelled.shape, rng)
        error, gradient = error_gradient(memories, signed(shown), labelled.labels[rows])
        total += error
        velocity = MOMENTUM * velocity - gradient
        # A memory without gradient stays: its last velocity, however small, would be a full step.
        velocity[~gradient.any(axis=1)] = 0
        memories = moved(memories, velocity, step)
    after = replace(learning, memories=memories, velocity=velocity, sweeps=learning.sweeps + 1)
    return after, total / len(order)


def moved(memories: DenseMemories, velocity: NDArray[np.float64], step: float) -> DenseMemories:
    """Move memories along V so that the largest change in each is `step`."""
    largest = np.abs(velocity).max(axis=1, keepdims=True)
    change = step * np.divide(velocity, largest, out=np.zeros_like(velocity), where=largest > 0)
    neurons = memories.pictures.shape[1]
    return replace(
        memories,
        pictures=on_grid(memories.pictures + change[:, :neurons]),
        labels=on_grid(memories.labels + change[:, neurons:]),
    )


def error_gradient(
    memories: DenseMemories, pictures: NDArray[np.float64], labels: NDArray[np.integer]
) -> tuple[float, NDArray[np.float64]]:
    """Compute the error of some pictures, and its gradient by ξ and ζ, slopes being bounded.

    Args:
        memories: K of N neurons, with C label neurons.
        pictures: levels of −255 … 255, shape (batch, N), at most BATCH.
        labels: 0 … C − 1, shape (batch,).

    Returns:
        Σ (c − t)^2m, and float64 of shape (K, N + C).
    """
    n, count = memories.degree, memories.labels.shape[1]
    fields = memories.fields(pictures)
    rectified = np.maximum(fields, 0)
    off = power(rectified, n - 1)
    resting = np.einsum("bk,bk->b", off, rectified)
    # F′/n with each label neuron on in turn, (C, batch, K), and the arguments of their tanh.
    slopes = np.empty((count, *fields.shape))
    drives = np.empty((len(pictures), count))
    for label, weights in enumerate(memories.on()):
        np.maximum(fields + weights, 0, out=rectified)
        slopes[label] = power(rectified, n - 1)
        drives[:, label] = np.einsum("bk,bk->b", slopes[label], rectified) - resting
    differences = np.tanh(drives)
    differences += 1
    differences[np.arange(len(labels)), labels] -= 2
    error = float((differences ** (2 * HALF_POWER)).sum())
    # tanh′ = sech².
    tails = np.exp(-np.minimum(np.abs(drives), FARTHEST))
    signals = 2 * HALF_POWER * differences ** (2 * HALF_POWER - 1)
    signals *= (2 * tails / (1 + tails * tails)) ** 2 * (n * memories.beta)
    by_field, by_label = np.zeros_like(fields), np.empty((len(memories), count))
    for label, (slope, signal) in enumerate(zip(slopes, signals.T, strict=True)):
        by_field += (slope - off) * signal[:, None]
        by_label[:, label] = 2 * np.einsum("bk,b->k", slope, signal)
    by_label -= by_field.sum(axis=0)[:, None]
    return error, np.concatenate([_by_pixel(by_field, pictures), by_label], axis=1)


def _by_pixel(by_field: NDArray[np.float64], pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute Σ_b by_field_bμ v_bi, shape (K, N), by sums that are exact in any order."""
    largest = np.abs(by_field).max(axis=0)
    unit = np.where(largest > LEAST, largest, 1) / PRECISION
    whole = np.rint(by_field / unit)
    return (whole.T @ pictures) * (unit / LEVELS)[:, None]
