"""The laws of binary networks: what physics says must hold of every form of arithmetic."""

import os
import subprocess
import sys

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcli.binary import packing
from hopcli.binary.compiled import DenseDynamics, LinearDynamics
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Sequential, Synchronous
from hopcli.errors import HopError
from hopcli.results import Outcome

INTERACTIONS = {
    "classical": (Classical(), {"energy": "classical"}),
    "poly 2": (Polynomial(2), {"energy": "poly", "degree": 2}),
    "poly 3": (Polynomial(3), {"energy": "poly", "degree": 3}),
    # Beyond 2⁵³ from here on: signs are decided by bounds, and by counting where those fail.
    "poly 30": (Polynomial(30), {"energy": "poly", "degree": 30}),
    # Beyond the range of a float.
    "poly 201": (Polynomial(201), {"energy": "poly", "degree": 201}),
    "exp": (Exponential(), {"energy": "exp"}),
    "exp, β = 0.01": (Exponential(0.01), {"energy": "exp", "beta": 0.01}),
    "exp, β = 7": (Exponential(7.0), {"energy": "exp", "beta": 7.0}),
}


def forms(interaction, words, neurons):
    """Every form of arithmetic of one network."""
    made = [
        PlainDynamics.of(interaction, words, neurons),
        DenseDynamics.of(interaction, words, neurons),
    ]
    if isinstance(interaction, Classical):
        made.append(LinearDynamics(Classical(), words, neurons))
    return made


def hard_patterns(rng, patterns, neurons):
    """Random patterns with a duplicate, a negative and a near-duplicate among them."""
    states = rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)
    if patterns > 3:
        states[1], states[2], states[3] = states[0], -states[0], states[0]
        states[3, 0] *= -1
    return states


def runs(states, dynamics, orders):
    """The states after one sweep and after one step, overlaps kept right on the way."""
    rows, free = np.arange(len(states)), np.ones(states.shape, dtype=bool)
    swept, stepped = dynamics.begin(states, free), dynamics.begin(states, free)
    changes = swept.sweep(rows, orders)
    assert np.array_equal(swept.sums, dynamics.sums(swept.states))
    assert np.array_equal(changes, np.count_nonzero(swept.states != states, axis=1))
    stepped.step(rows)
    return swept.states, stepped.states


@pytest.mark.parametrize("kind", INTERACTIONS)
@pytest.mark.parametrize("neurons", [1, 6, 63, 64, 65, 130])
def test_every_form_decides_as_the_slow_twin(kind, neurons):
    interaction, formula = INTERACTIONS[kind]
    rng = np.random.default_rng(neurons)
    for patterns in {1: (1, 2, 70), 6: (300,), 65: (1, 2, 7, 70)}.get(neurons, (7,)):
        xi = hard_patterns(rng, patterns, neurons)
        states = np.array(
            [
                rng.choice([-1, 1], neurons),
                rng.choice([-1, 0, 1], neurons),
                xi[0],
                (xi[0] + xi[-1]) // 2,
            ],
            dtype=np.int8,
        )
        orders = np.array([rng.permutation(neurons) for _ in states], dtype=np.int32)
        swept = [naive.sweep(xi, s, o, **formula) for s, o in zip(states, orders, strict=True)]
        stepped = [naive.step(xi, s, **formula) for s in states]
        for dynamics in forms(interaction, packing.pack(xi), neurons):
            found = runs(states, dynamics, orders)
            assert np.array_equal(found[0], swept), type(dynamics)
            assert np.array_equal(found[1], stepped), type(dynamics)


@pytest.mark.parametrize("kind", INTERACTIONS)
@pytest.mark.parametrize(("own", "expected"), [(-1, -1), (1, 1), (0, 1)])
def test_ties_are_real_ties(kind, own, expected):
    # Two patterns that differ in nine neurons. Of eight of these the state has four as in each, so
    # the ninth feels both equally: it keeps its state, or becomes +1 if it is unknown.
    interaction, _ = INTERACTIONS[kind]
    xi = np.ones((2, 14), dtype=np.int8)
    xi[1, 5:] = -1
    state = np.array([[1] * 5 + [own] + [1] * 4 + [-1] * 4], dtype=np.int8)
    for dynamics in forms(interaction, packing.pack(xi), 14):
        for found in runs(state, dynamics, np.array([[5]], dtype=np.int32)):
            assert found[0, 5] == expected


def network(xi, interaction):
    return BinaryNetwork(packing.pack(xi), xi.shape[1], interaction)


def recalled(net, cues, schedule, **options):
    return recall(
        net.dynamics(len(cues)),
        cues,
        schedule=schedule,
        rng=np.random.default_rng(0),
        **options,
    )


