"""Signs and energies from how many patterns are at each overlap, exact where floats are not."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.arrays import States
from hopcli.binary.interactions import AbstractInteraction

# Fewer overlaps than this are counted sooner one by one.
FEW = 32


def count_overlaps(overlaps: NDArray[np.integer]) -> tuple[list[int], list[int]]:
    """Return the distinct overlaps in descending order, and how many patterns are at each."""
    if len(overlaps) < FEW:
        terms = sorted(Counter(overlaps.tolist()).items(), reverse=True)
        return [value for value, _ in terms], [count for _, count in terms]
    lowest = int(overlaps.min())
    counts = np.bincount(overlaps - lowest)
    present = np.flatnonzero(counts)[::-1]
    return (present + lowest).tolist(), counts[present].tolist()


def energy(interaction: AbstractInteraction, overlaps: NDArray[np.integer], state: States) -> float:
    """Return the energy of a state, shape (N,), from its overlaps with the patterns, shape (K,)."""
    values, counts = count_overlaps(overlaps)
    known = int(np.count_nonzero(state))
    return interaction.energy(values, counts, neurons=len(state), known=known)


def energy_of_counts(
    interaction: AbstractInteraction, counts: NDArray[np.integer], state: States
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
    column: NDArray[np.signedinteger],
    neuron_state: int,
) -> int:
    """Return the exact sign of h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i): −1, 0 (a tie) or 1.

    Args:
        interaction: F.
        overlaps: m, shape (K,).
        column: ξ_μi of all patterns, ±1, shape (K,).
        neuron_state: s_i, −1, 0 (unknown) or 1.
    """
    return interaction.sign(*_terms(overlaps, column, neuron_state))


def bounded_sign(
    interaction: AbstractInteraction,
    overlaps: NDArray[np.integer],
    column: NDArray[np.signedinteger],
    neuron_state: int,
    others: tuple[int, int],
) -> int | None:
    """Return the sign of h_i as `field_sign` does, where other patterns are known only by a bound.

    `others` is their number and the largest y_μ = m_μ − ξ_μi s_i of them; D is positive there and
    no larger below. None if they may change the sign.
    """
    values, counts = _terms(overlaps, column, neuron_state)
    number, largest = others
    if number == 0:
        return interaction.sign(values, counts)
    for sign in (1, -1):
        terms = dict(zip(values, counts, strict=True))
        terms[largest] = terms.get(largest, 0) - sign * number
        descending = sorted(terms, reverse=True)
        if interaction.sign(descending, [terms[y] for y in descending]) == sign:
            return sign
    return None


def _terms(
    overlaps: NDArray[np.integer], column: NDArray[np.signedinteger], neuron_state: int
) -> tuple[list[int], list[int]]:
    """Return the distinct y_μ = m_μ − ξ_μi s_i in descending order, and the sum of ξ_μi at each."""
    y = overlaps.astype(np.int64) - column * neuron_state
    lowest = int(y.min())
    length = int(y.max()) - lowest + 1
    counts = np.bincount(y[column > 0] - lowest, minlength=length)
    counts -= np.bincount(y[column < 0] - lowest, minlength=length)
    present = np.flatnonzero(counts)[::-1]
    return (present + lowest).tolist(), counts[present].tolist()
