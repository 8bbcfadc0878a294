"""Classification: the picture is held still, and label neurons settle beside the memories."""

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

# Memories that are classified by the others, fewer of them where all distances would be more than
# so many; and the candidates for β, in units of 1/d² of a nearest neighbour.
SAMPLE = 2000
SAMPLE_DISTANCES = 2**24
CANDIDATES = np.geomspace(1e-2, 1e3, 41)
# Squared distances below this are rounding errors of copies.
SAME = 1e-9
# The least that a probability counts for: one label that is missed does not outweigh all others.
LEAST = 1e-6


@dataclass(frozen=True)
class HeldPicture(AbstractPatterns):
    """The memories as a picture that is held still sees them: only their distances matter.

    Its features, which do not move, are left out: states have shape (…, 0).

    Attributes:
        distances: squared distances of the picture to the memories, shape (K,).
    """

    distances: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.distances)

    @property
    def neurons(self) -> int:
        """None: all of them are held."""
        return 0

    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """What was measured beforehand."""
        return self.distances

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """No features."""
        return np.zeros((len(indices), 0))


@dataclass(frozen=True)
class Classification:
    """Where the label neurons settled.

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
    """Settle label and memory neurons under a picture that is held still.

    Args:
        distances: squared distances of the picture to each labelled memory, shape (K,).
        labels: each memory's label, 0 … count − 1, shape (K,).
        count: how many labels there are.
        beta: sharpness of the memory neurons' softmax, in units of 1/distance.
        strength: λ of the synapses between memory and label neurons.
    """
    # A constant in all distances is one in the energy, and no more.
    near = distances - distances.min()
    # Labels can make up for 2λ of a squared distance. Memories that are farther than that are seen
    # as little as in a recall: the labels settle without them, and they get their weights then.
    seen = near <= neighbourhood.reach(len(near), beta) + 2 * strength
    network, whole = (
        picture_label_memory(HeldPicture(near[some]), labels[some], count, beta, strength)
        for some in (seen, slice(None))
    )
    start = {"x": np.zeros(0), "y": np.zeros(count), "z": -near[seen] / 2}
    found = descend(
        network, start, held={"x": True}, tolerance=TOLERANCE, precision=PRECISION,
        max_steps=MOST_STEPS,
    )  # fmt: skip
    settled = found.states | {"z": -near / 2}
    z = whole.activations(settled | {"z": whole.equilibrium(settled, "z")})["z"]
    probabilities = np.bincount(labels, weights=z, minlength=count)
    return Classification(probabilities / probabilities.sum(), found.energies, found.ended)


def sample(memories: int) -> NDArray[np.intp]:
    """Which memories to classify by the others for `auto_beta`."""
    most = min(memories, SAMPLE, max(16, SAMPLE_DISTANCES // memories))
    return sharpness.evenly(memories, most)


def auto_beta(
    distances: NDArray[np.float64], rows: NDArray[np.integer], labels: NDArray[np.integer]
) -> float:
    """The β by which the memories themselves are classified best, each by all the others.

    The largest mean of log Σ z_ν over the other memories ν that bear a memory's label
    (leave-one-out likelihood). What is to be classified has no part in it. Where even that explains
    less than half of the labels' entropy, memories say little of each other's labels, and the β is
    one at which each of them is told from all others, as in recall (sharpness.py).

    Args:
        distances: squared distances of some memories to all, shape (sample, K).
        rows: which memories those are, shape (sample,).
        labels: of all memories, shape (K,).
    """
    # A memory whose label no other bears, or that is alone, tells nothing.
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
    # A memory at a time, whose weights stay in cache, for all β.
    likelihoods = np.zeros(len(candidates))
    for c in np.flatnonzero(shared):
        others = _others(distances, rows, int(c))
        others -= others.min()
        alike = np.flatnonzero(labels == labels[rows[c]])
        z = np.empty_like(others)
        for place, beta in enumerate(candidates):
            np.exp(np.multiply(others, -beta / 2, out=z), out=z)
            likelihoods[place] += math.log(max(float(z[alike].sum() / z.sum()), LEAST))
    likelihoods /= len(own)
    best = int(likelihoods.argmax())
    frequencies = np.bincount(own) / len(own)
    entropy = -float(np.log(frequencies[own]).mean())
    return float(candidates[best]) if likelihoods[best] > -entropy / 2 else telling


def _others(
    distances: NDArray[np.float64], rows: NDArray[np.integer], place: int
) -> NDArray[np.float64]:
    """Squared distances of one of the sampled memories to all others, infinite to itself."""
    others = distances[place].copy()
    others[rows[place]] = np.inf
    return others
