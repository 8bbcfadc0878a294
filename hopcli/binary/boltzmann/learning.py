"""Contrastive divergence with momentum (Hinton 2002), persistent if asked for (Tieleman 2008).

The mean log-likelihood of the patterns has the gradient

    ∂/∂w_ki = ⟨h_k v_i⟩ of the patterns − ⟨h_k v_i⟩ of the machine,

and likewise of the biases with v_i and h_k alone. The second mean is estimated from samples: both
layers are updated once at T = 1, from the patterns (contrastive divergence) or from the samples of
the last update (persistent). Of hidden neurons, probabilities are averaged in place of states.

The gradient is centred (Montavon and Müller 2012; Melchior, Fischer and Wiskott 2016): taken of
weights between v_i − ⟨v_i⟩ and h_k − ⟨h_k⟩, and converted to those of v and h. It is then the same
whichever of a neuron's two states counts as on, and pixels that are nearly always dark do not
dominate. The learning rate falls linearly to 0.

Fields and averages are sums of whole numbers that float32 holds exactly: weights are rounded once
for every update, and probabilities to 2⁻¹⁶. So the result depends neither on the number of threads
nor on how a processor rounds exp.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.arrays import Real, States
from hopcli.binary.boltzmann.machine import Machine

# Patterns of an update at most, and updates of a sweep at least, if there are enough patterns.
BATCH, UPDATES = 50, 20
# Samples that a persistent machine keeps.
CHAINS = 50
# The share of hidden neurons that are on at first; the standard deviation of the first weights.
ON, SPREAD = 0.1, 0.01
# The weight of an update in the moving average of hidden neurons.
RENEWED = 0.05
# The largest sums in whole numbers: half of what float32 holds, the rest is for rounding.
LARGEST = 2.0**23
CHANCES = 2**16

Single = NDArray[np.float32]


@dataclass(frozen=True)
class Hyperparameters:
    """Hyperparameters of learning.

    Attributes:
        hidden: M, at least 1.
        sweeps: through the patterns, at least 1.
        rate: the first learning rate, above 0.
        momentum: the share of an update that is added to the next one, 0 to below 1.
        persistent: whether samples continue from those of the last update.
    """

    hidden: int
    sweeps: int
    rate: float
    momentum: float
    persistent: bool


@dataclass(frozen=True)
class Parameters:
    """Weights of shape (M, N), and biases of the visible and of the hidden neurons."""

    weights: Single
    visible: Single
    hidden: Single

    def parts(self) -> tuple[Single, Single, Single]:
        """Return weights, visible and hidden biases."""
        return self.weights, self.visible, self.hidden


@dataclass(frozen=True)
class Sample:
    """Some states, (rows, N), and the probabilities of hidden neurons to be on, (rows, M)."""

    states: Single
    probabilities: Single


@dataclass(frozen=True)
class Layers:
    """Both layers at T = 1, with weights in whole numbers over a denominator."""

    whole: Single
    denominator: np.float32
    biases: Parameters

    @classmethod
    def of(cls, parameters: Parameters) -> "Layers":
        """Round the weights to the finest grid on which their sums are exact."""
        sizes = np.abs(parameters.weights)
        largest = max(float(sizes.sum(axis=0).max()), float(sizes.sum(axis=1).max()), 1e-30)
        denominator = np.float32(2.0 ** np.floor(np.log2(LARGEST / largest)))
        whole = np.rint(parameters.weights * denominator)
        return cls(whole, denominator, parameters)

    def interpreted(self, states: Single) -> Sample:
        """Return states with the probabilities of hidden neurons, multiples of 2⁻¹⁶."""
        fields = states @ self.whole.T / self.denominator + self.biases.hidden
        return Sample(states, chances(fields))

    def sampled(self, on: Single, rng: np.random.Generator) -> Sample:
        """Sample states given hidden neurons, 0 or 1, (rows, M), and interpret them."""
        fields = on @ self.whole / self.denominator + self.biases.visible
        return self.interpreted(2 * drawn(chances(2 * fields), rng) - 1)


def learn(
    patterns: States,
    settings: Hyperparameters,
    rng: np.random.Generator,
    on_update: Callable[[float], None] = lambda share: None,
) -> Machine:
    """Learn a machine from patterns.

    Args:
        patterns: ±1, shape (K, N).
        settings: the hyperparameters.
        rng: for the first weights, the order of the patterns and the samples.
        on_update: called with the share of the updates that is done.
    """
    kept, hidden = len(patterns), settings.hidden
    means = patterns.mean(axis=0, dtype=np.float64)
    now = first(means, kept, hidden, rng)
    moves = Parameters(*(np.zeros_like(part) for part in now.parts()))
    centre = means.astype(np.float32), np.full(hidden, ON, dtype=np.float32)
    on = drawn(np.full((CHAINS, hidden), ON, dtype=np.float32), rng)
    starts = range(0, kept, min(BATCH, -(-kept // UPDATES)))
    for sweep in range(settings.sweeps):
        order = rng.permutation(kept)
        for number, start in enumerate(starts):
            layers = Layers.of(now)
            rows = order[start : start + starts.step]
            given = layers.interpreted(patterns[rows].astype(np.float32))
            if not settings.persistent:
                on = drawn(given.probabilities, rng)
            own = layers.sampled(on, rng)
            if settings.persistent:
                on = drawn(own.probabilities, rng)
            done = sweep / settings.sweeps + number / (settings.sweeps * len(starts))
            _move(now, moves, gradient(given, own, *centre), settings, np.float32(1 - done))
            centre[1][:] += RENEWED * (given.probabilities.mean(axis=0) - centre[1])
            on_update(done)
    return Machine.of(*now.parts(), means)


def first(means: Real, kept: int, hidden: int, rng: np.random.Generator) -> Parameters:
    """Return small random weights with biases that fit the patterns' means.

    Visible neurons have about their means over the patterns, hidden ones are on with a probability
    of about ON. A pixel that is the same in all patterns may differ in one more pattern.
    """
    weights = (SPREAD * rng.standard_normal((hidden, len(means)))).astype(np.float32)
    visible = np.arctanh(means * kept / (kept + 1))
    biases = np.log(ON / (1 - ON)) - (weights * means).sum(axis=1)
    return Parameters(weights, visible.astype(np.float32), biases.astype(np.float32))


def gradient(given: Sample, own: Sample, means: Single, active: Single) -> Parameters:
    """Return the centred gradient of the mean log-likelihood.

    Args:
        given: the patterns.
        own: samples of the machine.
        means: ⟨v_i⟩, about which visible neurons are centred; zeros for the plain gradient.
        active: ⟨h_k⟩, about which hidden neurons are centred; zeros for the plain gradient.
    """
    weights, own_weights = (
        sample.probabilities.T @ sample.states / np.float32(len(sample.states))
        for sample in (given, own)
    )
    visible = given.states.mean(axis=0) - own.states.mean(axis=0)
    hidden = given.probabilities.mean(axis=0) - own.probabilities.mean(axis=0)
    weights -= own_weights
    weights -= hidden[:, None] * means
    weights -= active[:, None] * visible
    # Sums of NumPy's own: a product of BLAS may be added up by several threads.
    return Parameters(
        weights,
        visible - (weights * active[:, None]).sum(axis=0),
        hidden - (weights * means).sum(axis=1),
    )


def chances(fields: Single) -> Single:
    """Return 1 / (1 + exp(−x)), to the nearest multiple of 2⁻¹⁶."""
    # Beyond 12 they are 0 and 1; exp of 30 is far from overflowing.
    within = np.clip(fields.astype(np.float64), -30, 30)
    return (np.rint(CHANCES / (1 + np.exp(-within))) / CHANCES).astype(np.float32)


def drawn(probabilities: Single, rng: np.random.Generator) -> Single:
    """Draw 1 with these probabilities, multiples of 2⁻¹⁶, else 0."""
    numbers = rng.integers(CHANCES, size=probabilities.shape, dtype=np.uint16)
    return (numbers < probabilities * CHANCES).astype(np.float32)


def _move(
    now: Parameters,
    moves: Parameters,
    slope: Parameters,
    settings: Hyperparameters,
    share: np.float32,
) -> None:
    """Add an update with momentum to the parameters, in place, at this share of the rate."""
    rate = np.float32(settings.rate) * share
    for part, move, along in zip(now.parts(), moves.parts(), slope.parts(), strict=True):
        move *= np.float32(settings.momentum)
        along *= rate
        move += along
        part += move
