"""Interactions: their tables, their exact signs, their bad input."""

import itertools
import math
from dataclasses import dataclass
from math import comb
from typing import ClassVar

import numpy as np
import pytest

from hopcli.binary import interactions, packing
from hopcli.binary.compiled import full
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.plain import PlainDynamics
from hopcli.errors import HopError, ParameterError
from hopcli.experiments import counted


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


@dataclass(frozen=True)
class Rectified(AbstractInteraction):
    """max(x, 0)³, of which only the differences and the energy are defined."""

    name: ClassVar[str] = "rectified"
    summary: ClassVar[str] = "a rectified cube"

    def difference(self, y):
        return max(y + 1, 0) ** 3 - max(y - 1, 0) ** 3

    def energy(self, values, counts, *, neurons, known):
        total = sum(c * max(m, 0) ** 3 for m, c in zip(values, counts, strict=True))
        return -total / neurons**2


def rectified_field(xi, state, i):
    """The field by the formula."""
    y = xi @ state - xi[:, i] * state[i]
    d = np.maximum(y + 1, 0) ** 3 - np.maximum(y - 1, 0) ** 3
    return int(xi[:, i] @ d)


@pytest.mark.parametrize(("patterns", "neurons"), [(1, 1), (1, 5), (12, 70), (30, 17)])
@pytest.mark.parametrize("form", ["plain", "compiled"])
def test_differences_and_an_energy_make_a_network(patterns, neurons, form):
    rng = np.random.default_rng(5)
    xi = 2 * rng.integers(2, size=(patterns, neurons)) - 1
    words = packing.pack(xi)
    interaction = Rectified()
    made = PlainDynamics.of if form == "plain" else lambda *given: full(given[0])(*given[1:])
    dynamics = made(interaction, words, neurons)
    state = (2 * rng.integers(2, size=neurons) - 1).astype(np.int8)
    state[: neurons // 3] = 0
    batch = dynamics.begin(state[None], np.ones((1, neurons), dtype=bool))
    batch.sweep(np.arange(1), np.arange(neurons, dtype=np.int32)[None])
    wanted = state.astype(np.int64)
    for i in range(neurons):
        wanted[i] = np.sign(rectified_field(xi, wanted, i)) or wanted[i] or 1
    assert batch.states[0].tolist() == wanted.tolist()
    m = xi @ wanted
    assert batch.energies(np.arange(1)) == [-int((np.maximum(m, 0) ** 3).sum()) / neurons**2]
    # At a temperature: fields against thresholds of ΔE = N⁻² Σ ξ D(y).
    energies = rng.normal(size=(1, neurons))
    batch.thermal_sweep(np.arange(1), np.arange(neurons, dtype=np.int32)[None], energies)
    for i in range(neurons):
        wanted[i] = 1 if rectified_field(xi, wanted, i) / neurons**2 > energies[0, i] else -1
    assert batch.states[0].tolist() == wanted.tolist()


def test_the_bit_error_of_a_new_interaction_is_counted():
    # One other pattern: bit wrong if ξ'_i D(y) < −D(N − 1), which D rising with y never reaches.
    assert counted.bit_error(Rectified(), 9, log2_patterns=1, noise=0.0).bit_error == 0
    # By storing: N = 5 and K = 4, all sums over the three others.
    signal, sizes = (
        Rectified().difference(4),
        [Rectified().difference(y) for y in (4, 2, 0, -2, -4)],
    )
    shares = [share / 16 for share in (1, 4, 6, 4, 1)]
    terms = [(s * d, p / 2) for d, p in zip(sizes, shares, strict=True) for s in (1, -1)]
    wrong = sum(
        math.prod(p for _, p in chosen)
        for chosen in itertools.product(terms, repeat=3)
        if sum(d for d, _ in chosen) > signal
    )
    found = counted.bit_error(Rectified(), 5, log2_patterns=2, noise=0.0)
    assert found.bit_error == pytest.approx(wrong, abs=1e-12)


def test_parameters_are_of_the_interaction_that_was_chosen():
    assert interactions.names() == ("classical", "exp", "poly")
    assert interactions.make("poly", degree="4") == Polynomial(4)
    with pytest.raises(ParameterError, match=r"degree=3 was given, .*energy='classical'; .*'poly'"):
        interactions.make("classical", degree=3)
    with pytest.raises(ParameterError, match="did you mean classical"):
        interactions.make("clasical")
    with pytest.raises(ParameterError, match="beta=inf was given"):
        interactions.make("exp", beta="inf")
