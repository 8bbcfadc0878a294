"""Generation: the label is held still, and a picture forms out of noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.named import picture_label_memory
from hopcli.continuous.network import Network, States
from hopcli.continuous.patterns import AbstractPatterns

# The picture forms in so many small steps, six of its time constants together; then the memory
# neurons are let go to where it puts them, and large steps settle the rest.
STEP = 0.1
FORMING_STEPS = 60
SETTLING_STEPS = 100
TOLERANCE = 1e-6
# Memory neurons are this much slower than the picture, so that where they begin decides, not where
# the picture does: noise is about as far from all memories, and always nearest to the same few.
MEMORY_TIME = 10.0
# The internal state of a held label's neuron above the others': its softmax is 1 to the last digit.
HELD = 50.0


@dataclass(frozen=True)
class Generated:
    """A picture that formed.

    Attributes:
        picture: levels, shape (N,).
        index: the memory that it is nearest to.
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
    """Let a picture form that bears a label, from uniform noise.

    The strength of the label's synapses is N/2, which always outweighs the pictures (theory of
    Hoover et al. 2022 for pixels from 0 to 1); memories begin at random.

    Args:
        patterns: the pictures, with levels in [0, 1].
        labels: each one's label, −1 for none, shape (K,).
        label: the one that is held.
        beta: sharpness of the memory neurons' softmax.
        rng: the noise.
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
    # Where the memory neurons were there already, the change of hands costs a rounding error.
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
    """All that is needed for a picture to form.

    Attributes:
        forming: the network whose memory neurons are slow, for FORMING_STEPS of STEP.
        settling: the same with memory neurons that sit where the others put them.
        states: where the layers x, y and z begin.
    """

    forming: Network
    settling: Network
    states: States


def prepare(
    patterns: AbstractPatterns, labels: NDArray[np.integer], label: int,
    *, beta: float, picture: NDArray[np.float64], rng: np.random.Generator,
) -> Ready:  # fmt: skip
    """Hold a label, and begin with a picture whose unknown pixels (NaN) are uniform noise."""
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
    """Internal states of the memories: what they feel, one of the label's put first by chance."""
    z = -patterns.squared_distances(x) / 2 + strength * bearing
    chosen = rng.choice(np.flatnonzero(bearing))
    z[chosen] += z.max() - z[bearing].min()
    return z
