"""Named networks, each a choice of layers and synapses.

The layer of features is "x", that of memories (hidden neurons) "z", that of labels "y". Memories
of time constant 0 are equilibrated, which leaves an effective network of features. For another
time constant or input, replace a layer (`dataclasses.replace`).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import similarities
from hopcli.continuous.lagrangians.absolute_value import AbsoluteValue
from hopcli.continuous.lagrangians.abstract import AbstractLagrangian
from hopcli.continuous.lagrangians.identity import Identity
from hopcli.continuous.lagrangians.softmax import Softmax
from hopcli.continuous.lagrangians.spherical import Spherical
from hopcli.continuous.network import Connection, Layer, Network
from hopcli.continuous.patterns import AbstractPatterns, Weights
from hopcli.continuous.similarities.abstract import AbstractSimilarity
from hopcli.continuous.synapses._similarity import SimilaritySynapse
from hopcli.continuous.synapses.dot import DotProduct
from hopcli.continuous.synapses.label import LabelSynapse
from hopcli.continuous.synapses.symmetric import Symmetric
from hopcli.errors import HopError


def two_layers(
    weights: Weights,
    feature: AbstractLagrangian,
    memory: AbstractLagrangian,
    feature_time: float = 1.0,
    memory_time: float = 1.0,
) -> Network:
    """Join features and memories by weights ξ of shape (M, N) (Krotov and Hopfield 2021)."""
    return Network(
        (Layer("x", feature, feature_time), Layer("z", memory, memory_time)),
        (Connection(DotProduct(weights), ("x", "z")),),
    )


def model_a(weights: Weights, interaction: AbstractLagrangian) -> Network:
    """Build E = −ΣF(ξ sign x), L_z = ΣF: dense associative memory (Krotov and Hopfield 2016)."""
    return two_layers(weights, AbsoluteValue(), interaction, memory_time=0.0)


def attention(weights: Weights, beta: float) -> Network:
    """Build model B: E = ½ Σ x² − (1/β) log Σ exp(β ξ x) (Ramsauer et al. 2021).

    One step of size 1 is x ← ξᵀ softmax(β ξ x): attention, with ξ for keys and values.
    """
    return two_layers(weights, Identity(), Softmax(beta), memory_time=0.0)


def model_c(weights: Weights, interaction: AbstractLagrangian) -> Network:
    """Build E = −ΣF(ξ x / ‖x‖), L_z = ΣF (Krotov and Hopfield 2021)."""
    return two_layers(weights, Spherical(), interaction, memory_time=0.0)


def cosine(unit_patterns: Weights, beta: float) -> Network:
    """Build E = −(1/β) log Σ exp(β cos(θ, x)), for patterns of length 1."""
    return two_layers(unit_patterns, Spherical(), Softmax(beta), memory_time=0.0)


def by_similarity(
    patterns: AbstractPatterns, similarity: AbstractSimilarity, beta: float
) -> Network:
    """Build E = −(1/β) log Σ_μ exp(β s_μ(x)), with s the scores of a similarity.

    One step of size 1 leads to the similarity's target, with weights softmax(β s).
    """
    return Network(
        (Layer("x", Identity()), Layer("z", Softmax(beta), time_constant=0.0)),
        (Connection(SimilaritySynapse(patterns, similarity), ("x", "z")),),
    )


def log_sum_exp(patterns: AbstractPatterns, beta: float) -> Network:
    """Build E = −(1/β) log Σ_μ exp(−(β/2) d²_μ) (Hoover et al. 2022).

    One step of size 1 is x ← Σ_μ softmax(−(β/2) d²)_μ θ_μ.
    """
    return by_similarity(patterns, similarities.get("l2"), beta)


def picture_label_memory(
    patterns: AbstractPatterns,
    labels: NDArray[np.integer],
    count: int,
    beta: float,
    strength: float,
) -> Network:
    """Build pictures "x", labels "y" and memories "z" (Hoover et al. 2022).

    With the label held it generates a picture, with the picture held it classifies, with neither
    it recalls both. For a held label to decide from any start, its strength λ must be above
    ½ (largest − smallest squared distance from the start to the memories): N/2 is enough for
    pixels from 0 to 1.

    Args:
        patterns: the pictures, K of N pixels.
        labels: each one's label, 0 … count − 1, or −1 for none, shape (K,).
        count: how many labels there are.
        beta: sharpness of the memories' softmax, in the unit of 1/d².
        strength: λ.
    """
    pictures = log_sum_exp(patterns, beta)
    return Network(
        (*pictures.layers, Layer("y", Softmax())),
        (*pictures.connections, Connection(LabelSynapse(labels, count, strength), ("z", "y"))),
    )


def graded_response(weights: Weights, gain: AbstractLagrangian) -> Network:
    """Build E = −½ gᵀTg + Σ ∫ of the inverse gain, with T = ξᵀξ (Hopfield 1984).

    The activation of `gain` is the gain of the neurons. `symmetric` does the same for any T.
    """
    return two_layers(weights, gain, Identity(), memory_time=0.0)


def symmetric(weights: NDArray[np.float64], lagrangian: AbstractLagrangian) -> Network:
    """Build one layer "x" joined with itself by symmetric weights W of shape (N, N)."""
    return Network((Layer("x", lagrangian),), (Connection(Symmetric(weights), ("x",)),))


def hierarchical(weights: Sequence[Weights], lagrangians: Sequence[AbstractLagrangian]) -> Network:
    """Build layers "x1", "x2", …, each joined with the next (Krotov 2021).

    Args:
        weights: between each layer and the next above, shapes (above, below).
        lagrangians: of the layers, from the lowest on: one more than weights.
    """
    if len(lagrangians) != len(weights) + 1:
        raise HopError(
            f"{len(weights)} weights were given for {len(lagrangians)} layers, but each layer is "
            f"joined with the next; give {len(lagrangians) - 1} of them"
        )
    layers = tuple(
        Layer(f"x{number}", lagrangian) for number, lagrangian in enumerate(lagrangians, 1)
    )
    return Network(
        layers,
        tuple(
            Connection(DotProduct(joining), (below.name, above.name))
            for joining, below, above in zip(weights, layers, layers[1:], strict=False)
        ),
    )
