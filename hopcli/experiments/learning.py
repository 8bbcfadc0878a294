"""Networks whose weights a rule learned from random patterns."""

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid, packing
from hopcli.binary.rules import AbstractRule
from hopcli.binary.weighted_network import WeightedNetwork


def network(
    rule: AbstractRule, words: NDArray[np.uint64], neurons: int, rng: np.random.Generator
) -> WeightedNetwork:
    """Learn the weights of packed patterns, uint64 of shape (K, ceil(N/64)).

    Args:
        rule: a rule for trials.
        words: the patterns.
        neurons: N.
        rng: for rules that draw random states.
    """
    learned = rule.learn(packing.unpack(words, neurons), rng=rng)
    matrix, denominator = learned.matrix, learned.denominator
    if denominator is None:
        # With the diagonal, so that the rounding errors beside it become 0.
        denominator = grid.denominator_for(matrix)
        np.fill_diagonal(matrix, 0)
        grid.round_to(matrix, denominator)
    return WeightedNetwork(matrix, np.zeros(neurons), denominator, words, rule.name)
