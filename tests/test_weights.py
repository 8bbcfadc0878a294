"""Recall by explicit weights, and what is kept of them in a memory."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import naive_rules
import numpy as np
import pytest
from test_laws import hard_patterns
from zero_one import ZeroOneNetwork

from hopcli.binary import packing
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.recall import recall
from hopcli.binary.rules import hebbian, perceptron, projection, storkey, with_bias
from hopcli.binary.schedules import Random, Sequential, Synchronous
from hopcli.binary.stored import StoredPatterns
from hopcli.binary.weighted import CompiledWeightedDynamics, WeightedDynamics, WeightedNetwork
from hopcli.errors import HopError, MemoryFileError
from hopcli.results import Outcome
from hopcli.storage import memory_file, npz
from hopcli.storage.learned.weights import Weights
from hopcli.storage.memory_file import memory_of
from hopcli.storage.memory_limit import MemoryLimit
from hopcli.storage.rule import Rule

FORMS = [WeightedDynamics, CompiledWeightedDynamics]
RULES = {
    "hebbian": hebbian.learn,
    "projection": projection.learn,
    "storkey": storkey.learn,
    "perceptron": lambda xi: perceptron.learn(xi, 0.5, 30).matrix,
}


def learned(xi, rule, *, biased=False):
    inputs = with_bias(xi) if biased else xi
    whole = float(inputs.shape[1]) if rule in ("hebbian", "perceptron") else None
    matrix = RULES[rule](inputs)
    return Weights.of_matrix(matrix, Rule(rule), biased=biased, denominator=whole)


def network_of(xi, weights):
    return WeightedNetwork(
        weights.weights, weights.bias, weights.denominator, packing.pack(xi), weights.rule
    )


def dynamics(form, xi, weights):
    landmarks = StoredPatterns.of(packing.pack(xi), xi.shape[1], 1)
    return form.of(weights.weights, weights.bias, weights.denominator, landmarks)


def cues_of(rng, xi):
    return np.array(
        [
            rng.choice([-1, 1], xi.shape[1]),
            rng.choice([-1, 0, 1], xi.shape[1]),
            np.zeros(xi.shape[1]),
            xi[0],
        ]
    ).astype(np.int8)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [(1, 1), (2, 1), (7, 6), (3, 64), (5, 65)])
@pytest.mark.parametrize("biased", [False, True])
def test_every_form_decides_as_the_slow_twin(form, rule, size, biased):
    rng = np.random.default_rng(sum(size))
    xi = hard_patterns(rng, *size)
    weights = learned(xi, rule, biased=biased)
    # The exact weights: whole numbers over the denominator.
    whole = np.rint(weights.weights * weights.denominator)
    bias = np.rint(weights.bias * weights.denominator)
    states = cues_of(rng, xi)
    free = rng.random(states.shape) < 0.9
    batch = dynamics(form, xi, weights).begin(states, free)
    orders = np.array([rng.permutation(size[1]) for _ in states], dtype=np.int32)
    rows = np.arange(len(states))
    assert batch.energies(rows) == pytest.approx(
        [float(naive_rules.energy(weights.weights, weights.bias, s)) for s in states], abs=1e-9
    )
    changes = batch.sweep(rows, orders)
    expected = states.copy()
    for state, may, order in zip(expected, free, orders, strict=True):
        for i in order:
            if may[i]:
                state[i] = naive_rules.visit(whole, bias, state, i)
    assert np.array_equal(batch.states, expected)
    assert np.array_equal(changes, np.count_nonzero(expected != states, axis=1))
    # The fields are exact after any number of flips.
    assert np.array_equal(batch.sums, batch.dynamics.sums(batch.states))
    stepped = dynamics(form, xi, weights).begin(states, free)
    stepped.step(rows)
    expected = [
        [naive_rules.visit(whole, bias, s, i) if f[i] else s[i] for i in range(size[1])]
        for s, f in zip(states, free, strict=True)
    ]
    assert np.array_equal(stepped.states, expected)
    assert np.array_equal(stepped.sums, stepped.dynamics.sums(stepped.states))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("schedule", [Random(), Sequential(), Synchronous()])
@pytest.mark.parametrize("size", [(2, 40), (12, 100), (80, 65)])
def test_hebbian_weights_are_the_classical_network_bit_for_bit(form, schedule, size):
    rng = np.random.default_rng(size[0])
    xi = hard_patterns(rng, *size)
    cues = np.vstack([cues_of(rng, xi), rng.choice([-1, 0, 1], (20, size[1]))]).astype(np.int8)
    classical = BinaryNetwork(packing.pack(xi), size[1], Classical()).dynamics(1)
    both = [
        recall(network, cues, schedule=schedule, rng=np.random.default_rng(4))
        for network in (classical, dynamics(form, xi, learned(xi, "hebbian")))
    ]
    for one, other in zip(*both, strict=True):
        assert np.array_equal(one.state, other.state)
        assert one.energies == pytest.approx(other.energies)
        assert replace(one, state=None, energies=()) == replace(other, state=None, energies=())


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("biased", [False, True])
def test_the_energy_never_rises_under_any_rule(rule, biased):
    rng = np.random.default_rng(8)
    xi = rng.choice([-1, 1], (40, 90), p=[0.3, 0.7]).astype(np.int8)
    network = dynamics(WeightedDynamics, xi, learned(xi, rule, biased=biased))
    for made in recall(network, cues_of(rng, xi), schedule=Random(), rng=rng):
        assert all(np.diff(made.energies) <= 0)
        assert made.outcome is not Outcome.UNSETTLED


def test_many_cues_are_recalled_by_kernels_and_few_without():
    xi = np.random.default_rng(0).choice([-1, 1], (20, 300)).astype(np.int8)
    network = network_of(xi, learned(xi, "projection"))
    few, many = network.builder(1)(), network.builder(10_000)()
    assert isinstance(few, WeightedDynamics)
    assert isinstance(many, CompiledWeightedDynamics)


def test_one_thread_and_two_recall_the_same(folder):
    rng = np.random.default_rng(0)
    xi = rng.choice([-1, 1], (60, 200)).astype(np.int8)
    memory_file.save(memory(xi).having(learned(xi, "projection")), folder / "m.npz")
    script = (
        "import sys; from pathlib import Path; from test_weights import *\n"
        "kept = memory_file.load(Path(sys.argv[1])); xi = kept.states(slice(None))\n"
        "made = dynamics(CompiledWeightedDynamics, xi, kept.found(Weights))\n"
        "cues = np.where(np.random.default_rng(2).random(xi.shape) < 0.3, -xi, xi)\n"
        "for schedule in (Random(), Synchronous()):\n"
        "    ends = recall(made, cues, schedule=schedule, rng=np.random.default_rng(1))\n"
        "    print([(e.state.tobytes().hex(), e.energies, e.flips) for e in ends])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, folder / "m.npz"], cwd=Path(__file__).parent,
            capture_output=True, text=True, check=True,
            env=os.environ | {"NUMBA_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for threads in "12"
    ]  # fmt: skip
    assert said[0] == said[1] != ""


@pytest.mark.parametrize("biased", [False, True])
def test_neurons_of_0_and_1_are_the_same_network(biased):
    rng = np.random.default_rng(6)
    xi = rng.choice([-1, 1], (4, 11)).astype(np.int8)
    signs = learned(xi, "projection", biased=biased)
    network = ZeroOneNetwork.of_signs(signs.weights, signs.bias)
    form = dynamics(WeightedDynamics, xi, signs)
    for _ in range(40):
        s = rng.choice([-1, 1], (1, 11)).astype(np.int8)
        v = (s[0] + 1) // 2
        batch = form.begin(s, np.ones(s.shape, dtype=bool))
        assert network.energy(v) == pytest.approx(batch.energies(np.array([0]))[0], abs=1e-9)
        assert network.fields(v) == pytest.approx(2 * batch.sums[0], abs=1e-9)
        for i in rng.permutation(11):
            gap = [network.energy(np.where(np.arange(11) == i, x, v)) for x in (0, 1)]
            assert gap[0] - gap[1] == pytest.approx(network.fields(v)[i], abs=1e-9)
            v = network.swept(v, [i])
            batch.sweep(np.array([0]), np.array([[i]], dtype=np.int32))
            assert np.array_equal(2 * v - 1, batch.states[0])


def test_hebb_s_rule_for_0_and_1_is_that_for_signs():
    xi = np.random.default_rng(1).choice([-1, 1], (5, 8)).astype(np.int8)
    signs = learned(xi, "hebbian")
    found = ZeroOneNetwork.hebbian((xi + 1) // 2)
    expected = ZeroOneNetwork.of_signs(signs.weights, signs.bias)
    assert found.weights == pytest.approx(expected.weights)
    assert found.bias == pytest.approx(expected.bias)
    assert found.offset == pytest.approx(expected.offset)


def memory(xi):
    names = [f"{k}.png" for k in range(len(xi))]
    return memory_of("binary", (1, xi.shape[1]), packing.pack(xi), names, [None] * len(xi))


@pytest.fixture
def kept(folder):
    """A memory with weights in a file, large enough to be mapped."""
    xi = np.random.default_rng(0).choice([-1, 1], (5, 100)).astype(np.int8)
    whole = memory(xi).having(learned(xi, "projection", biased=True))
    memory_file.save(whole, Path("m.npz"))
    return whole


def members(path="m.npz"):
    with np.load(path) as file:
        return dict(file)


def rewritten(path="m.npz", **changes):
    """Write a file as another program would: with some members changed, None to leave one out."""
    found = {name: values for name, values in members(path).items() if name != npz.DIGESTS}
    found |= changes
    np.savez(path, **{name: values for name, values in found.items() if values is not None})


def test_weights_are_kept_as_they_are(kept):
    found = memory_file.load(Path("m.npz")).found(Weights)
    wanted = kept.found(Weights)
    for name in ("weights", "bias", "diagonal"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name))
    assert (found.rules, found.denominator) == (wanted.rules, wanted.denominator)
    assert memory_file.verify(Path("m.npz")) == (13, 13)
    # For NumPy, without hop.
    file = members()
    assert file["weights"].dtype == file["bias"].dtype == np.float64
    assert str(file["rule"]) == "projection"


def test_a_memory_without_weights_is_the_file_that_it_was(kept, folder):
    memory_file.save(replace(kept, learned=()), folder / "n.npz")
    assert list(members("n.npz")) == [*memory_file.MEMBERS, npz.DIGESTS]
    assert memory_file.load(folder / "n.npz").learned == ()


def test_a_file_that_other_programs_wrote_is_read(kept):
    rewritten()
    found = memory_file.load(Path("m.npz")).found(Weights)
    assert np.array_equal(found.weights, kept.found(Weights).weights)


def asymmetric(weights):
    changed = weights.copy()
    changed[3, 7] += 1
    return changed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: {"weights": m["weights"][:60, :60]}, "its weights are of 60×60"),
        (lambda m: {"weights": m["weights"].astype(np.float32)}, "its weights"),
        (lambda m: {"weights": m["weights"][0]}, "its weights"),
        (lambda m: {"weights": asymmetric(m["weights"])}, "not symmetric"),
        (lambda m: {"weights": m["weights"] + np.eye(100)}, "have a diagonal"),
        (lambda m: {"weights": np.full((100, 100), np.nan)}, "not finite"),
        (lambda m: {"bias": None}, "its bias is missing"),
        (lambda m: {"bias": m["bias"][:50]}, "not of one size"),
        (lambda m: {"diagonal": m["diagonal"][:50]}, "not of one size"),
        (lambda m: {"denominator": np.array(0.0)}, "its denominator"),
        (lambda m: {"rule": np.array(3)}, "its rule"),
    ],
)
def test_weights_that_cannot_be_are_refused(kept, hop, change, said):
    rewritten(**change(members()))
    with pytest.raises(MemoryFileError, match=said):
        memory_file.load(Path("m.npz"))
    assert said in hop("recall", "cue.npy", "-m", "m.npz").error


def test_damaged_weights_are_refused(kept):
    content = bytearray(Path("m.npz").read_bytes())
    place = content.find(kept.found(Weights).weights[50].tobytes())
    content[place] ^= 1
    Path("m.npz").write_bytes(content)
    with pytest.raises(MemoryFileError, match=r"weights.npy is not what its checksum says"):
        memory_file.load(Path("m.npz"))


def test_weights_that_are_read_are_held_against_the_limit(kept):
    assert memory_file.load(Path("m.npz"), MemoryLimit(20_000)).found(Weights)
    found = {name: values for name, values in members().items() if name != npz.DIGESTS}
    np.savez_compressed("m.npz", **found)
    with pytest.raises(HopError, match="max_memory"):
        memory_file.load(Path("m.npz"), MemoryLimit(20_000))
