"""Decisions that floating point cannot make, made by counting."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.interactions import AbstractInteraction

# Overlaps that are counted sooner one by one.
FEW = 32


def count_overlaps(overlaps: NDArray[np.integer]) -> tuple[list[int], list[int]]:
    """The distinct overlaps in descending order, and how many patterns are at each."""
    if len(overlaps) < FEW:
        terms = sorted(Counter(overlaps.tolist()).items(), reverse=True)
        return [value for value, _ in terms], [count for _, count in terms]
    lowest = int(overlaps.min())
    counts = np.bincount(overlaps - lowest)
    places = np.flatnonzero(counts)[::-1]
    return (places + lowest).tolist(), counts[places].tolist()


def energy(
    interaction: AbstractInteraction, overlaps: NDArray[np.integer], state: NDArray[np.int8]
) -> float:
    """The energy of a state, shape (N,), from its overlaps with the patterns, shape (K,)."""
    values, counts = count_overlaps(overlaps)
    known = int(np.count_nonzero(state))
    return interaction.energy(values, counts, neurons=len(state), known=known)


def energy_of_counts(
    interaction: AbstractInteraction, counts: NDArray[np.integer], state: NDArray[np.int8]
) -> float:
    """Return the energy of a state, shape (N,).

    Args:
        interaction: F.
        counts: how many patterns are at each overlap, −N … N, shape (2N + 1,).
        state: ±1, or 0 where unknown.
    """
    present = np.flatnonzero(counts)[::-1]
    return interaction.energy(
        (present - len(state)).tolist(),
        counts[present].tolist(),
        neurons=len(state),
        known=int(np.count_nonzero(state)),
    )


def field_sign(
    interaction: AbstractInteraction,
    overlaps: NDArray[np.integer],
    column: NDArray[np.int8],
    neuron_state: int,
) -> int:
    """The exact sign of h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i): −1, 0 (a tie) or 1.

    Args:
        interaction: F.
        overlaps: m, shape (K,).
        column: ξ_μi of all patterns, ±1, shape (K,).
        neuron_state: s_i, −1, 0 (unknown) or 1.
    """
    return interaction.sign(*_felt(overlaps, column, neuron_state))


def bounded_sign(
    interaction: AbstractInteraction,
    overlaps: NDArray[np.integer],
    column: NDArray[np.int8],
    neuron_state: int,
    others: tuple[int, int],
) -> int | None:
    """The sign of h_i as `field_sign` has it, of which some patterns are known only by a bound.

    `others` says how many these are, and the most that they are felt at, m_μ − ξ_μi s_i; D is
    positive there and no larger below. None if they may matter.
    """
    values, counts = _felt(overlaps, column, neuron_state)
    number, most = others
    if number == 0:
        return interaction.sign(values, counts)
    for sign in (1, -1):
        felt = dict(zip(values, counts, strict=True))
        felt[most] = felt.get(most, 0) - sign * number
        places = sorted(felt, reverse=True)
        if interaction.sign(places, [felt[place] for place in places]) == sign:
            return sign
    return None


def _felt(
    overlaps: NDArray[np.integer], column: NDArray[np.int8], neuron_state: int
) -> tuple[list[int], list[int]]:
    """The distinct m_μ − ξ_μi s_i in descending order, and the sum of ξ_μi at each."""
    felt = overlaps.astype(np.int64) - column * neuron_state
    lowest = int(felt.min())
    length = int(felt.max()) - lowest + 1
    counts = np.bincount(felt[column > 0] - lowest, minlength=length)
    counts -= np.bincount(felt[column < 0] - lowest, minlength=length)
    places = np.flatnonzero(counts)[::-1]
    return (places + lowest).tolist(), counts[places].tolist()
