"""The bit error worked out, against listing, storing, drawing, and the published table."""

import itertools
import math

import numpy as np
import pytest

from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.errors import HopError
from hopcli.experiments import crosstalk
from hopcli.experiments.capacity import points
from hopcli.experiments.counted import bit_error, capacity
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import Setting


def of_patterns(interaction, neurons, patterns, noise=0.0):
    return bit_error(interaction, neurons, log2_patterns=math.log2(patterns), noise=noise)


def listed(interaction, neurons, patterns, flips):
    """The mean over all patterns and all bits; the first pattern is all ones."""
    spins = list(itertools.product((1, -1), repeat=neurons))
    state = np.array([-1] * flips + [1] * (neurons - flips))
    wrong = networks = 0
    for others in itertools.product(spins, repeat=patterns - 1):
        stored = np.array([[1] * neurons, *others])
        networks += 1
        for i in range(neurons):
            counts = {}
            for row in stored:
                y = int(row @ state - row[i] * state[i])
                counts[y] = counts.get(y, 0) + int(row[i])
            values = sorted(counts, reverse=True)
            sign = interaction.sign(values, [counts[y] for y in values])
            wrong += (sign or state[i]) != 1
    return wrong / networks / neurons


INTERACTIONS = [Classical(), Polynomial(3), Polynomial(4), Exponential(), Exponential(0.3)]


@pytest.mark.parametrize("interaction", INTERACTIONS)
@pytest.mark.parametrize(
    ("neurons", "patterns", "flips"),
    [(2, 2, 0), (2, 4, 1), (3, 2, 0), (3, 2, 1), (3, 3, 0), (4, 3, 1), (5, 2, 2), (5, 2, 0)],
)
def test_all_tiny_networks(interaction, neurons, patterns, flips):
    noise = min(flips / neurons, 0.49)
    found = of_patterns(interaction, neurons, patterns, noise)
    assert found.error < 1e-12
    assert found.bit_error == pytest.approx(
        listed(interaction, neurons, patterns, flips), abs=1e-10
    )


@pytest.mark.parametrize("degree", [2, 3, 4])
@pytest.mark.parametrize(("neurons", "terms"), [(5, 3), (6, 4), (4, 5)])
def test_period_and_list_agree(degree, neurons, terms):
    classes = crosstalk.classes_of(Polynomial(degree), neurons)
    thresholds = [
        crosstalk.Threshold(y, ties)
        for y in range(1 - neurons, neurons, 2)
        for ties in (False, True)
    ]
    by_list = crosstalk.listed(classes, terms, thresholds)
    by_period = crosstalk.periodic(classes, terms, thresholds)
    assert by_period
    for one, other in zip(by_list, by_period, strict=True):
        assert one.value == pytest.approx(other.value, abs=1e-12)


@pytest.mark.parametrize(
    ("degree", "neurons", "terms"), [(2, 100, 19), (2, 100, 5000), (3, 60, 199), (3, 31, 4000)]
)
@pytest.mark.parametrize("flips", [0, 9])
def test_integral_keeps_its_error(degree, neurons, terms, flips):
    classes = crosstalk.classes_of(Polynomial(degree), neurons)
    thresholds = [crosstalk.Threshold(neurons - 1 - 2 * flips, ties) for ties in (False, True)]
    exact = crosstalk.periodic(classes, terms, thresholds)
    found = crosstalk.integrated(classes, terms, thresholds)
    assert exact
    for one, other in zip(exact, found, strict=True):
        assert abs(one.value - other.value) <= one.error + other.error


@pytest.mark.parametrize("beta", [0.2, 1.0, 2.0])
@pytest.mark.parametrize(("neurons", "terms"), [(2, 30), (3, 12), (4, 8)])
def test_integral_of_exp_keeps_its_error(beta, neurons, terms):
    classes = crosstalk.classes_of(Exponential(beta), neurons)
    thresholds = [
        crosstalk.Threshold(y, ties) for y in range(1 - neurons, neurons, 2) for ties in (0, 1)
    ]
    exact = crosstalk.listed(classes, terms, thresholds)
    found = crosstalk.integrated(classes, terms, thresholds)
    for one, other in zip(exact, found, strict=True):
        assert abs(one.value - other.value) <= one.error + other.error


