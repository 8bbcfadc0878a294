"""How many of the stored patterns are fixed points of explicit weights."""

import numpy as np

from hopcli.binary import packing
from hopcli.binary.weighted_network import WeightedNetwork

# Fields that are worked out at once.
AT_ONCE = 2**22


def stable(network: WeightedNetwork) -> int:
    """The number of patterns in which no neuron would change: ξ_i h_i ≥ 0 for all i, exactly."""
    dynamics = network.plain()
    rows = max(1, AT_ONCE // network.neurons)
    found = 0
    for start in range(0, network.patterns, rows):
        states = packing.unpack(network.words[start : start + rows], network.neurons)
        found += int(np.count_nonzero((states * dynamics.fields(states) >= 0).all(axis=1)))
    return found
