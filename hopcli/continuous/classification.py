"""Classification: the picture is clamped, and label and memory neurons settle."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import neighbourhood, sharpness
from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.named import picture_label_memory
from hopcli.continuous.patterns import AbstractPatterns

# The probabilities converge as far as double precision tells energies apart.
TOLERANCE, PRECISION = 1e-10, 1e-16
MOST_STEPS = 1000

# Patterns that are classified by the others to choose β, fewer if that needs more than
# SAMPLE_DISTANCES distances; and the candidates for β, in units of 1/d² of a nearest neighbour.
SAMPLE = 2000
SAMPLE_DISTANCES = 2**24
CANDIDATES = np.geomspace(1e-2, 1e3, 41)
# Squared distances below this are rounding errors of copies.
SAME = 1e-9
# Lower bound on a probability in the likelihood: one wrong label must not outweigh all others.
LEAST = 1e-6


@dataclass(frozen=True)
class HeldPicture(AbstractPatterns):
    """Stored patterns under a clamped picture, of which only the distances to it matter.

    The features, which do not move, are left out: states have shape (…, 0).

    Attributes:
        distances: squared distances of the picture to the memories, shape (K,).
    """

    distances: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.distances)

    @property
    def neurons(self) -> int:
        """The number of features that are not clamped, 0."""
        return 0

    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distances computed beforehand."""
        return self.distances

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return patterns without features, shape (len(indices), 0)."""
        return np.zeros((len(indices), 0))


@dataclass(frozen=True)
class Classification:
    """The state in which the label neurons settled.

    Attributes:
        probabilities: Σ z_μ over the memories that bear each label, shape (labels,), sum 1.
        energies: before the first step and after each.
        ended: how the descent ended.
    """

    probabilities: NDArray[np.float64]
    energies: tuple[float, ...]
    ended: Ended


def classify(
    distances: NDArray[np.float64], labels: NDArray[np.integer], count: int,
    *, beta: float, strength: float,
) -> Classification:  # fmt: skip
    """Settle label and memory neurons under a clamped picture (Hoover et al. 2022).

    Args:
        distances: squared distances of the picture to each labelled memory, shape (K,).
        labels: each memory's label, 0 … count − 1, shape (K,).
        count: how many labels there are.
        beta: sharpness of the memory neurons' softmax, in units of 1/distance.
        strength: λ of the synapses between memory and label neurons.
    """
    # A constant added to all distances is added to the energy and changes nothing else.
    near = distances - distances.min()
    # Labels can outweigh 2λ of a squared distance. Patterns that are farther, by the reach of a
    # recall, have no weight while the labels settle, and are weighted at the end.
    relevant = near <= neighbourhood.reach(len(near), beta) + 2 * strength
    network, whole = (
        picture_label_memory(HeldPicture(near[some]), labels[some], count, beta, strength)
        for some in (relevant, slice(None))
    )
    start = {"x": np.zeros(0), "y": np.zeros(count), "z": -near[relevant] / 2}
    found = descend(
        network, start, held={"x": True}, tolerance=TOLERANCE, precision=PRECISION,
        max_steps=MOST_STEPS,
    )  # fmt: skip
    settled = found.states | {"z": -near / 2}
    z = whole.activations(settled | {"z": whole.equilibrium(settled, "z")})["z"]
    probabilities = np.bincount(labels, weights=z, minlength=count)
    return Classification(probabilities / probabilities.sum(), found.energies, found.ended)


def sample(memories: int) -> NDArray[np.intp]:
    """Choose the patterns that `auto_beta` classifies by the others."""
    most = min(memories, SAMPLE, max(16, SAMPLE_DISTANCES // memories))
    return sharpness.evenly(memories, most)


def auto_beta(
    distances: NDArray[np.float64], rows: NDArray[np.integer], labels: NDArray[np.integer]
) -> float:
    """Compute the β of the largest leave-one-out likelihood of the stored patterns' labels.

    That is the mean of log Σ z_ν over the other patterns ν that have a pattern's label. If even the
    largest explains less than half of the labels' entropy, patterns tell little of each other's
    labels, and β is that of a recall (sharpness.py).

    Args:
        distances: squared distances of some patterns to all, shape (sample, K).
        rows: indices of those patterns, shape (sample,).
        labels: of all patterns, shape (K,).
    """
    # A pattern whose label no other has tells nothing.
    shared = np.bincount(labels)[labels[rows]] > 1
    nearest = np.array([_others(distances, rows, c).min() for c in range(len(rows))])
    nearest = nearest[(nearest > SAME) & np.isfinite(nearest)]
    if not nearest.size:
        return 1.0
    scale = float(np.median(nearest))
    telling = math.log(len(labels) / sharpness.OTHERS) * 2
    telling /= float(np.quantile(nearest, sharpness.NEAR_DUPLICATES))
    if not shared.any():
        return telling
    own = labels[rows[shared]]
    candidates = CANDIDATES / scale
    # One pattern at a time, whose weights stay in cache, for all β.
    likelihoods = np.zeros(len(candidates))
    for c in np.flatnonzero(shared):
        others = _others(distances, rows, int(c))
        others -= others.min()
        alike = np.flatnonzero(labels == labels[rows[c]])
        z = np.empty_like(others)
        for k, beta in enumerate(candidates):
            np.exp(np.multiply(others, -beta / 2, out=z), out=z)
            likelihoods[k] += math.log(max(float(z[alike].sum() / z.sum()), LEAST))
    likelihoods /= len(own)
    best = int(likelihoods.argmax())
    frequencies = np.bincount(own) / len(own)
    entropy = -float(np.log(frequencies[own]).mean())
    return float(candidates[best]) if likelihoods[best] > -entropy / 2 else telling


def _others(
    distances: NDArray[np.float64], rows: NDArray[np.integer], c: int
) -> NDArray[np.float64]:
    """Return squared distances of the c-th sampled pattern to all, infinite to itself."""
    others = distances[c].copy()
    others[rows[c]] = np.inf
    return others