def test_vaalers_weights():
    """What they make of sign(x) differs from it by at most Fejér's kernel."""
    u = (np.arange(100_000) + 0.5) / 100_000
    weights = math.pi * u * (1 - u) / np.tan(math.pi * u) + u
    for x in (0.01, 0.2, 0.5, 0.9, 1.0, 1.3, 2.5, 7.7):
        smooth = 2 / math.pi * np.mean(weights * np.sin(2 * math.pi * u * x) / u)
        assert abs(1 - smooth) <= np.sinc(x) ** 2 + 1e-8


@pytest.mark.parametrize(
    ("interaction", "neurons", "patterns", "noise", "trials"),
    [
        (Classical(), 100, 19, 0.0, 300),
        (Classical(), 100, 20, 0.0, 300),
        (Classical(), 100, 20, 0.1, 300),
        (Polynomial(3), 60, 200, 0.0, 60),
        (Polynomial(3), 60, 200, 0.1, 60),
        (Exponential(), 14, 2000, 0.0, 20),
        (Exponential(), 14, 500, 0.15, 40),
    ],
)
def test_agrees_with_stored(interaction, neurons, patterns, noise, trials):
    found = of_patterns(interaction, neurons, patterns, noise)
    setting = Setting(interaction, neurons, noise, trials, seed=3)
    (stored,) = points(Stability(), setting, [patterns]).points
    assert stored.low <= found.bit_error <= stored.high


@pytest.mark.parametrize(
    ("load", "share"), [(0.105, 0.001), (0.138, 0.0036), (0.185, 0.01), (0.37, 0.05), (0.61, 0.1)]
)
def test_hertz_krogh_palmer(load, share):
    # As many others as the load says: the one that is recalled does not disturb.
    found = of_patterns(Classical(), 1000, round(1000 * load) + 1)
    assert found.bit_error == pytest.approx(share, rel=0.04)
    assert found.error < 1e-11


def test_gaussian_where_many_classes_add_up():
    # At n = 4 and 10⁹ of 10,000 neurons the crosstalk is Gaussian to four digits or so.
    found = of_patterns(Polynomial(4), 10_000, 1e10)
    assert found.error < 1e-10
    # (2n−3)!! = 15, α = 15 K / N³
    gaussian = math.erfc(math.sqrt(10_000**3 / 15 / 1e10 / 2)) / 2
    assert found.bit_error == pytest.approx(gaussian, rel=2e-3)


def test_classes_that_nearly_cancel():
    # D(y) of x³ is 6y² + 2: 8 for y = ±1, 56 for ±3; seven of the one are one of the other.
    neurons, terms = 4, 7
    assert math.comb(2 * 2 + terms - 1, terms) <= crosstalk.LISTED
    rng = np.random.default_rng(5)
    draws = 400_000
    thirds = rng.binomial(terms, 1 / 4, draws)
    plus = rng.binomial(thirds, 0.5)
    ones = rng.binomial(terms - thirds, 0.5)
    felt = 56 * (2 * plus - thirds) + 8 * (2 * ones - (terms - thirds))
    found = of_patterns(Polynomial(3), neurons, terms + 1)
    share = np.mean(56 + felt < 0)
    assert found.bit_error == pytest.approx(share, abs=4 * math.sqrt(share / draws))
    assert np.mean(56 + felt == 0) > 0.01


@pytest.mark.parametrize("interaction", INTERACTIONS)
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_one_pattern_is_always_right(interaction, noise):
    assert bit_error(interaction, 50, log2_patterns=0.0, noise=noise).bit_error == 0