@settings(max_examples=60)
@given(
    kind=st.sampled_from(list(INTERACTIONS)),
    neurons=st.integers(1, 80),
    patterns=st.integers(1, 40),
    seed=st.integers(0, 2**32),
    sequential=st.booleans(),
)
def test_energy_never_rises_asynchronously(kind, neurons, patterns, seed, sequential):
    interaction, _ = INTERACTIONS[kind]
    rng = np.random.default_rng(seed)
    net = network(rng.choice([-1, 1], (patterns, neurons)).astype(np.int8), interaction)
    cues = rng.choice([-1, 1], (3, neurons)).astype(np.int8)
    for found in recalled(net, cues, Sequential() if sequential else Random()):
        assert all(b <= a for a, b in zip(found.energies, found.energies[1:], strict=False))
        assert found.outcome in (Outcome.MEMORY, Outcome.INVERSE, Outcome.SPURIOUS)
        assert len(found.energies) == found.sweeps + 1


@pytest.mark.parametrize("kind", INTERACTIONS)
def test_energies_are_those_of_the_formula(kind):
    interaction, formula = INTERACTIONS[kind]
    rng = np.random.default_rng(3)
    xi = hard_patterns(rng, 5, 23)
    cues = rng.choice([-1, 0, 1], (4, 23)).astype(np.int8)
    for cue, found in zip(cues, recalled(network(xi, interaction), cues, Random()), strict=True):
        assert found.energies[0] == pytest.approx(naive.energy(xi, cue, **formula), rel=1e-12)
        last = naive.energy(xi, found.state, **formula)
        assert found.energies[-1] == pytest.approx(last, rel=1e-12)


@pytest.mark.parametrize("schedule", [Random(), Sequential(), Synchronous()])
def test_a_pattern_and_its_negative_are_fixed_points_of_the_classical_network(schedule):
    xi = np.random.default_rng(5).choice([-1, 1], (4, 200)).astype(np.int8)
    for sign, outcome in ((1, Outcome.MEMORY), (-1, Outcome.INVERSE)):
        for k, found in enumerate(recalled(network(xi, Classical()), sign * xi, schedule)):
            assert (found.outcome, found.index, found.overlap) == (outcome, k, sign)
            assert (found.flips, found.sweeps) == (0, 1)


@settings(max_examples=60)
@given(
    neurons=st.integers(1, 150),
    patterns=st.integers(1, 80),
    seed=st.integers(0, 2**32),
)
def test_poly_of_degree_2_is_the_classical_network_neuron_by_neuron(neurons, patterns, seed):
    rng = np.random.default_rng(seed)
    words = packing.pack(hard_patterns(rng, patterns, neurons))
    states = rng.choice([-1, 0, 1], (3, neurons)).astype(np.int8)
    orders = np.array([rng.permutation(neurons) for _ in states], dtype=np.int32)
    classical = runs(states, LinearDynamics(Classical(), words, neurons), orders)
    for dynamics in forms(Polynomial(2), words, neurons):
        quadratic = runs(states, dynamics, orders)
        assert np.array_equal(quadratic[0], classical[0])
        assert np.array_equal(quadratic[1], classical[1])


@settings(max_examples=30)
@given(neurons=st.integers(1, 140), patterns=st.integers(1, 300), seed=st.integers(0, 2**32))
def test_packed_overlaps_equal_the_plain_product(neurons, patterns, seed):
    rng = np.random.default_rng(seed)
    xi = rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)
    states = rng.choice([-1, 0, 1], (3, neurons)).astype(np.int8)
    words = packing.pack(xi)
    assert np.array_equal(packing.unpack(words, neurons), xi)
    expected = states.astype(int) @ xi.T.astype(int)
    for dynamics in forms(Exponential(), words, neurons):
        assert np.array_equal(dynamics.sums(states), expected)


def test_a_synchronous_cycle_of_two_is_named():
    # One pattern whose two neurons each follow the other: (+1, −1) and (−1, +1) change places.
    xi = np.array([[1, 1]], dtype=np.int8)
    (found,) = recalled(network(xi, Classical()), np.array([[1, -1]], dtype=np.int8), Synchronous())
    assert found.outcome is Outcome.CYCLE
    assert found.sweeps == 2
    (settled,) = recalled(network(xi, Classical()), np.array([[1, -1]], dtype=np.int8), Random())
    assert settled.outcome in (Outcome.MEMORY, Outcome.INVERSE)


def test_a_mixture_of_three_is_a_spurious_minimum():
    xi = np.random.default_rng(2).choice([-1, 1], (3, 1001)).astype(np.int8)
    mixture = np.sign(xi.sum(axis=0, dtype=int)).astype(np.int8)
    (found,) = recalled(network(xi, Classical()), mixture[None], Sequential())
    assert found.outcome is Outcome.SPURIOUS
    assert 0.4 < found.overlap < 0.6


