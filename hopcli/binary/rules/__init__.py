"""Rules by which explicit weights are learned from patterns, one a file.

Each takes patterns of ±1, (K, N), and makes a symmetric matrix, (N, N). A bias is a weight from a
neuron that is always on (`with_bias`): one more column of ones. N counts it then.
"""

import numpy as np
from numpy.typing import NDArray


def with_bias(patterns: NDArray[np.int8]) -> NDArray[np.int8]:
    """The patterns with the neuron that is always on, shape (K, N + 1)."""
    return np.hstack([patterns, np.ones((len(patterns), 1), dtype=np.int8)])
