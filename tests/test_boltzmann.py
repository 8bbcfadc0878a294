"""Boltzmann machines, held against the enumeration of all their states."""

import hashlib
import os
import subprocess
import sys

import naive_boltzmann as naive
import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.boltzmann import learning
from hopcli.binary.boltzmann.interpretation import interpret
from hopcli.binary.boltzmann.learning import Hyperparameters, Layers, Parameters, Sample, learn
from hopcli.binary.boltzmann.machine import Machine, probabilities
from hopcli.binary.boltzmann.network import MachineNetwork, fidelity
from hopcli.binary.glauber import Heat, sample
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Synchronous
from hopcli.results import Outcome

SIZES = ((1, 1), (5, 1), (1, 4), (6, 4))


def machine_of(neurons, hidden, seed=0, size=0.7, levels=None):
    """A random machine; of few levels, so that fields are often 0."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        values = rng.normal(scale=size, size=shape)
        return values if levels is None else np.round(values * levels) / levels

    means = rng.integers(-4, 5, neurons) / 4
    return Machine.of(draw(hidden, neurons), draw(neurons), draw(hidden), means)


def formulas(machine):
    return machine.weights.tolist(), machine.visible_bias.tolist(), machine.hidden_bias.tolist()


def single(machine):
    return Parameters(
        machine.weights.copy(),
        machine.visible_bias.astype(np.float32),
        machine.hidden_bias.astype(np.float32),
    )


@pytest.mark.parametrize(("neurons", "hidden"), SIZES)
def test_energies_are_those_of_the_formula_and_give_the_probabilities_of_states(neurons, hidden):
    machine = machine_of(neurons, hidden)
    every = np.array(naive.states(neurons), dtype=np.int8)
    free = np.zeros(len(every))
    for h in naive.states(hidden, (0, 1)):
        expected = [naive.energy(*formulas(machine), v, h) for v in every.tolist()]
        found = machine.energies(every, np.array([h] * len(every)))
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        free += np.exp(-found)
    np.testing.assert_allclose(free / free.sum(), naive.visible(*formulas(machine)), rtol=1e-12)


@pytest.mark.parametrize(("neurons", "hidden"), SIZES)
def test_each_layer_has_its_conditional_probabilities(neurons, hidden):
    machine = machine_of(neurons, hidden)
    joint = naive.joint(*formulas(machine))
    layers = naive.states(neurons), naive.states(hidden, (0, 1))
    for v in layers[0]:
        share = sum(joint[v, h] for h in layers[1])
        expected = [sum(joint[v, h] for h in layers[1] if h[k]) / share for k in range(hidden)]
        found = probabilities(machine.hidden_fields(np.array([v], dtype=np.int8)))
        np.testing.assert_allclose(found[0], expected, rtol=1e-11)
    for h in layers[1]:
        share = sum(joint[v, h] for v in layers[0])
        expected = [sum(joint[v, h] for v in layers[0] if v[i] > 0) / share for i in range(neurons)]
        found = probabilities(2 * machine.visible_fields(np.array([h])))
        np.testing.assert_allclose(found[0], expected, rtol=1e-11)


def test_probabilities_are_finite_far_out():
    found = probabilities(np.array([-1000.0, 0.0, 1000.0]), 0.5)
    assert found.tolist() == [0, 0.5, 1]


def own_sample(machine, rows, turns, rng):
    """What the machine does by itself after so many turns from random states."""
    layers = Layers.of(single(machine))
    on = rng.integers(0, 2, (rows, machine.hidden)).astype(np.float32)
    for _ in range(turns):
        sample = layers.sampled(on, rng)
        on = learning.drawn(sample.probabilities, rng)
    return sample


def test_layers_that_take_turns_sample_the_boltzmann_distribution():
    machine = machine_of(4, 3, seed=3)
    rows = 20_000
    own = own_sample(machine, rows, 60, np.random.default_rng(1))
    places = (own.states > 0) @ np.array([8, 4, 2, 1])
    seen = np.bincount(places, minlength=16)
    expected = rows * np.array(naive.visible(*formulas(machine)))
    # Of 15 degrees of freedom, chi-squared exceeds 37.7 once in a thousand.
    assert ((seen - expected) ** 2 / expected).sum() < 37.7


def test_a_turn_keeps_the_detailed_balance():
    machine = machine_of(3, 2, seed=5)
    layers, rng, rows = Layers.of(single(machine)), np.random.default_rng(2), 40_000
    p = naive.visible(*formulas(machine))
    every = np.array(naive.states(3), dtype=np.float32)
    start = rng.choice(8, size=rows, p=p)
    given = layers.interpreted(every[start])
    after = layers.sampled(learning.drawn(given.probabilities, rng), rng)
    end = (after.states > 0) @ np.array([4, 2, 1])
    flows = np.zeros((8, 8))
    np.add.at(flows, (start, end), 1)
    there, back = flows[np.triu_indices(8, 1)], flows.T[np.triu_indices(8, 1)]
    enough = there + back > 20
    # There and back are as frequent: of 28 pairs at most, chi-squared exceeds 56.9 once in 1,000.
    assert enough.sum() > 15
    assert ((there - back)[enough] ** 2 / (there + back)[enough]).sum() < 56.9


@pytest.mark.parametrize("temperature", [0.6, 2.5])
def test_recall_at_a_temperature_samples_the_boltzmann_distribution(temperature):
    machine = machine_of(4, 3, seed=3)
    rows, start = 8_000, np.array([[1, -1, -1, 1]], dtype=np.int8)
    dynamics = MachineNetwork(machine, packing.pack(start), "boltzmann").builder(rows)()
    found = sample(
        dynamics,
        np.repeat(start, rows, axis=0),
        Heat(Random(), temperature, temperature, 25),
        rng=np.random.default_rng(4),
    )
    seen = np.bincount([int((r.state > 0) @ np.array([8, 4, 2, 1])) for r in found], minlength=16)
    cooled = [np.array(part) / temperature for part in formulas(machine)]
    expected = rows * np.array(naive.visible(*(part.tolist() for part in cooled)))
    enough = expected > 5
    # Of 15 degrees of freedom at most, chi-squared exceeds 37.7 once in a thousand.
    assert enough.sum() > 8
    assert ((seen - expected) ** 2 / expected)[enough].sum() < 37.7


def test_the_gradient_is_that_of_the_likelihood():
    machine = machine_of(6, 4, seed=2)
    patterns = np.random.default_rng(0).choice([-1, 1], (5, 6)).astype(np.float32)
    given = Layers.of(single(machine)).interpreted(patterns)
    rows = 40_000
    own = own_sample(machine, rows, 40, np.random.default_rng(3))
    found = learning.gradient(given, own, np.zeros(6, np.float32), np.zeros(4, np.float32))
    for part, exact in zip(
        found.parts(), naive.gradient(*formulas(machine), patterns), strict=True
    ):
        # Terms are between −1 and 1, so a mean of them is off by 1/√rows once in three.
        assert np.abs(part - exact).max() < 4.5 / np.sqrt(rows)


def test_the_exact_gradient_of_the_twin_is_the_slope_of_its_likelihood():
    w, a, c = formulas(machine_of(3, 2, seed=4))
    patterns = [(1, -1, 1), (1, 1, 1)]
    slope = naive.gradient(w, a, c, patterns)
    step = 1e-5
    for which, values in enumerate((np.array(w), np.array(a), np.array(c))):
        for place in np.ndindex(values.shape):
            ends = []
            for sign in (1, -1):
                moved = [np.array(w), np.array(a), np.array(c)]
                moved[which][place] += sign * step
                ends.append(naive.log_likelihood(*(x.tolist() for x in moved), patterns))
            assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(slope[which][place], abs=1e-8)


def test_the_centred_gradient_is_that_of_centred_neurons():
    rng = np.random.default_rng(6)
    means = rng.uniform(-1, 1, 5).astype(np.float32)
    active = rng.uniform(0, 1, 3).astype(np.float32)
    given, own = (
        Sample(
            rng.choice(np.float32([-1, 1]), (rows, 5)),
            learning.chances(rng.normal(size=(rows, 3)).astype(np.float32)),
        )
        for rows in (7, 9)
    )
    found = learning.gradient(given, own, means, active)
    weights = sum(
        sign * (some.probabilities - active).T @ (some.states - means) / len(some.states)
        for sign, some in ((1, given), (-1, own))
    )
    visible = given.states.mean(axis=0) - own.states.mean(axis=0)
    hidden = given.probabilities.mean(axis=0) - own.probabilities.mean(axis=0)
    # −E = b(v−μ) + d(h−λ) + (h−λ)W(v−μ) is that of a = b − Wᵀλ and c = d − Wμ, but for a constant.
    np.testing.assert_allclose(found.weights, weights, atol=1e-6)
    np.testing.assert_allclose(found.visible, visible - weights.T @ active, atol=1e-6)
    np.testing.assert_allclose(found.hidden, hidden - weights @ means, atol=1e-6)


@pytest.mark.parametrize(("persistent", "rate", "sweeps"), [(False, 0.02, 300), (True, 0.005, 600)])
def test_learning_raises_the_exact_likelihood(persistent, rate, sweeps):
    rng = np.random.default_rng(0)
    patterns = rng.choice(np.array([-1, 1], dtype=np.int8), (5, 8))
    teaching = Hyperparameters(6, sweeps, rate, 0.9, persistent)
    begun = learning.first(patterns.mean(axis=0), 5, 6, np.random.default_rng(1))
    before = naive.log_likelihood(*(part.tolist() for part in begun.parts()), patterns)
    taught = learn(patterns, teaching, np.random.default_rng(2))
    after = naive.log_likelihood(*formulas(taught), patterns)
    # No machine has more than −log 5 = −1.61.
    assert before < -3
    assert after > -2.2


@pytest.mark.parametrize(("kept", "neurons", "hidden"), [(1, 1, 1), (1, 70, 3), (60, 7, 5)])
def test_patterns_of_any_number_and_size_are_learned(kept, neurons, hidden):
    patterns = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (kept, neurons))
    taught = learn(
        patterns, Hyperparameters(hidden, 30, 0.05, 0.9, False), np.random.default_rng(0)
    )
    assert taught.weights.shape == (hidden, neurons)
    on = taught.hidden_fields(patterns) > 0
    assert np.isfinite(taught.energies(patterns, on)).all()
    if kept == 1:
        assert fidelity(taught, packing.pack(patterns)) == (1, neurons)


SCRIPT = """
import sys, hashlib
import numpy as np
from hopcli.binary.boltzmann.learning import Hyperparameters, learn
patterns = np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (60, 700))
for persistent in (False, True):
    m = learn(patterns, Hyperparameters(90, 2, 0.05, 0.9, persistent), np.random.default_rng(7))
    parts = m.weights, m.visible_bias, m.hidden_bias, m.means
    print(hashlib.sha256(b"".join(p.tobytes() for p in parts)).hexdigest())
