"""Generation: a label is clamped, and a picture evolves from noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.named import picture_label_memory
from hopcli.continuous.patterns import AbstractPatterns

# The picture evolves in small steps during six of its time constants; then the memory neurons are
# equilibrated, and large steps settle the rest.
STEP = 0.1
FORMING_STEPS = 60
SETTLING_STEPS = 100
TOLERANCE = 1e-6
# Time constant of the memory neurons relative to the picture's. If they are slow, their random
# start decides which memory is generated; noise alone is always nearest to the same few.
MEMORY_TIME = 10.0
# Internal state of the clamped label's neuron, above 0 of the others: its softmax is 1 exactly.
HELD = 50.0


@dataclass(frozen=True)
class Generated:
    """A generated picture.

    Attributes:
        picture: levels, shape (N,).
        index: the nearest stored pattern.
        energies: before the first step and after each.
        film: states along the way, if they were asked for.
        ended: how the descent ended.
    """

    picture: NDArray[np.float64]
    index: int
    energies: tuple[float, ...]
    film: tuple[NDArray[np.float64], ...]
    ended: Ended


def generate(
    patterns: AbstractPatterns, labels: NDArray[np.integer], label: int,
    *, beta: float, rng: np.random.Generator, film: bool = False,
) -> Generated:  # fmt: skip
    """Generate a picture that has a label, from uniform noise.

    The strength of the label's synapses is N/2, which always outweighs the pictures for pixels from
    0 to 1 (Hoover et al. 2022); memories begin at random.

    Args:
        patterns: K pictures, with levels in [0, 1].
        labels: each one's label, −1 for none, shape (K,).
        label: the one that is clamped; at least one picture has it.
        beta: sharpness of the memory neurons' softmax.
        rng: source of randomness.
        film: whether to keep the states along the way.
    """
    count, strength = int(labels.max()) + 1, patterns.neurons / 2
    settling = picture_label_memory(patterns, labels, count, beta, strength)
    slow = (
        replace(layer, time_constant=MEMORY_TIME) if layer.name == "z" else layer
        for layer in settling.layers
    )
    forming = replace(settling, layers=tuple(slow))
    x, y = rng.random(patterns.neurons), np.zeros(count)
    y[label] = HELD
    # One memory with the label, chosen at random, begins with the largest internal state.
    with_label = labels == label
    z = -patterns.squared_distances(x) / 2 + strength * with_label
    chosen = rng.choice(np.flatnonzero(with_label))
    z[chosen] += z.max() - z[with_label].min()
    formed = descend(
        forming, {"x": x, "y": y, "z": z}, held={"y": True}, step=STEP, tolerance=TOLERANCE,
        max_steps=FORMING_STEPS, film=film,
    )  # fmt: skip
    # Time constants are no part of the energy, so it goes on falling from where it was.
    settled = descend(
        settling, formed.states, held={"y": True}, tolerance=TOLERANCE,
        max_steps=SETTLING_STEPS, film=film,
    )  # fmt: skip
    # If the memory neurons were equilibrated already, the energy may rise by a rounding error here.
    last = formed.energies[-1]
    picture = settled.states["x"]
    return Generated(
        picture,
        int(patterns.squared_distances(picture).argmin()),
        formed.energies + tuple(energy for energy in settled.energies if energy <= last),
        tuple(states["x"] for states in formed.film + settled.film),
        settled.ended,
    )
