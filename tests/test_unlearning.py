"""Unlearning, against its slow twin and by its laws."""

from fractions import Fraction

import naive
import naive_unlearning
import numpy as np
import pytest

from hopcli.binary.condition import Condition, Examination
from hopcli.binary.unlearning import (
    AT_ONCE,
    MOST_SWEEPS,
    UnlearningNetwork,
    steps_between_checks,
    unlearn,
)
from hopcli.kernels import unlearning


def random_patterns(count, neurons, seed=0):
    return np.random.default_rng(seed).choice(np.array([-1, 1], dtype=np.int8), (count, neurons))


def hebbian(patterns, *, rate=0.01, dreams=1000, bias=False):
    """A network of Hebb's weights, with a bias if asked for."""
    neurons = patterns.shape[1]
    whole = np.hstack([patterns, np.ones((len(patterns), int(bias)), dtype=np.int8)])
    weights = whole.T.astype(np.float64) @ whole
    np.fill_diagonal(weights, 0)
    return UnlearningNetwork.of(weights, float(neurons), neurons=neurons, rate=rate, steps=dreams)


def whole_weights(patterns):
    """N times the weights, which settles as they do."""
    return [[int(w * len(row)) for w in row] for row in naive.weights(patterns)]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    ("patterns", "rate", "dreams"),
    [
        (random_patterns(1, 1), 0.5, 3),
        (random_patterns(2, 2), 0.25, 20),
        (random_patterns(1, 20), 0.3, 35),
        (random_patterns(4, 21), 0.01, 40),
        (np.repeat(random_patterns(3, 12), 2, axis=0), 0.125, 33),
        (random_patterns(50, 33), 1.0, 17),
    ],
    ids=["one neuron", "ties", "one pattern", "twenty-one", "duplicates", "far above capacity"],
)
def test_dreams_are_those_of_the_slow_twin(patterns, rate, dreams, bias):
    """To the last bit: weights are compared as fractions."""
    network = hebbian(patterns, rate=rate, dreams=dreams, bias=bias)
    neurons = patterns.shape[1]
    weights = naive.weights(patterns)
    biases = [Fraction(int(patterns[:, i].sum()), neurons) * bias for i in range(neurons)]
    rng = np.random.default_rng(3)
    states, orders = [], []
    while len(states) < dreams:
        some, visits = network.starts(AT_ONCE, rng)
        states += some.tolist()
        orders += visits.tolist()
    for state, order in zip(states[:dreams], orders, strict=False):
        weights, faded, _ = naive_unlearning.unlearn(weights, biases, rate, state[:neurons], order)
        biases = faded if bias else biases
    network.unlearn(dreams, np.random.default_rng(3))
    denominator = Fraction(network.denominator)
    found = [[Fraction(w) / denominator for w in row] for row in network.weights.tolist()]
    assert [row[:neurons] for row in found[:neurons]] == weights
    if bias:
        assert found[neurons] == [*biases, 0]


@pytest.mark.parametrize("neurons", [1, 64, 100])
def test_states_settle_as_those_of_the_slow_twin(neurons):
    patterns = random_patterns(7, neurons)
    network = hebbian(patterns)
    rng = np.random.default_rng(1)
    states, orders = network.starts(21, rng)
    ends = network.settle(states, orders)
    weights = whole_weights(patterns)
    for state, order, end in zip(states, orders, ends, strict=True):
        assert naive_unlearning.settled(weights, [0] * neurons, state, order) == end.tolist()


def test_a_dream_raises_the_energy_of_what_it_reached_by_what_it_takes():
    """E(s*) = −½ s*ᵀWs* rises by ½ (ε/N) N(N − 1), and the weights stay symmetric."""
    patterns = random_patterns(20, 90)
    network = hebbian(patterns, rate=0.05)
    rng = np.random.default_rng(0)
    for _ in range(5):
        before = network.weights.copy()
        state, order = (each[:1] for each in network.starts(AT_ONCE, rng))
        unlearning.unlearn(network.weights, network.change, MOST_SWEEPS, state, order)
        s = state[0].astype(np.float64)
        rise = (s @ before @ s - s @ network.weights @ s) / 2 / network.denominator
        assert rise == pytest.approx(0.05 / 90 * 90 * 89 / 2)
        assert np.array_equal(network.weights, network.weights.T)
        assert not np.diagonal(network.weights).any()


def test_more_dreams_begin_as_fewer_do():
    one, other = (hebbian(random_patterns(5, 40)) for _ in range(2))
    one.unlearn(100, np.random.default_rng(2))
    rng = np.random.default_rng(2)
    for count in (16, 32, 48, 4):
        other.unlearn(count, rng)
    assert np.array_equal(one.weights, other.weights)


