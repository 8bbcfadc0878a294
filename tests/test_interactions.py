"""Interactions: their tables, their exact signs, their bad input."""

from math import comb

import numpy as np
import pytest

from hopcli.binary.interactions import Classical, Exponential, Polynomial
from hopcli.errors import HopError


@pytest.mark.parametrize("degree", [2, 3, 4, 5])
def test_an_exact_table_holds_the_differences_of_the_formula(degree):
    table = Polynomial(degree).table(neurons=20, patterns=100)
    assert table.slack == 0
    for y in range(-21, 22):
        expected = (y + 1) ** degree - (y - 1) ** degree
        assert table.values[y + table.offset(top=7)] == expected


def test_a_table_is_called_exact_only_below_the_limit_of_float64():
    # 8 K D must stay below 2⁵³, with D about 2·5·1025⁴ = 1.1e13 for N = 1,024 and n = 5.
    assert Polynomial(5).table(1024, 10).slack == 0
    assert Polynomial(5).table(1024, 1000).slack > 0
    assert Classical().table(10_000, 10**6).slack == 0


def test_an_exponential_table_is_laid_about_the_largest_overlap():
    table = Exponential(0.5).table(neurons=10, patterns=3)
    for top in (-4, 0, 10):
        ratios = [table.values[y + table.offset(top)] for y in (top, top - 1, top - 6)]
        assert ratios == pytest.approx([1, np.exp(-0.5), np.exp(-3)], rel=1e-15)


@pytest.mark.parametrize("order", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("beta", [1.0, 1e-6, 1e-12])
def test_the_sign_of_nearly_cancelling_exponentials(order, beta):
    # Σ (−1)ᵏ C(order, k) exp(β(order − k)) = (exp β − 1)^order, as small as 1e-96.
    values = list(range(order, -1, -1))
    counts = [(-1) ** k * comb(order, k) for k in range(order + 1)]
    assert Exponential(beta).sign(values, counts) == 1
    assert Exponential(beta).sign(values, [-c for c in counts]) == -1


def test_only_counts_can_tie_exponentials():
    assert Exponential().sign([9, 3], [0, 0]) == 0
    assert Exponential().sign([5000, -5000], [0, -1]) == -1
    # e² ≈ 7.389: seven of the lower overlap do not outweigh one of the higher, eight do.
    assert Exponential().sign([2, 0], [1, -7]) == 1
    assert Exponential().sign([2, 0], [1, -8]) == -1


def test_the_sign_of_polynomials_is_exact_beyond_floats():
    assert Polynomial(99).difference(4000) > 10**300
    # D(y) is even for odd degrees, so these cancel to the last digit.
    assert Polynomial(99).sign([4000, 2, -4000], [1, 0, -1]) == 0
    assert Polynomial(99).sign([4000, 0, -4000], [1, -1, -1]) == -1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Polynomial(1),
        lambda: Polynomial(10_001),
        lambda: Exponential(0.0),
        lambda: Exponential(float("nan")),
    ],
)
def test_what_is_no_interaction_is_refused(make):
    with pytest.raises(HopError, match="was given"):
        make()