"""


def test_the_same_seed_gives_the_same_machine_with_any_number_of_threads():
    said = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            check=True, capture_output=True, text=True,
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert len(set(said[0].split())) == 2


def test_products_in_learning_are_exact():
    rng = np.random.default_rng(0)
    weights = (rng.normal(size=(40, 300)) * rng.choice([1e-3, 1, 30], (40, 300))).astype(np.float32)
    layers = Layers.of(Parameters(weights, np.zeros(300, np.float32), np.zeros(40, np.float32)))
    states = rng.choice(np.float32([-1, 1]), (20, 300))
    exact = states.astype(np.int64) @ layers.whole.T.astype(np.int64)
    np.testing.assert_array_equal(states @ layers.whole.T, exact)
    assert np.abs(layers.whole / layers.denominator - weights).max() < 0.01


def settle(machine, cues, patterns=None, clamp=False):
    words = packing.pack(cues if patterns is None else patterns)
    network = MachineNetwork(machine, words, "boltzmann")
    return recall(
        network.builder(len(cues))(),
        cues,
        schedule=Synchronous(),
        rng=np.random.default_rng(0),
        clamped=cues != 0 if clamp else None,
    )


@pytest.mark.parametrize(("neurons", "hidden"), [(1, 1), (3, 2), (9, 12), (70, 6)])
@pytest.mark.parametrize("clamp", [False, True])
def test_settling_is_exact_and_never_raises_the_energy(neurons, hidden, clamp):
    rng = np.random.default_rng(neurons)
    for seed in range(6):
        # Weights of few levels: many fields are 0.
        machine = machine_of(neurons, hidden, seed=seed, levels=1 + seed % 3)
        cues = rng.choice(np.array([-1, 0, 1], dtype=np.int8), (4, neurons))
        for cue, found in zip(cues, settle(machine, cues, clamp=clamp), strict=True):
            state, energies = naive.settled(machine, cue, clamp)
            assert found.state.tolist() == state
            assert found.outcome not in (Outcome.CYCLE, Outcome.UNSETTLED)
            assert list(found.energies) == energies[: len(found.energies)]
            assert (np.diff(found.energies) <= 0).all()


def test_neurons_in_no_field_keep_their_states_and_unknown_ones_become_bright():
    machine = Machine.of(np.zeros((2, 3)), np.zeros(3), np.zeros(2), np.zeros(3))
    (found,) = settle(machine, np.array([[-1, 0, 1]], dtype=np.int8))
    assert found.state.tolist() == [-1, 1, 1]


def test_a_sweep_in_any_order_is_a_step():
    machine = machine_of(40, 10, seed=1)
    rng = np.random.default_rng(0)
    cues = rng.choice(np.array([-1, 0, 1], dtype=np.int8), (3, 40))
    dynamics = MachineNetwork(machine, packing.pack(cues), "boltzmann").builder(3)()
    free = rng.random((3, 40)) < 0.8
    rows = np.arange(3)
    one, other = dynamics.begin(cues, free), dynamics.begin(cues, free)
    orders = np.array([rng.permutation(40) for _ in rows], dtype=np.int32)
    for _ in range(3):
        assert one.step(rows).tolist() == other.sweep(rows, orders).tolist()
        np.testing.assert_array_equal(one.states, other.states)
        np.testing.assert_array_equal(one.on, other.on)


def test_fields_are_exact_whatever_adds_them_up():
    machine = machine_of(500, 30, size=3)
    states = np.random.default_rng(1).choice(np.array([-1, 0, 1], np.int8), (5, 500))
    fields = machine.hidden_fields(states)
    order = np.random.default_rng(2).permutation(500)
    shuffled = Machine(
        machine.weights[:, order], machine.visible_bias[order], machine.hidden_bias,
        machine.means[order],
    )  # fmt: skip
    np.testing.assert_array_equal(shuffled.hidden_fields(states[:, order]), fields)
    digest = hashlib.sha256(fields.tobytes()).hexdigest()
    backwards = machine.hidden_fields(states[::-1])[::-1]
    assert hashlib.sha256(backwards.tobytes()).hexdigest() == digest


def test_an_interpretation_is_the_best_one():
    machine = machine_of(6, 4, seed=8)
    for v in np.array(naive.states(6), dtype=np.int8)[::7]:
        found = interpret(machine, v)
        every = {h: naive.energy(*formulas(machine), v.tolist(), h) for h in
                 naive.states(4, (0, 1))}  # fmt: skip
        best = min(every, key=lambda h, every=every: every[h])
        assert sorted(found.on.tolist()) == [k for k in range(4) if best[k]]
        assert found.energy == pytest.approx(every[best], abs=1e-12)
        assert (np.diff(found.fields[found.on]) <= 0).all()
