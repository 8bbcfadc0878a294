"""Lagrangians: gradients, Legendre transforms, extreme states, bad parameters."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from hopcli.continuous import lagrangians
from hopcli.continuous.lagrangians.absolute_value import AbsoluteValue
from hopcli.continuous.lagrangians.exponential import Exponential
from hopcli.continuous.lagrangians.identity import Identity
from hopcli.continuous.lagrangians.power import Power
from hopcli.continuous.lagrangians.sigmoid import Sigmoid
from hopcli.continuous.lagrangians.softmax import Softmax
from hopcli.continuous.lagrangians.spherical import Spherical
from hopcli.continuous.lagrangians.tanh import Tanh
from hopcli.errors import HopError, ParameterError

EVERY = [
    Identity(),
    Sigmoid(),
    Sigmoid(0.3),
    Tanh(),
    Tanh(2.5),
    Softmax(),
    Softmax(4.0),
    AbsoluteValue(),
    Power(2),
    Power(3),
    Power(6),
    Exponential(),
    Exponential(0.5),
    Spherical(),
]
BOUNDED = [one for one in EVERY if not isinstance(one, Power | Exponential)]


@pytest.mark.parametrize("lagrangian", EVERY, ids=repr)
def test_the_activation_is_the_gradient(lagrangian):
    x = np.random.default_rng(0).normal(size=(4, 3, 7))
    # No kink of |x| within the difference.
    x = np.where(np.abs(x) < 1e-3, 0.5, x)
    slopes = np.empty_like(x)
    for i in range(7):
        shift = 1e-5 * np.eye(7)[i]
        slopes[..., i] = (lagrangian.value(x + shift) - lagrangian.value(x - shift)) / 2e-5
    assert lagrangian.activation(x) == pytest.approx(slopes, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("lagrangian", EVERY, ids=repr)
def test_the_energy_is_the_legendre_transform(lagrangian):
    x = np.random.default_rng(1).normal(size=(4, 3, 7))
    found = lagrangian.energy(x)
    assert found.shape == (4, 3)
    legendre = (x * lagrangian.activation(x)).sum(-1) - lagrangian.value(x)
    assert found == pytest.approx(legendre, rel=1e-12, abs=1e-12)
    # It is the largest of x'·g − L(x') over all x', if L is convex.
    if lagrangian != Power(3):
        others = x + np.random.default_rng(2).normal(size=(50, 4, 3, 7))
        bounds = (others * lagrangian.activation(x)).sum(-1) - lagrangian.value(others)
        assert (bounds <= found + 1e-12).all()


@pytest.mark.parametrize("lagrangian", EVERY, ids=repr)
def test_a_batch_is_its_rows(lagrangian):
    x = np.random.default_rng(3).normal(size=(2, 5, 4))
    for of in (lagrangian.value, lagrangian.activation, lagrangian.energy):
        rows = np.array([[of(x[a, b]) for b in range(5)] for a in range(2)])
        assert of(x) == pytest.approx(rows, rel=1e-14)


@pytest.mark.parametrize("lagrangian", BOUNDED, ids=repr)
def test_nothing_overflows_at_a_thousand(lagrangian):
    x = np.array([[1000.0, -1000.0, 0.0], [-1000.0] * 3, [1000.0] * 3, [0.0] * 3])
    for found in (lagrangian.value(x), lagrangian.activation(x), lagrangian.energy(x)):
        assert np.isfinite(found).all()


def test_what_a_thousand_gives():
    far = np.array([1000.0, -1000.0])
    assert Sigmoid(2.0).activation(far).tolist() == [1.0, 0.0]
    assert Sigmoid(2.0).value(far) == 1000.0
    assert Sigmoid(2.0).energy(far) == 0.0
    assert Tanh(2.0).activation(far).tolist() == [1.0, -1.0]
    assert Tanh(2.0).value(far) == pytest.approx(2000 - np.log(2), rel=1e-15)
    assert Tanh(2.0).energy(far) == pytest.approx(np.log(2), rel=1e-15)
    assert Softmax(2.0).activation(far).tolist() == [1.0, 0.0]
    assert Softmax(2.0).value(far) == 1000.0
    assert Softmax(2.0).energy(far) == 0.0
    equal = np.full(8, -1000.0)
    assert Softmax(2.0).value(equal) == pytest.approx(-1000 + np.log(8) / 2, rel=1e-15)
    assert Softmax(2.0).energy(equal) == pytest.approx(-np.log(8) / 2, rel=1e-15)
    assert AbsoluteValue().activation(far).tolist() == [1.0, -1.0]
    assert Spherical().value(far) == pytest.approx(1000 * np.sqrt(2), rel=1e-15)
    assert Power(4).value(far) == 2e12
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert Exponential().value(far) == np.inf


@pytest.mark.parametrize("u", ["0.001", "0.5", "3", "18", "40", "1000"])
@pytest.mark.parametrize("sign", [-1, 1])
def test_logarithms_to_the_last_digits(u, sign):
    x = np.array([sign * float(u)])
    with localcontext() as context:
        context.prec = 60
        up, down = Decimal(u).exp(), (-Decimal(u)).exp()
        log_cosh = ((up + down) / 2).ln()
        softplus = (1 + (up if sign > 0 else down)).ln()
        t = (up - down) / (up + down)
        tanh_energy = Decimal(u) * t - log_cosh
        one, other = up / (1 + up), 1 / (1 + up)
        sigmoid_energy = one * one.ln() + other * other.ln()
    assert Tanh().value(x) == pytest.approx(float(log_cosh), rel=1e-13, abs=1e-16)
    assert Tanh().energy(x) == pytest.approx(float(tanh_energy), rel=1e-13, abs=3e-16)
    assert Sigmoid().value(x) == pytest.approx(float(softplus), rel=1e-13)
    assert Sigmoid().energy(x) == pytest.approx(float(sigmoid_energy), rel=1e-13)
    # Two neurons that compete are one with a sigmoid.
    pair = np.array([sign * float(u), 0.0])
    assert Softmax().value(pair) == pytest.approx(float(softplus), rel=1e-13, abs=1e-16)
    assert Softmax().energy(pair) == pytest.approx(float(sigmoid_energy), rel=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1.0, 1e200, 1e300])
def test_a_direction_has_no_length(scale):
    found = Spherical().activation(scale * np.array([[3.0, -4.0], [0.0, 0.0]]))
    assert found == pytest.approx(np.array([[0.6, -0.8], [0.0, 0.0]]), rel=1e-15)
    assert Spherical().value(scale * np.array([3.0, -4.0])) == pytest.approx(5 * scale, rel=1e-15)


def test_a_spherical_layer_moves_across_its_state_in_its_own_scale():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(200, 5))
    lengths = np.linalg.norm(x, axis=-1)
    for scale in (1e-30, 1e-3, 1.0, 1e30):
        asked = scale * rng.normal(size=(200, 5))
        moved = Spherical().movement(x, asked)
        cosines = (x * asked).sum(-1) / lengths / np.linalg.norm(asked, axis=-1)
        near = cosines > 0.51
        assert (np.abs((moved * x).sum(-1)) < 1e-12 * lengths**2).all()
        assert (np.linalg.norm(moved, axis=-1) <= 2.0001 * lengths).all()
        # Of E = −asked·x/‖x‖ it is a direction of descent, whatever neurons are held still.
        slopes = asked - x * ((x * asked).sum(-1) / lengths**2)[:, None]
        assert (slopes * moved >= 0).all()
        reached = Spherical().activation(x + moved)
        assert reached[near] == pytest.approx(Spherical().activation(asked)[near], abs=1e-12)
    assert Spherical().movement(np.zeros(3), np.ones(3)).tolist() == [1.0, 1.0, 1.0]
    assert Spherical().movement(np.ones(3), np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
    assert Tanh().movement(np.ones(2), np.array([3.0, 0.0])).tolist() == [2.0, -1.0]


@pytest.mark.parametrize("kind", [Sigmoid, Tanh, Softmax, Exponential])
@pytest.mark.parametrize("beta", [0.0, -1.0, float("nan"), float("inf")])
def test_a_beta_that_is_none_is_refused(kind, beta):
    with pytest.raises(
        HopError, match=r"beta=.* was given, but it takes a number above 0; try beta=1"
    ):
        kind(beta)


@pytest.mark.parametrize("degree", [1, 0, -3])
def test_a_degree_below_2_is_refused(degree):
    with pytest.raises(
        HopError, match=rf"degree={degree} was given, but it takes a whole number of 2 or more"
    ):
        Power(degree)


def test_every_lagrangian_is_tested_and_bears_its_name():
    members = {name: lagrangians.get(name) for name in lagrangians.names()}
    assert {type(one) for one in EVERY} == set(members.values())
    for name, kind in members.items():
        assert kind.name == name
        one = kind(**{parameter.name: parameter.default for parameter in kind.parameters})
        assert one == kind()
    with pytest.raises(ParameterError, match="did you mean softmax"):
        lagrangians.get("softmx")
