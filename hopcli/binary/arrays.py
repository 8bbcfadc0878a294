"""Names for the types of arrays, with the shapes that they usually have."""

import numpy as np
from numpy.typing import NDArray

# States or patterns: ±1, or 0 where a neuron is unknown; (rows, N), one of them (N,).
States = NDArray[np.int8]
# Packed patterns or states (binary/packing.py), (rows, ceil(N/64)).
Words = NDArray[np.uint64]
# Overlaps Σ_i ξ_i s_i of states with patterns, (rows, K), of one state (K,).
Overlaps = NDArray[np.int32]
# Indices of the rows of a batch that a call is about, each at most once, (rows,).
Rows = NDArray[np.intp]
# The neurons to be visited, in each row's own order, (rows, visits).
Orders = NDArray[np.int32]
# Which neurons are free, known or hidden, (rows, N).
Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]
Real = NDArray[np.float64]
