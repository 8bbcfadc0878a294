"""The growth of capacity with the number of neurons: straight lines through log K."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hopcli.experiments.experiment import Finding
from hopcli.experiments.intervals import QUANTILE, students_quantile

# Fewer points than these tell nothing about how far they lie from a line.
FEWEST = 3


@dataclass(frozen=True)
class Growth:
    """A fitted law of growth.

    Attributes:
        law: exponent, of K ∝ N^value; or rate, of K ∝ exp(value · N).
        value: the slope of the line.
        low: lower end of a 95 % interval.
        high: upper end.
        expected: the value in theory: n − 1 for poly, I(1 − 2ρ)/2 for exp with β = 1; None: none.
        neurons: the N of the points.
        line: log₂ K of the fitted law at each N.
    """

    law: str
    value: float
    low: float
    high: float
    expected: float | None
    neurons: tuple[int, ...]
    line: tuple[float, ...]


def growth(findings: Sequence[Finding]) -> Growth | None:
    """Fit the growth of the capacity of one kind of network.

    By least squares, ln K against ln N, or for exp against N. Each point weighs by its own
    interval (counted ones alike), and the interval of the slope is Student's, from how far the
    points lie from the line or from what their own intervals allow, whichever is more. Lower
    powers of N bend the curve, and so are part of the slope.

    Args:
        findings: of networks that differ in N only.

    Returns:
        None for fewer than three N with a known capacity.
    """
    known = [f for f in findings if f.log2_capacity is not None]
    if len({f.experiment.neurons for f in known}) < FEWEST:
        return None
    interaction = known[0].experiment.interaction
    exponential = interaction.growth_law == "rate"
    neurons = np.array([f.experiment.neurons for f in known], dtype=np.float64)
    x = neurons if exponential else np.log(neurons)
    y = math.log(2) * np.array([f.log2_capacity for f in known], dtype=np.float64)
    deviations = np.array([_deviation(f) for f in known])
    exact = not deviations.all()
    weights = np.ones(len(x)) if exact else deviations**-2
    middle = float(np.average(x, weights=weights))
    moment = float(np.sum(weights * (x - middle) ** 2))
    slope = float(np.sum(weights * (x - middle) * y)) / moment
    height = float(np.average(y, weights=weights))
    line = height + slope * (x - middle)
    spread = float(np.sum(weights * (y - line) ** 2)) / (len(x) - 2)
    reach = students_quantile(len(x) - 2) * math.sqrt(
        (spread if exact else max(1, spread)) / moment
    )
    return Growth(
        interaction.growth_law,
        slope,
        slope - reach,
        slope + reach,
        _expected(known[0]),
        tuple(f.experiment.neurons for f in known),
        tuple((line / math.log(2)).tolist()),
    )


def _deviation(finding: Finding) -> float:
    """Return the standard deviation of ln K; 0 where K is counted."""
    stored = finding.stored
    if finding.counted is not None or stored.high is None:
        return 0.0
    return math.log(stored.high / max(stored.low, 1e-9)) / (2 * QUANTILE)


def _expected(finding: Finding) -> float | None:
    """Return the slope that theory predicts, if it predicts a capacity."""
    experiment = finding.experiment
    if not finding.theory:
        return None
    return experiment.interaction.growth(experiment.neurons, noise=experiment.noise)
