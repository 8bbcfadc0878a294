"""Picture, label and memory neurons, the picture clamped (Krotov and Hopfield 2021).

Memory neurons z = softmax(βẑ) feel how near each stored pattern is to the picture and, with
strength λ, the neuron of its label; label neurons y = softmax(ŷ) feel λ times the memory neurons
that bear them. With the picture held still:

    τ_z dẑ_μ/dt = similarity_μ + λ y_label(μ) − ẑ_μ,    τ_y dŷ_k/dt = λ Σ_{μ bears k} z_μ − ŷ_k.

For ±1 pictures −½ Σ_i (θ_μi − x_i)² is the overlap Σ_i θ_μi x_i but for a constant, which a softmax
does not see.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SETTLED = 1e-12
MOST_STEPS = 10_000


@dataclass(frozen=True)
class Classification:
    """Where the label neurons settled.

    Attributes:
        probabilities: Σ z_μ over the memories that bear each label, shape (labels,), sum 1.
        steps: updates of both layers that were made.
        settled: whether the last one changed nothing by more than 10⁻¹².
    """

    probabilities: NDArray[np.float64]
    steps: int
    settled: bool


def softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(x) / Σ exp(x), the largest exponent taken out."""
    weights = np.exp(x - x.max())
    return weights / weights.sum()


def classify(
    similarities: NDArray[np.float64], labels: NDArray[np.integer], label_count: int,
    *, beta: float, lam: float,
) -> Classification:  # fmt: skip
    """Settle memory and label neurons under a clamped picture.

    Both layers are equilibrated in turn, each given the other, from label neurons that are all
    alike; the energy never rises.

    Args:
        similarities: of each labelled memory with the picture, shape (K,).
        labels: each memory's label, 0 … label_count − 1, shape (K,).
        label_count: how many labels there are.
        beta: sharpness of the memory neurons' softmax.
        lam: strength λ of the synapses between memory and label neurons.
    """
    y = np.full(label_count, 1 / label_count)
    probabilities = np.zeros(label_count)
    for step in range(1, MOST_STEPS + 1):
        z = softmax(beta * (similarities + lam * y[labels]))
        reached = np.bincount(labels, weights=z, minlength=label_count).astype(np.float64)
        moved = float(np.abs(reached - probabilities).max())
        probabilities = reached
        y = softmax(lam * probabilities)
        if moved <= SETTLED:
            return Classification(probabilities, step, settled=True)
    return Classification(probabilities, MOST_STEPS, settled=False)
