"""The networks that the rules make of random patterns."""

import math

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import dreaming, grid, packing
from hopcli.binary.rules import hebbian, perceptron, projection, storkey
from hopcli.binary.sleeper import Sleeper
from hopcli.binary.weighted_network import WeightedNetwork
from hopcli.experiments.rules import RATE, SWEEPS, Rule


def network(
    rule: Rule, words: NDArray[np.uint64], neurons: int, rng: np.random.Generator
) -> WeightedNetwork:
    """Learn the weights of packed patterns, (K, ceil(N/64)).

    Args:
        rule: by which.
        words: the patterns.
        neurons: N.
        rng: of the dreams.
    """
    patterns = packing.unpack(words, neurons)
    denominator = float(neurons)
    if rule.name == "hebbian":
        matrix = hebbian.learned(patterns)
    elif rule.name == "perceptron":
        matrix = perceptron.learned(patterns, rule.margin, SWEEPS).matrix
    elif rule.name == "dream":
        matrix, denominator = _dreamt(patterns, rng)
    else:
        learned = projection.learned if rule.name == "projection" else storkey.learned
        matrix = learned(patterns)
        # Beside a diagonal, what else rounding has left is nothing.
        denominator = grid.denominator_for(matrix)
        np.fill_diagonal(matrix, 0)
        grid.round_to(matrix, denominator)
    return WeightedNetwork(matrix, np.zeros(neurons), denominator, words, rule.name)


def _dreamt(
    patterns: NDArray[np.int8], rng: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    """Hebb's weights at the best moment of a night."""
    neurons, dreams = patterns.shape[1], math.ceil(len(patterns) / RATE)
    whole = np.rint(hebbian.learned(patterns) * neurons)
    sleeper = Sleeper.of(whole, float(neurons), neurons=neurons, rate=RATE, dreams=dreams)
    every = dreaming.dreams_between_looks(len(patterns), RATE)
    best = dreaming.dream(sleeper, patterns, steps=dreams, every=every, rng=rng).sleeper
    return best.weights / best.denominator, best.denominator
