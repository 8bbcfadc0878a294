"""Formulas against the figures of the papers, and against each other."""

import math

import pytest

from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential, capacity
from hopcli.binary.interactions.poly import Polynomial, within_error
from hopcli.errors import HopError
from hopcli.experiments import theory


def predicted(interaction, neurons, what, error=0.01, noise=0.0):
    found = theory.predictions(interaction, neurons, error=error, noise=noise)
    return next(p for p in found if p.what == what)


@pytest.mark.parametrize(
    ("error", "load"), [(0.001, 0.105), (0.0036, 0.138), (0.01, 0.185), (0.05, 0.37), (0.1, 0.61)]
)
def test_loads_of_hertz_krogh_and_palmer(error, load):
    """Their table 2.1, which gives two or three digits."""
    prediction = predicted(Classical(), 10_000, f"bit error {error:g}", error=error)
    assert prediction.patterns / 10_000 == pytest.approx(load, rel=0.02)
    assert prediction.meaning == "one typical pattern"


def test_no_errors_of_krotov_and_hopfield():
    prediction = predicted(Polynomial(3), 100, "no errors")
    assert round(prediction.patterns, 1) == 361.9
    assert prediction.source == "Krotov and Hopfield 2016"
    # N³ / (2 · 5!! · ln N) with 5!! = 15.
    assert predicted(Polynomial(4), 100, "no errors").patterns == pytest.approx(
        100**3 / (2 * 15 * math.log(100))
    )


def test_classical_figures():
    neurons = 500
    retrieval = predicted(Classical(), neurons, "retrieval")
    one = predicted(Classical(), neurons, "no errors")
    every = predicted(Classical(), neurons, "no errors in any pattern")
    assert retrieval.patterns == pytest.approx(69)
    assert one.patterns == pytest.approx(neurons / (2 * math.log(neurons)))
    assert every.patterns == pytest.approx(neurons / (4 * math.log(neurons)))
    assert (one.meaning, every.meaning) == ("one typical pattern", "all patterns at once")


def test_degree_two_is_classical():
    for noise in (0.0, 0.2):
        plain, dense = (
            theory.predictions(i, 300, error=0.02, noise=noise)
            for i in (Classical(), Polynomial(2))
        )
        assert dense[0].log2_patterns == plain[0].log2_patterns
        one, other = (
            i.bit_error(300, log2_patterns=5.3, noise=noise) for i in (Classical(), Polynomial(2))
        )
        assert one == other


@pytest.mark.parametrize("degree", [2, 3, 5, 8])
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("error", [1e-6, 0.01, 0.3])
def test_bit_error_at_the_predicted_number_of_patterns_is_the_error(degree, noise, error):
    neurons = 10**6
    log2_patterns = within_error(degree, neurons, error=error, noise=noise)
    found = Polynomial(degree).bit_error(neurons, log2_patterns=log2_patterns, noise=noise)
    assert found == pytest.approx(error, rel=1e-6)


def test_noise_weakens_the_signal_by_its_power():
    quiet, noisy = (
        predicted(Polynomial(4), 200, "bit error 0.01", noise=noise).patterns
        for noise in (0.0, 0.1)
    )
    assert noisy / quiet == pytest.approx(0.8**6)


def test_exponential_of_demircigil():
    stable = predicted(Exponential(), 100, "every pattern stable")
    assert stable.log2_patterns == 50
    assert stable.patterns == 2**50
    assert stable.meaning == "all patterns at once"

    def rate(x):
        """I(x), theory.md section 2."""
        return ((1 + x) * math.log(1 + x) + (1 - x) * math.log(1 - x)) / 2

    corrected = predicted(Exponential(), 100, "every pattern corrected in one update", noise=0.2)
    assert corrected.patterns == pytest.approx(math.exp(100 * rate(0.6) / 2))
    assert capacity(100, 1e-12) == pytest.approx(50)
    assert capacity(100, 0.499999) == pytest.approx(0, abs=1e-6)
    # Proved for exp(x) alone.
    assert theory.predictions(Exponential(0.5), 100, error=0.01, noise=0.0) == []


def test_numbers_too_large_for_a_float():
    prediction = predicted(Exponential(), 10**6, "every pattern stable")
    assert (prediction.patterns, prediction.log2_patterns) == (None, 500_000)
    for prediction in theory.predictions(Polynomial(400), 10**6, error=0.01, noise=0.0):
        assert prediction.patterns is None
        assert 1024 < prediction.log2_patterns < 8000


def test_bit_errors_at_the_extremes():
    def found(interaction, neurons, log2_patterns):
        return interaction.bit_error(neurons, log2_patterns=log2_patterns, noise=0.0)

    assert found(Polynomial(300), 10**6, 0) == 0
    assert found(Classical(), 2, 1000) == pytest.approx(0.5)
    assert found(Classical(), 100, math.log2(100)) == pytest.approx(0.158655, rel=1e-5)
    assert found(Exponential(), 100, 7) is None


@pytest.mark.parametrize("interaction", [Classical(), Polynomial(3), Exponential()])
def test_one_neuron_has_no_logarithm_to_divide_by(interaction):
    for prediction in theory.predictions(interaction, 1, error=0.01, noise=0.0):
        assert "no errors" not in prediction.what
        assert math.isfinite(prediction.log2_patterns)


@pytest.mark.parametrize(
    ("neurons", "error", "noise", "given"),
    [
        (0, 0.01, 0.0, "n=0"),
        (100, 0.0, 0.0, "error=0"),
        (100, 0.5, 0.0, "error=0.5"),
        (100, math.nan, 0.0, "error=nan"),
        (100, 0.01, 0.5, "noise=0.5"),
        (100, 0.01, -0.1, "noise=-0.1"),
    ],
)
def test_figures_out_of_range_are_refused_in_one_line(neurons, error, noise, given):
    with pytest.raises(HopError, match=f"^{given} was given, .*; try [^\n]*$"):
        theory.predictions(Classical(), neurons, error=error, noise=noise)
