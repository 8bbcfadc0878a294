"""The learning rules: each is its formula, and does what its authors prove of it."""

import naive_rules
import numpy as np
import pytest
from test_laws import hard_patterns

from hopcli.binary.rules import hebbian, perceptron, projection, storkey, with_bias
from hopcli.storage.learned.weights import Weights
from hopcli.storage.rule import Rule

SIZES = [(1, 1), (1, 6), (3, 6), (5, 9), (12, 5), (2, 17)]


def drawn(patterns, neurons):
    return hard_patterns(np.random.default_rng(patterns * 100 + neurons), patterns, neurons)


def correlated(rng, patterns, neurons):
    """Patterns of which most pixels are alike, none of them dependent on others."""
    base = rng.choice([-1, 1], neurons)
    return np.where(rng.random((patterns, neurons)) < 0.1, -base, base).astype(np.int8)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("rule", ["hebbian", "storkey", "projection"])
def test_every_rule_is_its_definition(rule, size):
    xi = drawn(*size)
    found = {"hebbian": hebbian, "storkey": storkey, "projection": projection}[rule].learn(xi)
    expected = np.array(getattr(naive_rules, rule)(xi), dtype=float)
    assert found == pytest.approx(expected, abs=1e-9)
    assert np.array_equal(found, found.T) or rule == "projection"


@pytest.mark.parametrize("size", [*SIZES, (40, 5)])
def test_the_perceptron_rule_is_its_definition(size):
    xi = drawn(*size)
    taught = perceptron.learn(xi, 0.5, 7)
    counts, held, sweeps = naive_rules.perceptron(xi, 0.5, 7)
    assert np.array_equal(np.rint(taught.matrix * size[1]), counts)
    assert (taught.held, taught.sweeps) == (held, sweeps)


@pytest.mark.parametrize("size", [(3, 6), (12, 5), (90, 33), (33, 90)])
@pytest.mark.parametrize("rule", [hebbian, storkey, projection])
def test_learning_goes_on_as_if_it_had_never_stopped(rule, size):
    xi = drawn(*size)
    whole = rule.learn(xi)
    for first in (1, size[0] // 2, size[0] - 1):
        assert rule.extend(rule.learn(xi[:first]), xi[first:]) == pytest.approx(whole, abs=1e-9)


def test_storkey_beyond_every_capacity_is_its_definition():
    xi = drawn(30, 4)
    expected = np.array(naive_rules.storkey(xi), dtype=float)
    assert storkey.learn(xi) == pytest.approx(expected, rel=1e-9)


def test_patterns_are_taken_away_from_hebb_s_sum_exactly():
    xi = drawn(9, 21)
    found = hebbian.reduce(hebbian.learn(xi), xi[3:5])
    assert np.array_equal(found, hebbian.learn(np.delete(xi, [3, 4], axis=0)))


@pytest.mark.parametrize("make", ["random", "correlated"])
def test_a_projection_keeps_all_independent_patterns(make):
    rng = np.random.default_rng(3)
    xi = rng.choice([-1, 1], (90, 100)) if make == "random" else correlated(rng, 60, 100)
    w = projection.learn(xi.astype(np.int8))
    assert projection.rank(w) == len(xi)
    assert w == pytest.approx(w.T, abs=1e-12)
    assert w @ w == pytest.approx(w, abs=1e-9)
    assert xi @ w == pytest.approx(xi, abs=1e-9)
    without = w - np.diag(np.diag(w))
    # Without the diagonal the field is (1 − W_ii) ξ_i.
    assert (xi * (xi @ without) > 0).all()


def test_of_dependent_patterns_the_span_is_taken():
    rng = np.random.default_rng(0)
    xi = rng.choice([-1, 1], (4, 50)).astype(np.int8)
    # Where no two of three patterns agree on −1 or on 1 alone, −(a + b + c) is a pattern too.
    a, b = xi[:2]
    c = np.where(a == b, -a, rng.choice([-1, 1], 50))
    d = -(a + b + c)
    assert set(np.unique(d)) <= {-1, 1}
    dependent = np.array([a, b, c, d, a, -b], dtype=np.int8)
    w = projection.learn(dependent)
    assert projection.rank(w) == 3
    assert w == pytest.approx(projection.learn(dependent[:3]), abs=1e-9)
    assert dependent @ w == pytest.approx(dependent, abs=1e-9)
    assert projection.extend(w, dependent) == pytest.approx(w, abs=1e-9)


@pytest.mark.parametrize("neurons", [4, 60])
def test_as_many_independent_patterns_as_neurons_are_kept_by_ties(neurons):
    xi = np.random.default_rng(9).choice([-1, 1], (neurons, neurons)).astype(np.int8)
    if neurons == 4:
        xi = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], dtype=np.int8)
    w = projection.learn(xi)
    assert projection.rank(w) == neurons
    # The projection on all states is 1, and nothing is left of it beside its diagonal.
    found = Weights.of_matrix(w, Rule("projection"), biased=False)
    assert not found.weights.any()


def test_a_perceptron_holds_what_hebb_s_rule_does_not_and_with_its_margin():
    xi = np.random.default_rng(1).choice([-1, 1], (60, 200)).astype(np.int8)
    by_hebb = hebbian.learn(xi)
    assert (xi * (xi @ by_hebb) > 0).all(axis=1).mean() < 0.1
    taught = perceptron.learn(xi, 0.8, 500)
    assert taught.held == 60
    lengths = np.linalg.norm(taught.matrix, axis=0)
    assert (xi * (xi @ taught.matrix) > 0.8 * lengths).all()
    assert np.array_equal(taught.matrix, taught.matrix.T)


def test_a_perceptron_says_how_many_it_holds_where_it_cannot_hold_all():
    xi = np.random.default_rng(1).choice([-1, 1], (300, 60)).astype(np.int8)
    seen = []
    taught = perceptron.learn(xi, 1.0, 5, lambda sweep, held: seen.append((sweep, held)))
    assert taught.sweeps == 5
    assert [sweep for sweep, _ in seen] == [1, 2, 3, 4, 5]
    assert taught.held == seen[-1][1] < 300


def test_storkey_holds_more_than_hebb():
    xi = np.random.default_rng(5).choice([-1, 1], (60, 300)).astype(np.int8)
    share = [(xi * (xi @ rule.learn(xi)) >= 0).all(axis=1).mean() for rule in (hebbian, storkey)]
    assert share[0] < 0.2
    assert share[1] > 0.8


@pytest.mark.parametrize("rule", [hebbian.learn, storkey.learn, projection.learn])
def test_a_bias_is_a_weight_from_a_neuron_that_is_always_on(rule):
    rng = np.random.default_rng(2)
    xi = rng.choice([-1, 1], (5, 12), p=[0.2, 0.8]).astype(np.int8)
    matrix = rule(with_bias(xi))
    weights, bias = matrix[:12, :12], matrix[:12, 12]
    state = rng.choice([-1, 1], 12)
    assert matrix[:12] @ np.append(state, 1) == pytest.approx(weights @ state + bias)
    # Most neurons are on in most patterns, and their biases say so.
    assert np.corrcoef(bias, xi.mean(axis=0))[0, 1] > 0.5
