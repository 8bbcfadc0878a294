"""Generation: a label is clamped, and a picture evolves from noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.named import picture_label_memory
from hopcli.continuous.network import Network, States
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
    ready = prepare(
        patterns, labels, label, beta=beta, picture=np.full(patterns.neurons, np.nan), rng=rng
    )
    formed = descend(
        ready.forming, ready.states, held={"y": True}, step=STEP, tolerance=TOLERANCE,
        max_steps=FORMING_STEPS, film=film,
    )  # fmt: skip
    # Time constants are no part of the energy, so it goes on falling from where it was.
    settled = descend(
        ready.settling, formed.states, held={"y": True}, tolerance=TOLERANCE,
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


@dataclass(frozen=True)
class Ready:
    """Networks and start of a generation.

    Attributes:
        forming: the network whose memory neurons are slow, for FORMING_STEPS of STEP.
        settling: the same with equilibrated memory neurons.
        states: where the layers x, y and z begin.
    """

    forming: Network
    settling: Network
    states: States


def prepare(
    patterns: AbstractPatterns, labels: NDArray[np.integer], label: int,
    *, beta: float, picture: NDArray[np.float64], rng: np.random.Generator,
) -> Ready:  # fmt: skip
    """Build the networks and the start: a picture whose unknown pixels (NaN) are uniform noise."""
    count, strength = int(labels.max()) + 1, patterns.neurons / 2
    settling = picture_label_memory(patterns, labels, count, beta, strength)
    forming = replace(
        settling,
        layers=tuple(
            replace(layer, time_constant=MEMORY_TIME) if layer.name == "z" else layer
            for layer in settling.layers
        ),
    )
    noise = rng.random(patterns.neurons)
    x = np.where(np.isnan(picture), noise, picture)
    held = np.zeros(count)
    held[label] = HELD
    z = _beginning(patterns, labels == label, x, strength=strength, rng=rng)
    return Ready(forming, settling, {"x": x, "y": held, "z": z})


def _beginning(
    patterns: AbstractPatterns,
    bearing: NDArray[np.bool_],
    x: NDArray[np.float64],
    *,
    strength: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Compute internal states of the memories, one with the label, chosen at random, largest."""
    z = -patterns.squared_distances(x) / 2 + strength * bearing
    chosen = rng.choice(np.flatnonzero(bearing))
    z[chosen] += z.max() - z[bearing].min()
    return z