@pytest.mark.parametrize("rate", [0.01, 0.0123456789123, 1 / 3, 1e-9, 1.0])
def test_weights_of_any_rate_are_whole_numbers_whose_sums_are_exact(rate):
    """The change is the rate's to within what rounding of 2⁵³ of the largest field allows."""
    patterns = random_patterns(30, 50)
    network = hebbian(patterns, rate=rate, dreams=10_000)
    assert np.array_equal(network.weights, np.rint(network.weights))
    assert network.change == round(network.change) > 0
    assert np.abs(network.weights).sum(axis=1).max() + network.change * 10_000 * 50 <= 2**53
    assert network.change / network.denominator == pytest.approx(rate / 50, rel=1e-4)
    hebb = patterns.T.astype(np.float64) @ patterns / 50
    np.fill_diagonal(hebb, 0)
    assert network.weights / network.denominator == pytest.approx(hebb, rel=1e-9)


def test_the_condition_of_one_pattern_is_known():
    """It, or its negative, is reached from everywhere; from half of its bits, either of the two."""
    patterns = random_patterns(1, 100)
    examined = Examination.of(patterns, np.random.default_rng(0))
    assert examined.condition(hebbian(patterns)) == Condition(1.0, 0.49, 0.0)


def test_basins_are_where_nine_of_ten_come_back_by_the_slow_twin():
    patterns = random_patterns(6, 34, seed=4)
    network = hebbian(patterns)
    examined = Examination.of(patterns, np.random.default_rng(1))
    weights, total = whole_weights(patterns), 0.0

    def returned(k, level):
        back = 0
        for c in range(10 * k, 10 * k + 10):
            flipped = set(examined.flips[c, : (2 * level * 34 + 100) // 200].tolist())
            cue = [-s if i in flipped else s for i, s in enumerate(patterns[k].tolist())]
            end = naive_unlearning.settled(weights, [0] * 34, cue, examined.visits[c])
            back += end == patterns[k].tolist()
        return back

    for k in range(6):
        low, high = -1, 51
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if returned(k, middle) >= 9 else (low, middle)
        total += max(low, 0) / 100
    assert examined.basin(network) == pytest.approx(total / 6)
    assert 0 < total < 6 * 0.4
    settled = [
        naive_unlearning.settled(weights, [0] * 34, p, range(34)) == p for p in patterns.tolist()
    ]
    assert examined.stable(network) == np.mean(settled)
    starts, orders = examined.starts
    known = {tuple(p) for p in [*patterns.tolist(), *(-patterns).tolist()]}
    ends = [naive_unlearning.settled(weights, [0] * 34, s, o)
            for s, o in zip(starts[:40], orders, strict=False)]  # fmt: skip
    some = Examination(
        patterns, examined.sample, examined.flips, examined.visits, (starts[:40], orders[:40])
    )
    assert some.spurious(network) == np.mean([tuple(end) not in known for end in ends])


def test_dreaming_at_a_load_of_a_fifth_makes_all_patterns_stable():
    patterns = random_patterns(30, 150)
    network = hebbian(patterns, dreams=3000)
    examined = Examination.of(patterns, np.random.default_rng(0))
    before = examined.condition(network)
    seen = []
    night = unlearn(
        network, patterns, steps=9000, every=steps_between_checks(30, 0.01),
        rng=np.random.default_rng(1), on_check=lambda dreams, stable: seen.append((dreams, stable)),
    )  # fmt: skip
    after = examined.condition(night.network)
    assert before.stable < 0.7
    assert after.stable == 1
    assert after.basin > before.basin + 0.1
    assert after.spurious <= before.spurious
    # Too many destroy it, so it ends long before it had all that it might.
    assert 0 < night.best < night.steps == seen[-1][0] < 6000
    assert dict(seen)[night.best] == 1
    # The network that is returned is the one that had so many.
    again = hebbian(patterns, dreams=3000)
    again.unlearn(night.best, np.random.default_rng(1))
    assert np.array_equal(again.weights, night.network.weights)


def test_too_many_dreams_take_the_patterns_away():
    patterns = random_patterns(20, 100)
    network = hebbian(patterns)
    network.unlearn(6000, np.random.default_rng(0))
    assert Examination.of(patterns, np.random.default_rng(0)).basin(network) < 0.01


def test_what_gets_worse_at_once_is_left_as_it_was():
    """One pattern is reached from everywhere, and every dream weakens it."""
    patterns = random_patterns(1, 60)
    network = hebbian(patterns, rate=0.1)
    before = network.weights.copy()
    night = unlearn(network, patterns, steps=1000, every=16, rng=np.random.default_rng(0))
    assert night.best == 0
    assert night.steps < 200
    assert np.array_equal(night.network.weights, before)
