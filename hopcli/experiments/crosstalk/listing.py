"""P(S > s) for few patterns of few neurons, by enumerating all sums."""

import math

from hopcli.experiments.crosstalk.classes import Bounded, Classes, Threshold


def listed(classes: Classes, terms: int, thresholds: list[Threshold]) -> list[Bounded]:
    """Enumerate all sums, each as the net number of terms of each magnitude."""
    sums = {(0,) * len(classes.overlaps): 1.0}
    for _ in range(terms):
        longer: dict[tuple[int, ...], float] = {}
        for net, probability in sums.items():
            for index, share in enumerate(classes.shares.tolist()):
                for sign in (1, -1):
                    key = (*net[:index], net[index] + sign, *net[index + 1 :])
                    longer[key] = longer.get(key, 0.0) + probability * share / 2
        sums = longer
    found = []
    for threshold in thresholds:
        # S is symmetric: P(S > s) = P(s + S < 0).
        wrong = [
            probability
            for net, probability in sums.items()
            if _sign(classes, net, threshold.overlap) < threshold.ties
        ]
        found.append(Bounded(math.fsum(wrong), 2.0**-50 * (terms + 1)))
    return found


def _sign(classes: Classes, net: tuple[int, ...], signal: int) -> int:
    """Return the exact sign of D(signal) plus a sum."""
    counts = {y: count for y, count in zip(classes.overlaps, net, strict=True) if count}
    counts[signal] = counts.get(signal, 0) + 1
    values = sorted(counts, reverse=True)
    weights = classes.sizes(
        tuple(values), max(*values[:1], *values[-1:], 1, key=classes.interaction.magnitude)
    )
    parts = [counts[y] * weight for y, weight in zip(values, weights.tolist(), strict=True)]
    total = math.fsum(parts)
    if abs(total) > 1e-9 * math.fsum(abs(part) for part in parts):
        return 1 if total > 0 else -1
    return classes.interaction.sign(values, [counts[y] for y in values])
