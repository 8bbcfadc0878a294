"""Networks at a temperature: Boltzmann's distribution, its limits, and annealing."""

from itertools import product

import naive
import numpy as np
import pytest
from test_laws import INTERACTIONS, forms, hard_patterns

from hopcli.binary import packing
from hopcli.binary.glauber import Heat, anneal, sample
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Sequential
from hopcli.binary.stored import StoredPatterns
from hopcli.binary.weighted import CompiledWeightedDynamics, WeightedDynamics
from hopcli.results import Outcome

KINDS = INTERACTIONS | {
    # Of exponentials this sharp no more than the largest is a number beside it.
    "exp, β = 400": (Exponential(400.0), {"energy": "exp", "beta": 400.0}),
}


def unlike(rng, patterns, neurons):
    return rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)


def network(xi, interaction):
    return BinaryNetwork(packing.pack(xi), xi.shape[1], interaction)


def thermal(xi, interaction, cues=1, sweeps=1):
    return network(xi, interaction).builder(cues, sweeps=sweeps)()


def swept(dynamics, states, orders, gaps, free=None):
    """The states after one sweep, overlaps and changes kept right on the way."""
    free = np.ones(states.shape, dtype=bool) if free is None else free
    batch = dynamics.begin(states, free)
    changes = batch.thermal_sweep(np.arange(len(states)), orders, gaps)
    assert np.array_equal(batch.sums, dynamics.sums(batch.states))
    assert np.array_equal(changes, np.count_nonzero(batch.states != states, axis=1))
    return batch.states


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("neurons", [1, 6, 65])
def test_every_form_visits_as_the_slow_twin(kind, neurons):
    interaction, formula = KINDS[kind]
    rng = np.random.default_rng(neurons)
    for patterns in {1: (1, 2, 70), 6: (1, 300), 65: (2, 70)}[neurons]:
        xi = hard_patterns(rng, patterns, neurons)
        states = np.array(
            [rng.choice([-1, 0, 1], neurons), xi[0], (xi[0] + xi[-1]) // 2], dtype=np.int8
        )
        orders = np.array([rng.permutation(neurons) for _ in states], dtype=np.int32)
        for temperature in (0.4, 3.0):
            draws = rng.random(states.shape)
            expected = [
                naive.thermal_sweep(xi, s, o, u, temperature=temperature, **formula)
                for s, o, u in zip(states, orders, draws, strict=True)
            ]
            gaps = temperature * np.log(draws / (1 - draws))
            for dynamics in forms(interaction, packing.pack(xi), neurons):
                found = swept(dynamics, states, orders, gaps)
                assert np.array_equal(found, expected), type(dynamics)


@pytest.mark.parametrize("kind", KINDS)
def test_a_visit_turns_at_the_energy_gap_whatever_the_neuron_was(kind):
    # That is detailed balance: for states a and b that differ in one neuron, P(a → b) / P(b → a) is
    # then exp((E(a) − E(b)) / T).
    interaction, formula = KINDS[kind]
    rng = np.random.default_rng(8)
    xi = hard_patterns(rng, 9, 24)
    states = np.array([unlike(rng, 1, 24)[0], xi[0], xi[3], -xi[5], xi[0] * xi[6]])
    for dynamics in forms(interaction, packing.pack(xi), 24):
        for state in states:
            for i in range(24):
                exact = naive.gap(xi, state, i, **formula)
                near = 1e-9 * (1 + abs(exact))
                rows = np.array([state] * 6)
                rows[:, i] = [-1, -1, 0, 0, 1, 1]
                found = swept(
                    dynamics, rows, np.full((6, 1), i, dtype=np.int32),
                    np.array([[exact - near], [exact + near]] * 3),
                )  # fmt: skip
                assert found[:, i].tolist() == [1, -1] * 3, (type(dynamics), exact)


def every_state(neurons):
    return np.array(list(product([-1, 1], repeat=neurons)), dtype=np.int8)


def energies_of(xi, states, energy, degree=None, beta=1.0):
    """As naive.energy has them, of many states at once."""
    overlaps = states.astype(float) @ xi.T
    neurons = xi.shape[1]
    if energy == "classical":
        return -((overlaps**2).sum(axis=1) - xi.size) / (2 * neurons)
    if energy == "poly":
        return -((overlaps / neurons) ** degree).sum(axis=1) * neurons
    return -np.log(np.exp(beta * overlaps).sum(axis=1))


def boltzmann(xi, temperature, free=None, held=None, **formula):
    """The probability of every state by enumeration; 0 where a held neuron is another."""
    states = every_state(xi.shape[1])
    energies = energies_of(xi, states, **formula)
    weights = np.exp(-(energies - energies.min()) / temperature)
    if free is not None:
        weights[(states != held)[:, ~free].any(axis=1)] = 0
    return weights / weights.sum()


def numbers(states):
    """Which state of the enumeration each of these is."""
    return ((states + 1) // 2) @ (1 << np.arange(states.shape[1])[::-1])


def assert_distributed(states, probabilities):
    """Pearson's chi-squared stays below what one in 10⁵ samples exceeds (Wilson and Hilferty)."""
    expected = probabilities * len(states)
    counts = np.bincount(numbers(states), minlength=len(expected))
    assert counts[probabilities == 0].sum() == 0
    rare = expected < 8
    expected = np.append(expected[~rare], expected[rare].sum())
    counts = np.append(counts[~rare], counts[rare].sum())
    counts, expected = counts[expected > 0], expected[expected > 0]
    freedom = len(expected) - 1
    assert freedom >= 5
    squares = ((counts - expected) ** 2 / expected).sum()
    ninths = 2 / (9 * freedom)
    assert squares < freedom * (1 - ninths + 4.265 * np.sqrt(ninths)) ** 3


@pytest.mark.parametrize(
    ("kind", "neurons", "temperature"),
    [
        ("classical", 10, 0.6),
        ("poly 3", 8, 2.5),
        ("poly 30", 8, 4.0),
        ("exp", 10, 1.4),
        ("exp", 12, 2.0),
        ("exp, β = 0.01", 8, 0.015),
    ],
)
def test_states_have_the_probabilities_of_boltzmann(kind, neurons, temperature):
    interaction, formula = KINDS[kind]
    rng = np.random.default_rng(5)
    xi = unlike(rng, 3, neurons)
    probabilities = boltzmann(xi, temperature, **formula)
    dynamics = forms(interaction, packing.pack(xi), neurons)[-1]
    rows = np.arange(20_000)
    batch = dynamics.begin(
        np.zeros((len(rows), neurons), dtype=np.int8), np.ones((len(rows), neurons), dtype=bool)
    )
    every = np.tile(np.arange(neurons, dtype=np.int32), (len(rows), 1))
    for _ in range(25):
        gaps = temperature * rng.logistic(size=every.shape)
        batch.thermal_sweep(rows, rng.permuted(every, axis=1), gaps)
    assert_distributed(batch.states, probabilities)


@pytest.mark.parametrize("schedule", [Random(), Sequential()])
def test_samples_are_of_the_states_that_clamped_neurons_leave(schedule):
    rng = np.random.default_rng(2)
    xi = unlike(rng, 3, 7)
    cues = np.tile(np.array([0, 1, 0, 0, -1, 0, 0], dtype=np.int8), (2_000, 1))
    probabilities = boltzmann(xi, 1.5, cues[0] == 0, cues[0], energy="exp")
    found = sample(
        thermal(xi, Exponential(), 2_000, 20), cues, Heat(schedule, 1.5, 1.5, 20),
        rng=np.random.default_rng(0), clamped=cues != 0,
    )  # fmt: skip
    assert_distributed(np.array([each.state for each in found]), probabilities)
    stored = {tuple(each) for each in xi}
    negative = {tuple(each) for each in -xi}
    for each in found[:200]:
        state = tuple(each.state)
        assert (each.outcome is Outcome.MEMORY) == (state in stored)
        assert (each.outcome is Outcome.INVERSE) == (state in negative - stored)
        assert (each.sweeps, len(each.energies)) == (20, 21)
        assert each.energies[-1] == pytest.approx(naive.energy(xi, each.state, energy="exp"))


# But for poly 201: where two of its terms cancel, the next is lost in their rounding, as it is in
# any temperature but the very lowest.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "poly 201"])
def test_towards_zero_it_is_the_threshold_rule(kind):
    interaction, _ = KINDS[kind]
    rng = np.random.default_rng(4)
    # Of an odd number of patterns none has a tie where the others are odd in number too.
    xi = unlike(rng, 7, 40)
    cues = unlike(rng, 6, 40)
    cold = recall(
        network(xi, interaction).dynamics(6), cues, schedule=Sequential(),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    for dynamics in forms(interaction, packing.pack(xi), 40):
        warm = sample(
            dynamics, cues, Heat(Sequential(), 1e-80, 1e-80, 30), rng=np.random.default_rng(0)
        )
        for one, other in zip(warm, cold, strict=True):
            assert np.array_equal(one.state, other.state)
            assert one.flips == other.flips


@pytest.mark.parametrize("kind", KINDS)
def test_without_bound_neurons_are_fair_coins(kind):
    interaction, _ = KINDS[kind]
    xi = unlike(np.random.default_rng(4), 3, 5000)
    (found,) = sample(
        thermal(xi, interaction, 1, 3), xi[:1], Heat(Random(), 1e9, 1e9, 3),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    # Five standard deviations.
    assert abs(found.overlap) < 5 / np.sqrt(5000)
    assert abs(found.state.mean()) < 5 / np.sqrt(5000)
    assert abs(found.flips - 7500) < 5 * np.sqrt(15000) / 2


@pytest.mark.parametrize("temperature", [0.3, 0.6, 0.9])
def test_one_pattern_melts_as_mean_fields_say(temperature):
    # Classical, m = tanh(m/T), and nothing is left above T = 1; exp is linear in m, tanh(1/T).
    xi = unlike(np.random.default_rng(1), 1, 20_000)
    heat = Heat(Random(), temperature, temperature, 60)
    m = 1.0
    for _ in range(1000):
        m = np.tanh(m / temperature)
    for interaction, expected in ((Classical(), m), (Exponential(), np.tanh(1 / temperature))):
        (found,) = sample(
            thermal(xi, interaction, 1, 60), xi, heat, rng=np.random.default_rng(0)
        )  # fmt: skip
        assert found.overlap == pytest.approx(expected, abs=0.03)
    (melted,) = sample(
        thermal(xi, Classical(), 1, 200), xi, Heat(Random(), 1.5, 1.5, 200),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert abs(melted.overlap) < 0.06


def test_a_mixture_of_three_melts_before_its_patterns_do():
    # Below T = 0.46 it is a minimum of the free energy (Amit, Gutfreund and Sompolinsky 1985, Phys.
    # Rev. A 32:1007), whose overlaps are m = (tanh(3m/T) + tanh(m/T)) / 4. What is left above is a
    # pattern. Fluctuations bring that on a little sooner in a network of this size.
    block = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1]], dtype=np.int8)
    xi = np.tile(block, (1, 5000))
    mixture = np.sign(xi.sum(axis=0, dtype=int)).astype(np.int8)[None]
    found = {}
    for temperature in (0.35, 0.55):
        (each,) = sample(
            thermal(xi, Classical(), 1, 100), mixture,
            Heat(Random(), temperature, temperature, 100), rng=np.random.default_rng(0),
        )  # fmt: skip
        found[temperature] = np.sort(np.abs(xi.astype(int) @ each.state)) / 20_000
    mixed = pattern = 1.0
    for _ in range(1000):
        mixed = (np.tanh(3 * mixed / 0.35) + np.tanh(mixed / 0.35)) / 4
        pattern = np.tanh(pattern / 0.55)
    assert found[0.35] == pytest.approx(mixed, abs=0.03)
    assert found[0.55] == pytest.approx([0, 0, pattern], abs=0.03)


@pytest.mark.parametrize(
    ("interaction", "hot"), [(Classical(), 1.0), (Polynomial(3), 3.0), (Exponential(0.2), 0.6)]
)
def test_annealing_finds_the_lowest_state_more_often_than_settling(interaction, hot):
    formula = {
        "classical": {"energy": "classical"},
        "poly of degree 3": {"energy": "poly", "degree": 3},
        "exp with β = 0.2": {"energy": "exp", "beta": 0.2},
    }[interaction.describe()]
    rng = np.random.default_rng(0)
    xi, cues = unlike(rng, 6, 12), unlike(rng, 100, 12)
    least = energies_of(xi, every_state(12), **formula).min()
    quenched = recall(
        network(xi, interaction).dynamics(100), cues, schedule=Random(),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    annealed = anneal(
        thermal(xi, interaction, 100, 60), cues, Heat(Random(), hot, hot / 20, 60),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    lowest = [sum(each.energies[-1] < least + 1e-9 for each in run) for run in (quenched, annealed)]
    assert lowest[1] > lowest[0] + 10
    for each in annealed:
        assert each.energies[-1] <= min(each.energies[1:])
        assert len(each.energies) == each.sweeps + 1 > 61
        assert each.outcome in (Outcome.MEMORY, Outcome.INVERSE, Outcome.SPURIOUS)


def test_annealing_leaves_no_state_for_a_higher_one():
    # From the lowest state of all, at temperatures that destroy it.
    xi = unlike(np.random.default_rng(0), 2, 300)
    (found,) = anneal(
        thermal(xi, Classical()), xi[:1], Heat(Random(), 50.0, 20.0, 5),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert min(found.energies[1:-1]) > found.energies[0]
    assert (found.outcome, found.index, found.energies[-1]) == (
        Outcome.MEMORY, 0, found.energies[0],
    )  # fmt: skip
    # What is not wholly known is no state, however low it seems.
    half = np.where(np.arange(300) < 150, xi[0], 0).astype(np.int8)
    (filled,) = anneal(
        thermal(xi, Polynomial(3)), -half[None], Heat(Random(), 50.0, 20.0, 1),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert (filled.state != 0).all()


@pytest.mark.parametrize("run", [sample, anneal])
@pytest.mark.parametrize("interaction", [Classical(), Polynomial(4), Exponential()])
def test_a_cue_ends_the_same_whatever_is_recalled_beside_it(run, interaction):
    # One cue in NumPy, sixty by kernels.
    rng = np.random.default_rng(3)
    xi, cues = unlike(rng, 5, 64), unlike(rng, 60, 64)
    (alone,), (beside, *_) = (
        run(
            thermal(xi, interaction, count, 40), cues[:count], Heat(Random(), 1.0, 0.3, 40),
            rng=np.random.default_rng(1),
        )
        for count in (1, 60)
    )  # fmt: skip
    assert np.array_equal(alone.state, beside.state)
    assert (alone.flips, alone.energies) == (beside.flips, beside.energies)


@pytest.mark.parametrize("interaction", [Exponential(), Exponential(30.0), Polynomial(301)])
def test_large_networks_neither_overflow_nor_lose_the_memory(interaction):
    rng = np.random.default_rng(7)
    xi = unlike(rng, 40, 4_000)
    cue = np.where(rng.random(4_000) < 0.2, -xi[5], xi[5])[None]
    for temperature in (1e-100, 1e100):
        for dynamics in forms(interaction, packing.pack(xi), 4_000):
            (found,) = sample(
                dynamics, cue, Heat(Random(), temperature, temperature, 2),
                rng=np.random.default_rng(0),
            )  # fmt: skip
            assert np.isfinite(found.energies).all()
            assert (found.outcome is Outcome.MEMORY) == (temperature < 1)


def weighted(rng, neurons, patterns):
    """Both forms of a network of weights that no rule has made, and its energy by the formula."""
    matrix = rng.normal(size=(neurons, neurons)) / np.sqrt(neurons)
    matrix, bias = matrix + matrix.T, rng.normal(size=neurons)
    np.fill_diagonal(matrix, 0)
    denominator = 1000.0
    matrix, bias = np.rint(matrix * denominator) / denominator, np.rint(bias * denominator) / 1000
    words = packing.pack(unlike(rng, patterns, neurons))
    found = [
        form.of(matrix, bias, denominator, StoredPatterns.of(words, neurons, 1))
        for form in (WeightedDynamics, CompiledWeightedDynamics)
    ]

    def energies(states):
        states = states.astype(float)
        return -((states @ matrix) * states).sum(axis=1) / 2 - states @ bias

    return found, energies


def test_weights_and_biases_have_the_probabilities_of_boltzmann():
    rng = np.random.default_rng(9)
    forms_of_weights, energies = weighted(rng, 8, 2)
    states = every_state(8)
    weights = np.exp(-energies(states) / 1.2)
    heat = Heat(Random(), 1.2, 1.2, 25)
    cues = np.zeros((3_000, 8), dtype=np.int8)
    found = sample(forms_of_weights[1], cues, heat, rng=np.random.default_rng(0))
    assert_distributed(np.array([each.state for each in found]), weights / weights.sum())
    for each in found[:20]:
        assert each.energies[-1] == pytest.approx(float(energies(each.state[None])[0]))


def test_forms_of_weights_visit_alike_and_turn_at_the_energy_gap():
    rng = np.random.default_rng(10)
    for neurons in (1, 2, 65):
        forms_of_weights, energies = weighted(rng, neurons, 3)
        cues = rng.choice([-1, 0, 1], (5, neurons)).astype(np.int8)
        plain, compiled = (
            sample(form, cues, Heat(Random(), 0.9, 0.9, 8), rng=np.random.default_rng(0),
                   clamped=cues == 1)
            for form in forms_of_weights
        )  # fmt: skip
        for one, other, cue in zip(plain, compiled, cues, strict=True):
            assert np.array_equal(one.state, other.state)
            assert one.flips == other.flips
            assert (one.state[cue == 1] == 1).all()
        state = plain[0].state
        for i in range(neurons):
            both = np.array([state, state])
            both[:, i] = [1, -1]
            up, down = energies(both)
            for form in forms_of_weights:
                batch = form.begin(both, np.ones(both.shape, dtype=bool))
                orders = np.full((2, 1), i, dtype=np.int32)
                for shift, expected in ((-1e-9, 1), (1e-9, -1)):
                    batch.thermal_sweep(np.arange(2), orders, np.full((2, 1), down - up + shift))
                    assert (batch.states[:, i] == expected).all()
