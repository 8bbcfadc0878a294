"""Continuous networks: forces, energies, descents, special cases, what they remember."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.exact import count_overlaps
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential as BinaryExponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Synchronous
from hopcli.continuous import named, patterns, similarities, synapses
from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.lagrangians.exponential import Exponential
from hopcli.continuous.lagrangians.identity import Identity
from hopcli.continuous.lagrangians.power import Power
from hopcli.continuous.lagrangians.sigmoid import Sigmoid
from hopcli.continuous.lagrangians.softmax import Softmax
from hopcli.continuous.lagrangians.tanh import Tanh
from hopcli.continuous.network import Connection, Layer, Network
from hopcli.continuous.patterns import RealPatterns
from hopcli.continuous.synapses.dot import DotProduct
from hopcli.continuous.synapses.l2 import L2Similarity
from hopcli.continuous.synapses.label import LabelSynapse
from hopcli.continuous.synapses.symmetric import Symmetric
from hopcli.errors import HopError, ParameterError

N, K = 12, 7
RNG = np.random.default_rng(0)
PICTURES = RNG.random((K, N))
SIGNS = RNG.choice([-1.0, 1.0], (K, N))
UNIT = RNG.normal(size=(K, N))
UNIT /= np.linalg.norm(UNIT, axis=1, keepdims=True)
ROOT = RNG.normal(size=(N, N)) / np.sqrt(N)
LABELS = np.array([0, 1, 2, 0, -1, 1, 0])


@dataclass(frozen=True)
class Case:
    """A network and the sizes of its layers, features first."""

    network: Network
    sizes: dict[str, int]

    def start(self, seed):
        rng = np.random.default_rng(seed)
        return {name: rng.normal(size=size) for name, size in self.sizes.items()}


XZ = {"x": N, "z": K}
CASES = {
    "log-sum-exp": Case(named.log_sum_exp(RealPatterns(PICTURES), 4.0), XZ),
    "attention": Case(named.attention(2 * UNIT, 3.0), XZ),
    "cosine": Case(named.cosine(UNIT, 5.0), XZ),
    "model A, degree 2": Case(named.model_a(SIGNS, Power(2)), XZ),
    "model A, degree 3": Case(named.model_a(SIGNS, Power(3)), XZ),
    "model A, exp": Case(named.model_a(SIGNS, Exponential(0.5)), XZ),
    "model C, degree 3": Case(named.model_c(UNIT, Power(3)), XZ),
    "model C, degree 4": Case(named.model_c(UNIT, Power(4)), XZ),
    "model C, exp": Case(named.model_c(SIGNS, Exponential(2.0)), XZ),
    "two layers": Case(named.two_layers(2 * UNIT, Tanh(2.0), Sigmoid(3.0), 1.0, 0.5), XZ),
    "graded response": Case(named.graded_response(UNIT, Tanh(2.0)), XZ),
    "symmetric": Case(named.symmetric(ROOT + ROOT.T, Sigmoid(4.0)), {"x": N}),
    "picture, label, memory": Case(
        named.picture_label_memory(RealPatterns(PICTURES), LABELS, 3, 4.0, 2.0), {**XZ, "y": 3}
    ),
    "hierarchical": Case(
        named.hierarchical([3 * UNIT, ROOT[:4, :K]], [Tanh(), Sigmoid(2.0), Softmax(3.0)]),
        {"x1": N, "x2": K, "x3": 4},
    ),
}


def timed(network, time, names):
    """The same network with another time constant of these layers."""
    layers = (replace(la, time_constant=time) if la.name in names else la for la in network.layers)
    return replace(network, layers=tuple(layers))


def kinds(case):
    """The network with its memories moving, with its memories equilibrated, and as it is."""
    others = list(case.sizes)[1:] or list(case.sizes)
    return [timed(case.network, time, others) for time in (0.7, 0.0)] + [case.network]


def driven(network, inputs):
    """The same network with inputs to these layers."""
    layers = (replace(layer, input=inputs.get(layer.name, 0.0)) for layer in network.layers)
    return replace(network, layers=tuple(layers))


def differences(of, x, step=1e-6):
    """The gradient of `of` at x, by central differences."""
    shifts = step * np.eye(x.size)
    return np.array([(of(x + shift) - of(x - shift)) / (2 * step) for shift in shifts])


SYNAPSES = {
    "dot product": (DotProduct(UNIT), (N, K)),
    "dot product of patterns": (DotProduct(RealPatterns(UNIT)), (N, K)),
    "L2": (L2Similarity(RealPatterns(PICTURES)), (N, K)),
    "label": (LabelSynapse(LABELS, 3, 1.7), (K, 3)),
    "symmetric": (Symmetric(ROOT + ROOT.T), (N,)),
}


def test_every_kind_of_synapse_bears_its_name():
    kinds = {name: synapses.get(name) for name in synapses.names()}
    assert set(kinds) == {"dot", "l1", "l2", "label", "symmetric"}
    for name, kind in kinds.items():
        assert kind.name == name
        assert kind.layers == (1 if name == "symmetric" else 2)
    with pytest.raises(ParameterError, match="did you mean symmetric"):
        synapses.get("symetric")


@pytest.mark.parametrize("name", SYNAPSES)
def test_forces_of_synapses_are_minus_the_gradient_of_their_energy(name):
    synapse, sizes = SYNAPSES[name]
    g = [np.random.default_rng(k).normal(size=(2, 3, size)) for k, size in enumerate(sizes)]
    energies, forces = synapse.energy(*g), synapse.forces(*g)
    assert energies.shape == (2, 3)
    for place, force in enumerate(forces):
        assert force.shape == g[place].shape
        for row in np.ndindex(2, 3):
            one = [part[row] for part in g]
            assert synapse.energy(*one) == pytest.approx(energies[row], rel=1e-12)

            def energy(x, one=one, place=place):
                return synapse.energy(*one[:place], x, *one[place + 1 :])

            assert force[row] == pytest.approx(-differences(energy, one[place]), abs=1e-7)
        twice = [2 * part if k == place else part for k, part in enumerate(g)]
        linear = np.allclose(synapse.forces(*twice)[place], force)
        assert linear == (place not in synapse.curved)


@pytest.mark.parametrize("at_once", [1, 50, 10**6])
def test_patterns_are_compared_by_their_formulas(at_once, monkeypatch):
    monkeypatch.setattr(patterns, "DIFFERENCES_AT_ONCE", at_once)
    theta, rng = RealPatterns(PICTURES), np.random.default_rng(1)
    x, z = rng.normal(size=(2, 3, N)), rng.normal(size=(2, 3, K))
    gaps = x[..., None, :] - PICTURES
    assert theta.squared_distances(x) == pytest.approx((gaps**2).sum(-1), rel=1e-13)
    assert theta.absolute_distances(x) == pytest.approx(np.abs(gaps).sum(-1), rel=1e-13)
    assert theta.dot(x) == pytest.approx((x[..., None, :] * PICTURES).sum(-1), rel=1e-12)
    assert theta.mix(z) == pytest.approx((z[..., None] * PICTURES).sum(-2), rel=1e-12)
    assert theta.squared_distances(PICTURES[2])[2] == 0
    assert (len(theta), theta.neurons) == (K, N)


@pytest.mark.parametrize("name", CASES)
def test_forces_of_networks_are_minus_the_gradient_of_their_energy(name):
    case = CASES[name]
    network = driven(case.network, {name: 0.1 * np.arange(n) for name, n in case.sizes.items()})
    states = case.start(2)
    forces = network.forces(states)
    for layer in network.layers:

        def energy(x, name=layer.name):
            return network.energy(states | {name: x})

        x = states[layer.name]
        # dE/dx = (∂g/∂x)ᵀ ∂E/∂g.
        jacobian = differences(layer.lagrangian.activation, x)
        slopes = differences(energy, x)
        assert slopes == pytest.approx(-jacobian @ forces[layer.name], rel=1e-5, abs=1e-5)
        assert forces[layer.name] == pytest.approx(network.equilibrium(states, layer.name) - x)


@pytest.mark.parametrize("name", CASES)
def test_energies_come_in_parts_and_in_batches(name):
    case = CASES[name]
    starts = [case.start(seed) for seed in range(3)]
    batch = {layer: np.stack([start[layer] for start in starts]) for layer in case.sizes}
    parts = case.network.energy_parts(batch)
    connections = {"–".join(connection.layers) for connection in case.network.connections}
    assert set(parts) == set(case.sizes) | connections
    assert sum(parts.values()) == pytest.approx(case.network.energy(batch))
    for k, start in enumerate(starts):
        assert case.network.energy(start) == pytest.approx(case.network.energy(batch)[k])
        for layer, force in case.network.forces(start).items():
            assert force == pytest.approx(case.network.forces(batch)[layer][k], abs=1e-12)


@pytest.mark.parametrize("step", [0.05, 0.5, 1.0])
@pytest.mark.parametrize("name", CASES)
def test_energies_never_rise(name, step):
    case = CASES[name]
    for seed, network in enumerate(kinds(case)):
        start = case.start(seed)
        found = descend(network, start, step=step, max_steps=150, film=True)
        assert all(b <= a for a, b in zip(found.energies, found.energies[1:], strict=False))
        assert [float(network.energy(states)) for states in found.film] == list(found.energies)
        assert len(found.energies) == found.steps + 1 == len(found.film)
        assert np.isfinite(found.energies).all()
        assert found.film[-1] is found.states
        if found.ended is Ended.SPENT:
            assert found.steps == 150


@pytest.mark.parametrize("name", CASES)
def test_what_is_held_does_not_move(name):
    case = CASES[name]
    mask = np.arange(20) % 3 == 0
    for network in kinds(case):
        for layer, size in case.sizes.items():
            for held in (True, mask[:size]):
                start = case.start(4)
                found = descend(network, start, held={layer: held}, max_steps=20)
                still = np.full(size, held) if held is True else held
                assert np.array_equal(found.states[layer][still], start[layer][still])
                assert all(b <= a for a, b in zip(found.energies, found.energies[1:], strict=False))


def test_a_spherical_layer_settles_with_some_of_its_neurons_held():
    network, start = CASES["cosine"].network, CASES["cosine"].start(5)
    known = np.arange(N) < N // 2
    found = descend(network, start, held={"x": known})
    assert found.ended is Ended.SETTLED

    def energy(hidden):
        x = np.where(known, start["x"], 0.0)
        x[~known] = hidden
        states = found.states | {"x": x}
        return network.energy(states | {"z": network.equilibrium(states, "z")})

    assert differences(energy, found.states["x"][~known]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1e9])
def test_a_spherical_layer_neither_vanishes_nor_blows_up(scale):
    # Forces of model C scale with the weights' n-th power, which says nothing about x.
    start = CASES["model C, degree 4"].start(6)
    found = descend(named.model_c(UNIT, Power(4)), start)
    scaled = descend(named.model_c(scale**0.25 * UNIT, Power(4)), start)
    assert scaled.ended is Ended.SETTLED
    assert scaled.states["x"] == pytest.approx(found.states["x"], rel=1e-5)
    assert 0.5 < np.linalg.norm(found.states["x"]) / np.linalg.norm(start["x"]) < 10


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_layers_does_not_matter(name):
    case = CASES[name]
    for network in kinds(case):
        other = Network(network.layers[::-1], network.connections[::-1])
        start = case.start(7)
        assert other.energy(start) == pytest.approx(network.energy(start), rel=1e-12)
        one, two = (descend(net, start, step=0.3, max_steps=12) for net in (network, other))
        assert two.energies[-1] == pytest.approx(one.energies[-1], rel=1e-6)
        for layer in case.sizes:
            assert two.states[layer] == pytest.approx(one.states[layer], abs=1e-5)


def test_how_a_descent_ends_is_said():
    network, start = CASES["log-sum-exp"].network, CASES["log-sum-exp"].start(8)
    found = descend(network, start)
    assert found.ended is Ended.SETTLED
    assert found.film == ()
    assert all(np.abs(force).max() <= 1e-6 for force in network.forces(found.states).values())
    again = descend(network, found.states)
    assert (again.ended, again.steps, len(again.energies)) == (Ended.SETTLED, 0, 1)
    spent = descend(network, start, step=0.1, max_steps=3)
    assert (spent.ended, spent.steps) == (Ended.SPENT, 3)


def test_where_only_rounding_moves_the_energy_a_descent_ends_flat():
    moving, *_ = kinds(CASES["model A, degree 2"])
    found = descend(moving, CASES["model A, degree 2"].start(0), step=0.5)
    assert found.ended is Ended.FLAT
    assert found.steps < 100
    # The neurons are ±1, and an equilibrated network says that they are where they should be.
    signs = np.sign(found.states["x"])
    assert np.array_equal(np.sign(SIGNS.T @ SIGNS @ signs), signs)


def test_a_step_that_was_halved_grows_back():
    moving, *_ = kinds(CASES["two layers"])
    found = descend(moving, CASES["two layers"].start(0), step=4.0)
    assert found.ended is Ended.SETTLED
    # It takes about 300 steps of the size that the start allows.
    assert found.steps < 200


def test_a_step_is_a_share_of_the_time_constant():
    network, start = CASES["two layers"].network, CASES["two layers"].start(9)
    forces = network.forces(start)
    found = descend(network, start, step=0.01, max_steps=1)
    assert found.states["x"] == pytest.approx(start["x"] + 0.01 * forces["x"], rel=1e-12)
    assert found.states["z"] == pytest.approx(start["z"] + 0.02 * forces["z"], rel=1e-12)


def test_layers_without_a_time_constant_are_equilibrated_together():
    case = CASES["picture, label, memory"]
    network = timed(case.network, 0.0, ("y", "z"))
    found = descend(network, case.start(10), held={"x": True})
    assert (found.ended, found.steps, len(found.energies)) == (Ended.SETTLED, 0, 1)
    forces = network.forces(found.states)
    assert max(np.abs(forces["y"]).max(), np.abs(forces["z"]).max()) < 1e-6


def test_an_equilibrium_that_would_overshoot_is_approached():
    # x ← −9 tanh(x) swings for ever between two states; its energy has one minimum, at 0.
    network = timed(named.symmetric(-9 * np.eye(3), Tanh()), 0.0, ("x",))
    start = {"x": np.array([0.5, -2.0, 0.1])}
    found = descend(network, start)
    assert found.states["x"] == pytest.approx(0, abs=1e-5)


def test_a_step_that_would_overflow_is_shortened():
    network = named.two_layers(SIGNS, Tanh(), Exponential(), 1.0, 1e-3)
    found = descend(network, {"x": np.full(N, 3.0), "z": np.zeros(K)}, max_steps=300)
    assert np.isfinite(found.energies).all()
    assert found.energies[-1] < found.energies[0]


@pytest.mark.parametrize("degree", [2, 3, 4, 7])
def test_model_a_has_the_energy_of_the_binary_network(degree):
    states = np.random.default_rng(1).choice([-1.0, 1.0], (20, N))
    network = named.model_a(SIGNS, Power(degree))
    both = {"x": states, "z": np.zeros((20, K))}
    found = network.energy(both | {"z": network.equilibrium(both, "z")})
    for state, energy in zip(states, found, strict=True):
        counted = count_overlaps((SIGNS @ state).astype(int))
        expected = Polynomial(degree).energy(*counted, neurons=N, known=N) * N ** (degree - 1)
        assert energy == pytest.approx(expected, rel=1e-12)
        assert energy == pytest.approx(-((SIGNS @ state) ** degree).sum(), rel=1e-12)


def test_model_a_has_the_energy_of_the_exponential_binary_network():
    states = np.random.default_rng(1).choice([-1.0, 1.0], (20, N))
    network = named.model_a(SIGNS, Exponential(0.7))
    both = {"x": states, "z": np.zeros((20, K))}
    found = network.energy(both | {"z": network.equilibrium(both, "z")})
    for state, energy in zip(states, found, strict=True):
        counted = count_overlaps((SIGNS @ state).astype(int))
        expected = BinaryExponential(0.7).energy(*counted, neurons=N, known=N)
        assert -np.log(-energy) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("lagrangian", "interaction"),
    [
        (Power(2), Classical()),
        (Power(3), Polynomial(3)),
        (Exponential(0.1), BinaryExponential(0.1)),
    ],
)
def test_model_a_recalls_as_the_binary_network(lagrangian, interaction):
    rng = np.random.default_rng(2)
    xi = rng.choice([-1, 1], (5, 150)).astype(np.int8)
    cues = np.where(rng.random((5, 150)) < 0.15, -xi, xi).astype(np.int8)
    binary = BinaryNetwork(packing.pack(xi), 150, interaction)
    settled = recall(binary.dynamics(5), cues, schedule=Synchronous(), rng=np.random.default_rng(0))
    network = named.model_a(xi.astype(float), lagrangian)
    for cue, pattern, expected in zip(cues, xi, settled, strict=True):
        found = descend(network, {"x": cue.astype(float), "z": np.zeros(5)})
        assert found.ended is Ended.SETTLED
        assert np.array_equal(np.sign(found.states["x"]), expected.state)
        assert np.array_equal(expected.state, pattern)


def test_quadratic_memories_make_the_network_of_1984():
    rng = np.random.default_rng(3)
    push = 0.2 * rng.normal(size=N)
    hidden = driven(named.graded_response(UNIT, Tanh(2.0)), {"x": push})
    direct = driven(named.symmetric(UNIT.T @ UNIT, Tanh(2.0)), {"x": push})
    x = rng.normal(size=N)
    one = descend(hidden, {"x": x, "z": np.zeros(K)}, step=0.2, max_steps=30, film=True)
    other = descend(direct, {"x": x}, step=0.2, max_steps=30, film=True)
    assert one.energies == pytest.approx(other.energies, rel=1e-12)
    for a, b in zip(one.film, other.film, strict=True):
        assert a["x"] == pytest.approx(b["x"], abs=1e-12)
    # E = −½ Σ T V V − Σ I V + Σ ∫ of the inverse gain, artanh(V)/2.
    v = np.tanh(2 * x)
    integrals = (v * np.arctanh(v) + np.log1p(-(v**2)) / 2) / 2
    expected = -v @ UNIT.T @ UNIT @ v / 2 - push @ v + integrals.sum()
    assert one.energies[0] == pytest.approx(expected, rel=1e-12)


def test_hierarchical_with_two_layers_is_two_layers():
    flat = named.two_layers(2 * UNIT, Tanh(), Softmax(3.0))
    tall = named.hierarchical([2 * UNIT], [Tanh(), Softmax(3.0)])
    start = CASES["two layers"].start(11)
    one = descend(flat, start, step=0.3)
    other = descend(tall, {"x1": start["x"], "x2": start["z"]}, step=0.3)
    assert one.energies == other.energies
    assert np.array_equal(one.states["x"], other.states["x1"])
    assert np.array_equal(one.states["z"], other.states["x2"])


def test_hierarchical_layers_feel_their_neighbours():
    case = CASES["hierarchical"]
    states = case.start(12)
    g = case.network.activations(states)
    forces = case.network.forces(states)
    low, high = 3 * UNIT, ROOT[:4, :K]
    assert forces["x1"] == pytest.approx(low.T @ g["x2"] - states["x1"])
    assert forces["x2"] == pytest.approx(low @ g["x1"] + high.T @ g["x3"] - states["x2"])
    assert forces["x3"] == pytest.approx(high @ g["x2"] - states["x3"])


def softmax(x):
    weights = np.exp(x - x.max())
    return weights / weights.sum()


def test_softmax_memories_applied_once_are_attention():
    xi, x = 2 * UNIT, np.random.default_rng(13).normal(size=N)
    found = descend(named.attention(xi, 3.0), {"x": x, "z": np.zeros(K)}, max_steps=1)
    assert found.states["x"] == pytest.approx(xi.T @ softmax(3 * xi @ x), rel=1e-12)
    expected = x @ x / 2 - np.log(np.exp(3 * xi @ x).sum()) / 3
    assert found.energies[0] == pytest.approx(expected, rel=1e-12)


def test_log_sum_exp_is_what_its_name_says():
    x = np.random.default_rng(14).random(N)
    network = named.log_sum_exp(RealPatterns(PICTURES), 4.0)
    found = descend(network, {"x": x, "z": np.zeros(K)}, max_steps=1)
    squares = ((PICTURES - x) ** 2).sum(1)
    assert found.energies[0] == pytest.approx(-np.log(np.exp(-2 * squares).sum()) / 4, rel=1e-12)
    assert found.states["x"] == pytest.approx(softmax(-2 * squares) @ PICTURES, rel=1e-12)


def test_model_c_and_cosine_have_their_effective_energies():
    x = np.random.default_rng(15).normal(size=N)
    overlaps = UNIT @ x / np.linalg.norm(x)
    for network, expected in (
        (named.model_c(UNIT, Power(4)), -(overlaps**4).sum()),
        (named.cosine(UNIT, 5.0), -np.log(np.exp(5 * overlaps).sum()) / 5),
    ):
        found = descend(network, {"x": x, "z": np.zeros(K)}, max_steps=0)
        assert found.energies == (pytest.approx(expected, rel=1e-12),)


def test_well_separated_memories_are_fixed_points():
    pictures = np.random.default_rng(16).random((20, 100))
    network = named.log_sum_exp(RealPatterns(pictures), 20.0)
    for picture in pictures:
        found = descend(network, {"x": picture, "z": np.zeros(20)})
        assert (found.ended, found.steps) == (Ended.SETTLED, 0)
        assert found.energies[0] == pytest.approx(0, abs=1e-9)
        noisy = picture + 0.3 * np.random.default_rng(17).normal(size=100)
        found = descend(network, {"x": noisy, "z": np.zeros(20)})
        assert found.states["x"] == pytest.approx(picture, abs=1e-9)


def test_cosine_knows_a_memory_whatever_its_length():
    for length in (0.01, 1.0, 50.0):
        found = descend(named.cosine(UNIT, 60.0), {"x": length * UNIT[3], "z": np.zeros(K)})
        direction = found.states["x"] / np.linalg.norm(found.states["x"])
        assert direction == pytest.approx(UNIT[3], abs=1e-3)
        assert np.linalg.norm(found.states["x"]) == pytest.approx(length, rel=1e-3)


def test_the_network_of_pictures_labels_and_memories_has_its_forces():
    case = CASES["picture, label, memory"]
    network, states = case.network, case.start(18)
    z, y, x = softmax(4 * states["z"]), softmax(states["y"]), states["x"]
    bears = (LABELS[:, None] == np.arange(3)).astype(float)
    forces = network.forces(states)
    assert forces["x"] == pytest.approx(z @ (PICTURES - x), abs=1e-12)
    assert forces["y"] == pytest.approx(2 * z @ bears - states["y"], abs=1e-12)
    squares = ((PICTURES - x) ** 2).sum(1)
    assert forces["z"] == pytest.approx(-squares / 2 + 2 * bears @ y - states["z"], abs=1e-12)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_a_held_label_generates_a_picture_of_it(label):
    pictures = np.random.default_rng(19).random((12, 40))
    labels = np.arange(12) % 3
    network = named.picture_label_memory(RealPatterns(pictures), labels, 3, 20.0, 40 / 2)
    for start in (*pictures[:3], *np.random.default_rng(20).random((5, 40))):
        held = {"x": start, "y": 50.0 * np.eye(3)[label], "z": np.zeros(12)}
        found = descend(network, held, held={"y": True}, step=0.5)
        assert found.ended is Ended.SETTLED
        nearest = RealPatterns(pictures).squared_distances(found.states["x"])
        assert labels[nearest.argmin()] == label
        assert nearest.min() < 1e-6


def test_a_held_picture_finds_its_label_and_nothing_held_recalls_both():
    rng = np.random.default_rng(21)
    pictures, labels = rng.random((12, 40)), np.arange(12) % 3
    network = named.picture_label_memory(RealPatterns(pictures), labels, 3, 20.0, 5.0)
    for picture, label in zip(pictures, labels, strict=True):
        noisy = picture + 0.1 * rng.normal(size=40)
        start = {"x": noisy, "y": np.zeros(3), "z": np.zeros(12)}
        classified = descend(network, start, held={"x": True})
        assert classified.states["y"].argmax() == label
        assert np.array_equal(classified.states["x"], noisy)
        recalled = descend(network, start)
        assert recalled.states["y"].argmax() == label
        assert recalled.states["x"] == pytest.approx(picture, abs=1e-5)


def layer(name, lagrangian=None):
    return Layer(name, lagrangian or Identity())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Network((layer("x"), layer("x")), ()), "2 layers are called 'x'"),
        (
            lambda: Network((layer("x"),), (Connection(DotProduct(UNIT), ("x", "h")),)),
            "names the layer 'h'.*only x",
        ),
        (
            lambda: Network((layer("x"),), (Connection(DotProduct(UNIT), ("x", "x")),)),
            "joins the layer 'x' with itself",
        ),
        (lambda: Layer("x", Identity(), -1.0), "time constant of -1.0"),
        (lambda: Layer("x", Identity(), float("nan")), "time constant of nan"),
        (lambda: RealPatterns(np.zeros(3)), r"shape \(3,\)"),
        (lambda: named.symmetric(np.ones((2, 3)), Tanh()), r"shape \(2, 3\)"),
        (lambda: named.symmetric(np.array([[0.0, 1.0], [2.0, 0.0]]), Tanh()), "not symmetric"),
        (lambda: LabelSynapse(np.array([0, 3]), 3, 1.0), "labels from 0 to 3"),
        (lambda: LabelSynapse(np.array([-2]), 3, 1.0), "labels from -2"),
        (lambda: LabelSynapse(np.array([0]), 1, 0.0), "strength=0 "),
        (lambda: named.hierarchical([UNIT], [Tanh()]), "1 weights .* 1 layers.*; give 0"),
    ],
)
def test_what_is_no_network_is_refused(make, words):
    with pytest.raises(HopError, match=words):
        make()


@pytest.mark.parametrize(
    ("states", "options", "words"),
    [
        ({"x": np.zeros(N)}, {}, "no state was given for z"),
        ({"x": np.zeros(N), "z": np.zeros(K), "h": np.zeros(K)}, {}, "given for h"),
        ({"x": np.zeros((2, N)), "z": np.zeros(K)}, {}, r"shape \(2, 12\) was given for x"),
        ({"x": np.zeros(N), "z": np.zeros(K)}, {"held": {"y": True}}, "held layers .* for y"),
        ({"x": np.zeros(N), "z": np.zeros(K)}, {"step": 0.0}, "step=0 "),
        ({"x": np.full(N, np.nan), "z": np.zeros(K)}, {}, "energy nan"),
    ],
)
def test_what_is_no_start_is_refused(states, options, words):
    with pytest.raises(HopError, match=words):
        descend(CASES["log-sum-exp"].network, states, **options)


ABSOLUTE = Case(named.by_similarity(RealPatterns(PICTURES), similarities.get("l1"), 3.0), XZ)


@pytest.mark.parametrize("step", [0.05, 0.5, 1.0])
def test_energies_of_absolute_distances_never_rise(step):
    for network in kinds(ABSOLUTE):
        for seed in range(3):
            found = descend(network, ABSOLUTE.start(seed), step=step)
            assert all(b <= a for a, b in pairwise(found.energies))
            assert found.energies[-1] < found.energies[0]


def test_absolute_distances_end_at_the_weighted_median():
    found = descend(ABSOLUTE.network, {"x": PICTURES[3] + 0.1, "z": np.zeros(K)})
    x = found.states["x"]
    distances = np.abs(PICTURES - x).sum(axis=1)
    z = np.exp(-3.0 * distances)
    z /= z.sum()
    # Its energy is the log-sum-exp, and no single pixel's move lowers Σ z |θ − x|.
    assert found.energies[-1] == pytest.approx(-np.log(np.exp(-3.0 * distances).sum()) / 3.0)
    for shift in (-1e-3, 1e-3):
        moved = z @ np.abs(PICTURES - (x + shift))
        assert (moved >= z @ np.abs(PICTURES - x) - 1e-12).all()
