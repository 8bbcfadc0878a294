"""What theory says of how many random patterns a binary network holds.

Every formula is for large N and independent, fair patterns, and is worked out as log₂ K, which
never overflows. One update is made from a cue of which a share ρ (`noise`) of the bits is flipped.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from hopcli.binary.interactions import AbstractInteraction, Classical, Exponential, Polynomial
from hopcli.errors import HopError

TYPICAL = "one typical pattern"
ALL = "all patterns at once"


@dataclass(frozen=True)
class Prediction:
    """A number of patterns that theory gives.

    Attributes:
        what: what is asked of the patterns, in words.
        patterns: K, or None where it is too large for a float.
        log2_patterns: log₂ K.
        meaning: whether this holds for one typical pattern or for all patterns at once.
        source: who found it.
    """

    what: str
    patterns: float | None
    log2_patterns: float
    meaning: str
    source: str


def check(neurons: int, *, error: float, noise: float) -> None:
    """Refuse what no capacity can be given for.

    Raises:
        HopError: too few neurons, or a share out of its range.
    """
    if neurons < 1:
        raise HopError(f"--n {neurons} was given, but a network has neurons; give --n 100 or so")
    if not 0 < error < 0.5:
        raise HopError(
            f"--error {error} was given, but the share of wrong bits lies between 0 and 0.5, both "
            f"left out; give --error 0.01 or so"
        )
    if not 0 <= noise < 0.5:
        raise HopError(
            f"--noise {noise} was given, but the share of flipped bits is at least 0 and less than "
            f"0.5; give --noise 0.1 or so"
        )


def signal_to_noise(degree: int, neurons: int, noise: float) -> float:
    """log₂ of K times the squared ratio of a bit's signal to its noise, for F(x) = xⁿ.

    The signal is 2n (N(1 − 2ρ))^(n−1), the variance of the noise 4n² K (2n−3)!! N^(n−1)
    (Krotov and Hopfield 2016, arXiv:1606.01164; n = 2 is Hebb's network). For large N: at N = 20
    and n = 4, where the Gaussian bit error is 0.010, the true one is 0.013.
    """
    odd_factors = sum(math.log2(odd) for odd in range(1, 2 * degree - 2, 2))
    return (degree - 1) * (math.log2(neurons) + 2 * math.log2(1 - 2 * noise)) - odd_factors


def bit_error(
    interaction: AbstractInteraction, neurons: int, *, log2_patterns: float, noise: float
) -> float | None:
    """The probability that one update sets a bit wrong, Q((1−2ρ)^(n−1) √(N^(n−1) / ((2n−3)!! K))).

    Krotov and Hopfield 2016; for n = 2 it is Q((1−2ρ)/√α) (Hertz, Krogh and Palmer 1991). None
    for exp, whose noise is not Gaussian.
    """
    if not isinstance(interaction, Polynomial):
        return None
    squared = signal_to_noise(interaction.degree, neurons, noise) - log2_patterns
    # Q(2¹⁰) is 0 as a float, and so is all beyond.
    return math.erfc(2 ** (min(squared / 2, 10) - 0.5)) / 2


def within_error(degree: int, neurons: int, *, error: float, noise: float) -> float:
    """log₂ of the K at which the Gaussian `bit_error` equals `error`."""
    quantile = -NormalDist().inv_cdf(error)
    return signal_to_noise(degree, neurons, noise) - 2 * math.log2(quantile)


def without_errors(degree: int, neurons: int, noise: float) -> float:
    """log₂ of the K up to which a pattern comes out of one update whole: ratio² = 2 ln N.

    N^(n−1) / (2 (2n−3)!! ln N), Krotov and Hopfield 2016; N / (2 ln N) for n = 2, McEliece et al.
    1987, who also give its factor (1−2ρ)². For N ≥ 2, and slow to approach.
    """
    return signal_to_noise(degree, neurons, noise) - math.log2(2 * math.log(neurons))


def every_without_errors(neurons: int, noise: float) -> float:
    """log₂ of (1−2ρ)² N / (4 ln N): every stored pattern at once (McEliece et al. 1987)."""
    return without_errors(2, neurons, noise) - 1


def retrieval(neurons: int) -> float:
    """log₂ of 0.138 N (Amit, Gutfreund and Sompolinsky 1985).

    Up to here a network that runs to its end from near a pattern stays near it (overlap ≈ 0.97).
    """
    return math.log2(0.138 * neurons)


def exponential(neurons: int, noise: float) -> float:
    """log₂ of exp(αN) with α = I(1−2ρ)/2 (Demircigil et al. 2017, theorem 3), for F(x) = exp(x).

    I(x) = ½[(1+x) ln(1+x) + (1−x) ln(1−x)]; with nothing flipped this is 2^(N/2).
    """
    agreeing, flipped = 2 - 2 * noise, 2 * noise
    rate = (agreeing * math.log2(agreeing) + (flipped * math.log2(flipped) if flipped else 0)) / 2
    return rate / 2 * neurons


def gardner(margin: float) -> float:
    """The load up to which weights exist by which all patterns have a margin κ at every neuron.

    1 / ∫ from −κ of (t + κ)² over the Gaussian, 2 at κ = 0 (Gardner 1988, J. Phys. A 21:257), for
    weights of each neuron on their own; of symmetric ones there are none for more.
    """
    normal = NormalDist()
    return 1 / ((1 + margin**2) * normal.cdf(margin) + margin * normal.pdf(margin))


def of_rule(rule: str, neurons: int, *, margin: float) -> list[Prediction]:
    """What theory says of a rule that learns weights: of storkey and dream nothing in closed form.

    Args:
        rule: its name.
        neurons: N.
        margin: κ, of perceptron.
    """
    if rule == "projection":
        what, source = "linearly independent", "Personnaz, Guyon and Dreyfus 1985"
        return [_prediction(what, math.log2(neurons), ALL, source)]
    if rule == "perceptron":
        asked = [
            ("at most", 0.0),
            *([(f"at most with margin {margin:g}", margin)] if margin else []),
        ]
        return [
            _prediction(what, math.log2(gardner(kappa) * neurons), ALL, "Gardner 1988")
            for what, kappa in asked
        ]
    return []


def predictions(
    interaction: AbstractInteraction, neurons: int, *, error: float, noise: float
) -> list[Prediction]:
    """All that theory says of this network.

    Args:
        interaction: F; of exp, only β = 1 has a theory.
        neurons: N.
        error: the share of a cue's bits that one update may set wrong, between 0 and 0.5.
        noise: the share of the cue's bits that are flipped, from 0 to less than 0.5.

    Raises:
        HopError: a figure is out of its range.
    """
    check(neurons, error=error, noise=noise)
    if isinstance(interaction, Polynomial):
        return _of_polynomial(interaction, neurons, error=error, noise=noise)
    if isinstance(interaction, Exponential) and interaction.beta == 1:
        what = "every pattern corrected in one update" if noise else "every pattern stable"
        return [_prediction(what, exponential(neurons, noise), ALL, "Demircigil et al. 2017")]
    return []


def _of_polynomial(
    interaction: Polynomial, neurons: int, *, error: float, noise: float
) -> list[Prediction]:
    degree, classical = interaction.degree, isinstance(interaction, Classical)
    gaussian = within_error(degree, neurons, error=error, noise=noise)
    krotov, mceliece = "Krotov and Hopfield 2016", "McEliece et al. 1987"
    hertz = "Hertz, Krogh and Palmer 1991"
    found = [_prediction(f"bit error {error:g}", gaussian, TYPICAL, hertz if classical else krotov)]
    if classical:
        amit = "Amit, Gutfreund and Sompolinsky 1985"
        found.append(_prediction("retrieval", retrieval(neurons), TYPICAL, amit))
    if neurons == 1:  # ln 1 = 0
        return found
    whole = without_errors(degree, neurons, noise)
    found.append(_prediction("no errors", whole, TYPICAL, mceliece if classical else krotov))
    if classical:
        every = every_without_errors(neurons, noise)
        found.append(_prediction("no errors in any pattern", every, ALL, mceliece))
    return found


def _prediction(what: str, log2_patterns: float, meaning: str, source: str) -> Prediction:
    patterns = 2**log2_patterns if log2_patterns < 1024 else None
    return Prediction(what, patterns, log2_patterns, meaning, source)