def test_spent_sweeps_are_said():
    rng = np.random.default_rng(4)
    xi = rng.choice([-1, 1], (3, 64)).astype(np.int8)
    (found,) = recalled(network(xi, Classical()), rng.choice([-1, 1], (1, 64)).astype(np.int8),
                        Random(), max_sweeps=1)  # fmt: skip
    assert (found.outcome, found.sweeps) == (Outcome.UNSETTLED, 1)


def test_clamped_neurons_do_not_move():
    rng = np.random.default_rng(6)
    xi = rng.choice([-1, 1], (3, 90)).astype(np.int8)
    cues = rng.choice([-1, 0, 1], (5, 90)).astype(np.int8)
    for schedule in (Random(), Synchronous()):
        for cue, found in zip(
            cues,
            recalled(network(xi, Exponential()), cues, schedule, clamped=cues != 0),
            strict=True,
        ):
            assert np.array_equal(found.state[cue != 0], cue[cue != 0])
            assert (found.state != 0).all()


def test_large_networks_neither_overflow_nor_lose_the_sign():
    rng = np.random.default_rng(7)
    xi = rng.choice([-1, 1], (40, 10_000)).astype(np.int8)
    cue = np.where(rng.random(10_000) < 0.2, -xi[5], xi[5])[None]
    for interaction in (Exponential(), Exponential(30.0), Polynomial(60), Polynomial(301)):
        for made in forms(interaction, packing.pack(xi), 10_000):
            (found,) = recall(
                made, cue, schedule=Random(), rng=np.random.default_rng(0),
            )  # fmt: skip
            assert (found.outcome, found.index) == (Outcome.MEMORY, 5)
            assert np.isfinite(found.energies).all()


def test_a_recall_does_not_depend_on_its_company():
    rng = np.random.default_rng(9)
    xi = rng.choice([-1, 1], (30, 100)).astype(np.int8)
    cues = rng.choice([-1, 1], (8, 100)).astype(np.int8)
    net = network(xi, Classical())
    together = recalled(net, cues, Random())
    some = recalled(net, cues[:3], Random())
    for one, other in zip(together, some, strict=False):
        assert np.array_equal(one.state, other.state)
        assert one.energies == other.energies


THREADS = """
import hashlib, sys
import numpy as np
from hopcli.binary import packing
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary import pruned
from hopcli.binary.compiled import LinearDynamics, DenseDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Synchronous
rng = np.random.default_rng(0)
xi = rng.choice([-1, 1], (3000, 200)).astype(np.int8)
cues = rng.choice([-1, 0, 1], (12, 200)).astype(np.int8)
words, seen = packing.pack(xi), hashlib.sha256()
for interaction in (Classical(), Polynomial(7), Exponential(0.05)):
    made = [DenseDynamics.of(interaction, words, 200)]
    if isinstance(interaction, Classical):
        made.append(LinearDynamics(Classical(), words, 200))
    for dynamics in made:
        for schedule in (Random(), Synchronous()):
            for r in recall(dynamics, cues,
                            schedule=schedule, rng=np.random.default_rng(1)):
                seen.update(r.state.tobytes() + repr(r.energies).encode())
words = rng.integers(0, 2**64, (600_000, 16), dtype=np.uint64)
near = np.where(rng.random((5, 1024)) < 0.2, -1, 1) * packing.unpack(words[::120_000], 1024)
for some in (near[:1], near):
    for r in recall(pruned.of_words(Exponential(), words, 1024), some.astype(np.int8),
                    schedule=Random(), rng=np.random.default_rng(1)):
        seen.update(r.state.tobytes() + repr(r).encode())
print(seen.hexdigest())
"""


def test_one_and_two_threads_give_the_same():
    digests = [
        subprocess.run(
            [sys.executable, "-c", THREADS], env={"NUMBA_NUM_THREADS": threads, **environment()},
            capture_output=True, text=True, check=True,
        ).stdout
        for threads in ("1", "2")
    ]  # fmt: skip
    assert digests[0] == digests[1] != ""


def environment():
    return {k: v for k, v in os.environ.items() if k != "NUMBA_NUM_THREADS"}


def test_a_network_takes_packed_patterns_or_packs_them():
    xi = hard_patterns(np.random.default_rng(2), 5, 70)
    made = BinaryNetwork.of_patterns(xi, Exponential())
    assert np.array_equal(made.words, packing.pack(xi))
    spare = made.words.copy()
    spare[3, 1] |= np.uint64(1) << np.uint64(6)
    for words in (xi, made.words[0], made.words[:, :1], made.words.astype(np.int64), spare):
        with pytest.raises(HopError, match=r"were given, but .*; .*BinaryNetwork\.of_patterns"):
            BinaryNetwork(words, 70, Exponential())
    for rows in (xi[0], np.zeros((2, 70)), xi + 0.5):
        with pytest.raises(HopError, match="were given, but binary patterns are ±1"):
            BinaryNetwork.of_patterns(rows, Exponential())
