"""What stands in a file of each kind of what was learned: the members, by name.

The type of each (numbers exactly, "U" for strings of any width) and its number of dimensions; the
page of the kind says what they hold. They are here so that a file that has none of them, as most
have, opens without the code of any kind.
"""

from collections.abc import Mapping

Members = Mapping[str, tuple[str, int]]

WEIGHTS: Members = {
    "weights": ("float64", 2),
    "bias": ("float64", 1),
    "denominator": ("float64", 0),
    "diagonal": ("float64", 1),
    "rule": ("U", 0),
}
BOLTZMANN: Members = {
    "boltzmann_weights": ("float32", 2),
    "boltzmann_visible_bias": ("float64", 1),
    "boltzmann_hidden_bias": ("float64", 1),
    "boltzmann_means": ("float64", 1),
    "boltzmann_rule": ("U", 0),
}
DENSE: Members = {
    "dense_pictures": ("float32", 2),
    "dense_labels": ("float32", 2),
    "dense_velocity": ("float64", 2),
    "dense_degree": ("int64", 0),
    "dense_beta": ("float64", 0),
    "dense_sweeps": ("int64", 0),
    "dense_seed": ("int64", 0),
}