@pytest.mark.parametrize(
    ("interaction", "neurons", "logs"),
    [
        # Steps of eight patterns and more: even and odd numbers differ.
        (Classical(), 100, np.arange(4, 40, 1.0)),
        (Polynomial(3), 101, np.arange(6, 60, 2.0)),
        (Polynomial(9), 100, np.arange(20, 60, 3.0)),
        (Exponential(), 100, np.arange(80, 120, 4.0)),
    ],
)
def test_more_patterns_more_errors(interaction, neurons, logs):
    found = [bit_error(interaction, neurons, log2_patterns=x, noise=0.0) for x in logs.tolist()]
    for less, more in itertools.pairwise(found):
        assert less.bit_error <= more.bit_error + less.error + more.error
    assert all(0 <= one.bit_error <= 0.5 for one in found)


def drawn(neurons, log2_patterns, flips, draws, seed):
    """Wrong bits of exp networks by drawing how many patterns fall on each overlap and sign."""
    rng = np.random.default_rng(seed)
    y = neurons - 1 - 2 * np.arange(neurons)
    patterns = 2.0**log2_patterns
    rates = [patterns * math.comb(neurons - 1, k) / 2 ** (neurons - 1) / 2 for k in range(neurons)]
    wrong = []
    for signal in (neurons - 1 - 2 * flips, neurons + 1 - 2 * flips)[: 1 + bool(flips)]:
        felt = np.full(draws, 1.0)
        for value, rate in zip(y.tolist(), rates, strict=True):
            # Net counts; where they are many, Gaussian.
            if rate < 1e6:
                net = rng.poisson(rate, draws) - rng.poisson(rate, draws)
            else:
                net = np.round(math.sqrt(2 * rate) * rng.standard_normal(draws))
            felt += net * math.exp(value - signal)
        wrong.append(np.mean(felt < 0))
    return ((neurons - flips) * wrong[0] + flips * wrong[-1]) / neurons


def test_capacity_of_exp():
    found = capacity(Exponential(), 100, error=0.01, noise=0.0)
    assert found
    assert found.high - found.low < 1e-4
    assert found.low <= found.log2_patterns <= found.high
    assert 80 < found.log2_patterns < 99
    share = drawn(100, found.log2_patterns, 0, 100_000, 1)
    assert share == pytest.approx(0.01, abs=4 * math.sqrt(0.01 / 100_000))


def test_exp_with_flipped_bits():
    found = bit_error(Exponential(), 100, log2_patterns=51, noise=0.1)
    share = drawn(100, 51, 10, 100_000, 2)
    assert found.error < 1e-7
    assert found.bit_error == pytest.approx(share, abs=4 * math.sqrt(share / 100_000))


def test_capacity_of_classical():
    found = capacity(Classical(), 1000, error=0.01, noise=0.0)
    assert found
    # Table 2.1 of Hertz, Krogh and Palmer: 0.185.
    assert 2**found.log2_patterns / 1000 == pytest.approx(0.185, rel=0.01)
    assert found.high - found.low <= 1e-6


def test_capacity_out_of_reach():
    assert capacity(Exponential(), 5000, error=0.01, noise=0.0) is None
    # y₁ = −1: a pattern by itself is not stable.
    found = capacity(Classical(), 2, error=0.01, noise=0.4)
    assert found
    assert found.high == 0


def test_patterns_that_are_not_whole():
    fewer, more = (of_patterns(Classical(), 100, k).bit_error for k in (19, 20))
    between = of_patterns(Classical(), 100, 19.25).bit_error
    assert between == pytest.approx(0.75 * fewer + 0.25 * more, rel=1e-9)


@pytest.mark.parametrize(
    ("neurons", "log2_patterns", "noise", "word"),
    [
        (1, 3.0, 0.0, "n=1 "),
        (0, 3.0, 0.0, "n=0 "),
        (10, -1.0, 0.0, "2^-1"),
        (10, 1001.0, 0.0, "2^1001"),
        (10, math.nan, 0.0, "2^nan"),
        (10, 3.0, 0.5, "noise=0.5"),
    ],
)
def test_bad_figures(neurons, log2_patterns, noise, word):
    with pytest.raises(HopError) as raised:
        bit_error(Classical(), neurons, log2_patterns=log2_patterns, noise=noise)
    assert word in str(raised.value)
    if "=" in word:
        with pytest.raises(HopError):
            capacity(Classical(), neurons, error=0.01, noise=noise)
