"""Learning dense memories by descent of the label error (Krotov and Hopfield 2016, appendix A).

The error of a picture is Σ_α (c_α − t_α)^2m, with c of dense_memories.py and targets t = ±1. Each
sweep goes through the pictures once, in a random order, a batch at a time: V ← pV − ∂error/∂ξ, then
ξ_μ ← ξ_μ + ε V_μ / max|V_μ|, kept in [−1, 1]; ε falls by a factor with every sweep. So steps do
not depend on how large the gradient is, which for high degrees varies by many orders of magnitude.

A sweep is a function of the learning so far and of its number, so 20 and then 20 more are 40.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.dense_memories import GRID, LEVELS, DenseMemories, power, signed
from hopcli.continuous.displacement import displaced

# m: a large power weighs what is wrong, and hardly what is nearly right.
HALF_POWER = 4
# Patterns of a batch: a tenth of them, and no more than this.
BATCH = 100
MOMENTUM = 0.6
# A label neuron that is driven further the wrong way than this learns as if it were driven so far:
# by the slope of its own tanh, which vanishes, it would stay wrong among others that are not.
FARTHEST = 4.0
# ε of the first sweep is such that F of a picture that a memory is like may change by a factor of
# about exp(STEP); and what it is multiplied by after each.
STEP, DECAY = 2.0, 0.99
# Memories begin with this share of the mean picture and of no label, and so much of what pictures
# differ by. White noise, which overlaps little with any picture, would let those of large pictures
# move alike.
BEGIN, SPREAD = 0.3, 0.3
# Pictures of which that is taken; and what random weights are whole multiples of one over.
MIXED, STEPS = 1000, 2.0**10
# Rounded to this share of a memory's largest, what a batch says of pixels adds up exactly: 2³⁶ of
# float64's 2⁵³, with 2⁸ for levels and 2⁷ for a batch.
PRECISION = 2.0**36
# Gradients below this are none: a share of them would be no number that float64 can hold.
LEAST = 1e-280


@dataclass(frozen=True)
class Learning:
    """How far it has come.

    Attributes:
        memories: as they are now.
        velocity: V, float64 of shape (K, N + C).
        sweeps: how many there have been.
        seed: of all that is random in it.
    """

    memories: DenseMemories
    velocity: NDArray[np.float64]
    sweeps: int
    seed: int


@dataclass(frozen=True)
class Labelled:
    """The patterns to learn.

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
    """β by the degree, in the unit of the largest field that a memory can have in these pictures.

    That is Σ_i |v_i| + C, in the mean; the higher the degree the more of it a picture needs before
    its label neurons move.
    """
    magnitudes = np.abs(2 * np.arange(LEVELS + 1) - LEVELS) / LEVELS
    counts = np.bincount(levels.ravel(), minlength=LEVELS + 1)
    largest = float(magnitudes @ counts) / len(levels) + labels
    return 1 / (threshold(degree) * largest)


def threshold(degree: int) -> float:
    """The share of the largest field at which F(βh) = 1.

    By trial on handwritten digits, of which a fifth was left out: best at about 0.14 for degree 3,
    0.2 for 5, 0.37 for 20 and 0.5 for 30, with room on both sides.
    """
    return (degree + 4) / (degree + 44)


def begin(labelled: Labelled, memories: int, degree: int, seed: int) -> Learning:
    """Memories before the first sweep: the mean picture and random mixtures, at no label.

    Args:
        labelled: what will be learned.
        memories: K, at least 1.
        degree: n, at least 2.
        seed: of all that is random.
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
    """Gaussian pictures, shape (count, N), of the covariance of the patterns; added up exactly."""
    some = levels[rng.permutation(len(levels))[:MIXED]]
    mean = 2 * some.mean(axis=0) / LEVELS - 1
    weights = np.rint(rng.standard_normal((count, len(some))) * STEPS)
    sums = weights @ signed(some) / LEVELS - weights.sum(axis=1, keepdims=True) * mean
    return sums / (STEPS * len(some) ** 0.5)


def on_grid(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Values in [−1, 1], rounded to what fields are exact of; others are moved to the bounds."""
    return (np.rint(np.clip(values, -1, 1) * GRID) / GRID).astype(np.float32)


def sweep(learning: Learning, labelled: Labelled) -> tuple[Learning, float]:
    """Go through the pictures once.

    Returns:
        The learning after it, and the mean error of the pictures on the way.
    """
    rng = np.random.default_rng([learning.seed, learning.sweeps + 1])
    order = rng.permutation(len(labelled.levels))
    memories, velocity, total = learning.memories, learning.velocity, 0.0
    degree = memories.degree
    step = STEP * threshold(degree) / degree * DECAY**learning.sweeps
    batch = min(max(len(order) // 10, 1), BATCH)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        shown = displaced(labelled.levels[rows], labelled.shape, rng)
        error, gradient = error_gradient(memories, signed(shown), labelled.labels[rows])
        total += error
        velocity = MOMENTUM * velocity - gradient
        # One that no picture reaches stays: its last velocity, however small, would be a full step.
        velocity[~gradient.any(axis=1)] = 0
        memories = moved(memories, velocity, step)
    after = replace(learning, memories=memories, velocity=velocity, sweeps=learning.sweeps + 1)
    return after, total / len(order)


def moved(memories: DenseMemories, velocity: NDArray[np.float64], step: float) -> DenseMemories:
    """Memories after a step, by which the weight of each that moves most moves by `step`."""
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
    """The error of some pictures, and its gradient by ξ and ζ (but for what FARTHEST says).

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
    # (C, batch, K): F′/n with each label neuron on in turn, and what that puts into its tanh.
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
    """Σ_b by_field_bμ v_bi, shape (K, N), added up exactly: the same on any number of threads."""
    largest = np.abs(by_field).max(axis=0)
    unit = np.where(largest > LEAST, largest, 1) / PRECISION
    whole = np.rint(by_field / unit)
    return (whole.T @ pictures) * (unit / LEVELS)[:, None]
