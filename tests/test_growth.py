"""Fits of the growth of capacity, and the figures of the literature."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential, capacity
from hopcli.binary.interactions.poly import Polynomial
from hopcli.experiments import counted, theory
from hopcli.experiments.capacity import Capacity
from hopcli.experiments.counted import CountedCapacity
from hopcli.experiments.experiment import Experiment, Finding
from hopcli.experiments.growth import growth


def finding(interaction, neurons, *, log2_patterns=None, stored=None, noise=0.0):
    experiment = Experiment(interaction, neurons, 0.01, noise, "stability", (), 10, 0)
    said = tuple(theory.predictions(interaction, neurons, error=0.01, noise=noise))
    if stored is not None:
        return Finding(experiment, said, Capacity(*stored, ()))
    number = CountedCapacity(log2_patterns, log2_patterns, log2_patterns)
    return Finding(experiment, said, Capacity(None, 0.0, None, ()), number)


def counted_finding(interaction, neurons, noise=0.0):
    found = counted.capacity(interaction, neurons, error=0.01, noise=noise)
    return finding(interaction, neurons, log2_patterns=found.log2_patterns, noise=noise)


def test_a_power_is_found():
    law = [finding(Polynomial(4), n, log2_patterns=3 * math.log2(n) - 7) for n in (50, 100, 400)]
    found = growth(law)
    assert (found.law, found.expected, found.neurons) == ("exponent", 3, (50, 100, 400))
    assert found.value == pytest.approx(3)
    assert found.low == pytest.approx(3)
    assert found.line == pytest.approx([f.counted.log2_patterns for f in law])


def test_a_rate_is_found():
    law = [finding(Exponential(), n, log2_patterns=0.7 * n + 2) for n in (30, 60, 100, 200)]
    found = growth(law)
    assert found.law == "rate"
    assert found.value == pytest.approx(0.7 * math.log(2))
    # 2^(N/2) for nothing flipped.
    assert found.expected == pytest.approx(math.log(2) / 2)


def test_intervals_of_a_growth_cover_it_with_their_probability():
    """Stored capacities that scatter by what their own intervals say: 95 % of 400."""
    rng = np.random.default_rng(0)
    quantile = NormalDist().inv_cdf(0.975)
    deviations = {50: 0.03, 100: 0.01, 200: 0.02, 400: 0.01, 800: 0.05}
    hits = 0
    for _ in range(400):
        law = []
        for neurons, deviation in deviations.items():
            k = 0.06 * neurons**2 * math.exp(deviation * rng.standard_normal())
            ends = k * math.exp(-quantile * deviation), k * math.exp(quantile * deviation)
            law.append(finding(Polynomial(3), neurons, stored=(k, *ends)))
        found = growth(law)
        hits += found.low < 2 < found.high
    assert hits >= 365


def test_two_networks_tell_no_law():
    assert growth([finding(Classical(), n, log2_patterns=3.0) for n in (50, 100)]) is None
    assert growth([finding(Classical(), n, stored=(None, 5.0, None)) for n in (5, 9, 20)]) is None


@pytest.mark.parametrize("degree", [3, 4])
def test_the_exponent_of_poly_is_its_degree_less_one(degree):
    """Within 0.05 over N = 50 to 400 (Krotov and Hopfield 2016)."""
    neurons = (50, 100, 200, 400) if degree == 4 else (50, 100, 200)
    found = growth([counted_finding(Polynomial(degree), n) for n in neurons])
    assert found.value == pytest.approx(degree - 1, abs=0.05)


@pytest.mark.slow
def test_the_exponent_of_poly_3_up_to_400():
    found = growth([counted_finding(Polynomial(3), n) for n in (50, 100, 200, 400)])
    assert found.value == pytest.approx(2, abs=0.05)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("load", "error"), [(0.105, 0.001), (0.138, 0.0036), (0.185, 0.01), (0.37, 0.05), (0.61, 0.1)]
)
def test_bit_errors_of_hertz_krogh_and_palmer(load, error):
    """Their table 2.1, within 4 %; of even and odd K, which differ by ties, the mean."""
    neurons, patterns = 1000, round(load * 1000)
    found = [
        counted.bit_error(Classical(), neurons, log2_patterns=math.log2(k), noise=0.0).bit_error
        for k in (patterns, patterns + 1)
    ]
    assert sum(found) / 2 == pytest.approx(error, rel=0.04)


def test_exp_holds_more_of_one_typical_pattern_than_of_all_at_once():
    typical = counted.capacity(Exponential(), 100, error=0.01, noise=0.0).log2_patterns
    assert typical == pytest.approx(93.779, abs=1e-3)
    assert capacity(100, 0.0) == 50
    # With so many others, how many pairs differ by one bit or none, of all?
    pairs = 2 * typical - 1
    assert pairs + math.log2(101) - 100 > 80


def test_exp_with_noise_grows_faster_than_demircigils_rate():
    """I(1 − 2ρ)/2 is proven for all patterns at once; a typical one holds at twice that rate.

    The bit error grows with the number of patterns, so one on each side of a number encloses it.
    """
    neurons, more, capacity_of_fewer = 100, 150, 25.330
    proven = capacity(more, 0.2) - capacity(neurons, 0.2)
    for size, low, high in (
        (neurons, capacity_of_fewer - 0.15, capacity_of_fewer + 0.15),
        (more, capacity_of_fewer + 1.94 * proven, capacity_of_fewer + 2.06 * proven),
    ):
        below, above = (
            counted.bit_error(Exponential(), size, log2_patterns=k, noise=0.2).bit_error
            for k in (low, high)
        )
        assert below < 0.01 < above


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2])
def test_the_rate_of_exp_is_twice_that_of_demircigil(noise):
    found = growth([counted_finding(Exponential(), n, noise) for n in (100, 200, 400, 800)])
    assert found.value == pytest.approx(2 * found.expected, rel=0.03)
    assert found.low < found.value < found.high
