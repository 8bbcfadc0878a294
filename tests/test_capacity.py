"""The measured capacity against exact figures, and its intervals against what they promise."""

import math
import pickle
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import naive
import numba
import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial, within_error
from hopcli.errors import HopError
from hopcli.experiments import capacity as experiment
from hopcli.experiments import drawing, probing, stability
from hopcli.experiments.capacity import neighbourhood
from hopcli.experiments.crossing import crossing
from hopcli.experiments.experiment import Experiment
from hopcli.experiments.intervals import Tally, wilson
from hopcli.experiments.probing import probing_tables
from hopcli.experiments.stability import Stability, probes
from hopcli.experiments.trials import Counts, Setting, Trial
from hopcli.kernels import trials as kernels

NORMAL = NormalDist()

run_batch = Stability().run


def run(trial):
    (found,) = run_batch([trial])
    return found


def probes_of(trial):
    return probes(trial.setting.neurons, trial.patterns)


def capacity(interaction, neurons, *, noise=0.0, trials=200, seed=0, **options):
    setting = Setting(interaction, neurons, noise, trials, seed)
    return experiment.capacity(Stability(), setting, **options)


def measure(interaction, neurons, patterns, *, noise=0.0, trials=100, seed=0):
    setting = Setting(interaction, neurons, noise, trials, seed)
    (point,) = experiment.points(Stability(), setting, [patterns]).points
    return point


def exact_bit_error(neurons, patterns, flips=0):
    """Of the classical network: noise is a sum of (K−1)(N−1) fair signs (counted.py)."""
    signs = (patterns - 1) * (neurons - 1)

    def below(bound):
        """The probability that the sum, signs − 2 · (how many are negative), is below this."""
        total = math.lgamma(signs + 1) - signs * math.log(2)
        first = (signs - bound) // 2 + 1
        return sum(
            math.exp(total - math.lgamma(k + 1) - math.lgamma(signs - k + 1))
            for k in range(first, min(signs, first + 5 * math.isqrt(signs)) + 1)
        )

    right = below(-(neurons - 1 - 2 * flips))
    # A flipped bit stays wrong at a tie.
    wrong = below(-(neurons + 1 - 2 * flips) + 1)
    return ((neurons - flips) * right + flips * wrong) / neurons


def exact_capacity(neurons, error, between):
    """Where the probit, averaged over neighbouring K (ties favour even ones), crosses."""
    probits = [NORMAL.inv_cdf(exact_bit_error(neurons, k)) for k in between]
    middles = [(first + second) / 2 for first, second in pairwise(probits)]
    return float(np.interp(NORMAL.inv_cdf(error), middles, [k + 0.5 for k in between[:-1]]))


def naive_wrong(trial, **energy):
    """The wrong bits of a trial by its slow twin."""
    words, cues = drawing.drawn(trial, probes_of(trial))
    neurons = trial.setting.neurons
    stored = packing.unpack(words, neurons)
    return sum(
        int(new != xi)
        for cue, pattern in zip(packing.unpack(cues, neurons), stored, strict=False)
        for new, xi in zip(naive.step(stored, cue, **energy), pattern, strict=True)
    )


@pytest.mark.parametrize(
    ("interaction", "energy"),
    [
        (Classical(), {"energy": "classical"}),
        (Polynomial(3), {"energy": "poly", "degree": 3}),
        (Polynomial(4), {"energy": "poly", "degree": 4}),
        # Sums beyond 2⁵³, and entries that no float64 could hold unscaled.
        (Polynomial(25), {"energy": "poly", "degree": 25}),
        (Polynomial(600), {"energy": "poly", "degree": 600}),
        (Exponential(), {"energy": "exp"}),
        (Exponential(0.03), {"energy": "exp", "beta": 0.03}),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else "",
)
@pytest.mark.parametrize(
    ("neurons", "patterns", "noise"),
    [
        (2, 3, 0.0),
        (2, 20, 0.49),
        (12, 7, 0.25),
        (12, 65, 0.1),
        (21, 1, 0.3),
        (21, 18, 0.3),
        (64, 16, 0.4),
        (66, 9, 0.1),
        (130, 5, 0.45),
    ],
)
def test_a_trial_agrees_with_its_slow_twin(interaction, energy, neurons, patterns, noise):
    trial = Trial(Setting(interaction, neurons, noise, trials=1, seed=5), patterns, number=2)
    assert run(trial) == Counts(naive_wrong(trial, **energy), neurons * patterns)


def test_trials_agree_with_other_dynamics_where_their_slow_twin_would_take_too_long(monkeypatch):
    """Many patterns, of which only some are probed, in all arithmetics."""
    monkeypatch.setattr(stability, "ELEMENTS", 2**21)
    for interaction in (Classical(), Polynomial(3), Polynomial(4), Polynomial(9), Exponential(0.1)):
        for neurons, patterns in ((100, 700), (200, 129), (333, 1000)):
            trial = Trial(Setting(interaction, neurons, 0.13, 1, seed=1), patterns, number=0)
            found = run(trial)
            assert found == Counts(stability.wrong_exactly(trial), probes_of(trial) * neurons)
            assert probes_of(trial) < patterns or found.wrong


def test_float32_is_left_where_its_sums_are_not_exact(monkeypatch):
    """Whatever was expected: sums beyond 2²⁴ are made anew in float64."""
    monkeypatch.setattr(probing, "PLAUSIBLE", math.inf)
    trials = [Trial(Setting(Polynomial(4), 90, 0.2, 1, seed=1), 150, number) for number in (4, 7)]
    first, last = probing_tables(Polynomial(4), 90, 150, flips=18)
    assert (first.pairs.dtype, last.pairs.dtype) == (np.float32, np.float64)
    assert [found.wrong for found in run_batch(trials)] == [
        stability.wrong_exactly(trial) for trial in trials
    ]


def test_ties_are_decided_by_counting_where_they_must(monkeypatch):
    """Two patterns of exp: neurons in which they differ feel nothing of equal overlaps."""
    counted = []
    exactly = stability.wrong_exactly
    monkeypatch.setattr(
        stability, "wrong_exactly", lambda trial: counted.append(trial) or exactly(trial)
    )
    setting = Setting(Exponential(), 2, 0.0, 1, seed=0)
    trials = [Trial(setting, 2, number) for number in range(20)]
    found = run_batch(trials)
    assert counted
    assert found == [Counts(naive_wrong(trial, energy="exp"), 4) for trial in trials]


def test_a_batch_is_its_trials_whatever_the_threads(monkeypatch):
    setting = Setting(Polynomial(3), 70, 0.1, trials=40, seed=9)
    trials = [Trial(setting, 130, number) for number in range(40)]
    whole = run_batch(trials)
    assert len(set(whole)) > 10
    assert [run(trial) for trial in trials] == whole
    assert run_batch(pickle.loads(pickle.dumps(trials[5:8]))) == whole[5:8]
    assert run_batch(trials[::-3]) == whole[::-3]
    for count in (1, numba.config.NUMBA_NUM_THREADS):
        monkeypatch.setattr(kernels, "suit", lambda _, count=count: numba.set_num_threads(count))
        assert run_batch(trials) == whole


def drawn(neurons, patterns, *, noise=0.0, number=0, seed=1):
    """The patterns and cues of a trial, unpacked."""
    trial = Trial(Setting(Classical(), neurons, noise, 1, seed), patterns, number)
    return [packing.unpack(words, neurons) for words in drawing.drawn(trial, probes_of(trial))]


@pytest.mark.parametrize("neurons", [2, 63, 64, 65, 130])
def test_random_patterns_are_fair_and_independent_and_their_spare_bits_0(neurons):
    """To five standard deviations: the bits, those of two neurons, of two patterns, of two keys."""
    words, _ = drawing.drawn(Trial(Setting(Classical(), neurons, 0, 1, seed=1), 2000, 0), 1)
    patterns, _ = drawn(neurons, 2000)
    assert np.array_equal(words, packing.pack(patterns))
    assert np.abs(patterns.mean(axis=0)).max() < 5 / math.sqrt(2000)
    whole = patterns.astype(float)
    others = [drawn(neurons, 2000, number=1)[0], drawn(neurons, 2000, seed=2)[0]]
    for other in (np.roll(whole, 1, axis=0), np.roll(whole, 1, axis=1), *others):
        products = (whole * other).mean(axis=0)
        assert np.abs(products).max() < 5 / math.sqrt(2000)


def test_overlaps_of_random_patterns_are_binomial():
    patterns, _ = drawn(50, 1500)
    overlaps = (patterns.astype(float) @ patterns.T)[np.triu_indices(1500, 1)]
    assert abs((overlaps**2).mean() / 50 - 1) < 0.01
    assert abs((overlaps**4).mean() / (3 * 50**2 - 2 * 50) - 1) < 0.02


def test_exactly_so_many_bits_are_flipped_each_neuron_as_often():
    patterns, cues = drawn(40, 800, noise=0.175)
    flipped = patterns != cues
    assert np.all(flipped.sum(axis=1) == 7)
    # 140 of 800 each, give or take 10.7; and two neurons 800 · 7 · 6 / (40 · 39) = 21.5, or 4.6.
    assert np.abs(flipped.sum(axis=0) - 140).max() < 5 * 10.7
    pairs = flipped.T.astype(int) @ flipped.astype(int)
    np.fill_diagonal(pairs, 0)
    assert pairs.max() < 21.5 + 6 * 4.6
    assert abs(pairs.sum() / (40 * 39) - 800 * 7 * 6 / (40 * 39)) < 1e-9


@pytest.mark.parametrize(("patterns", "flips"), [(19, 0), (20, 0), (14, 10), (30, 25)])
def test_measured_bit_errors_are_the_exact_ones(patterns, flips):
    """To four standard errors; K = 19 and 20 differ by what ties make."""
    point = measure(Classical(), 100, patterns, noise=flips / 100, trials=300)
    exact = exact_bit_error(100, patterns, flips)
    assert abs(point.share - exact) < (point.high - point.low)
    assert point.low < point.share < point.high
    assert point.high - point.low < 0.15 * exact
    assert (point.load, point.trials) == (patterns / 100, 300)


def test_classical_capacity_is_that_of_hertz_krogh_and_palmer():
    """0.185 N for large N; at N = 400 it is 1.3 % more, and a search leaves 0.5 %."""
    found = [capacity(Classical(), 400, error=0.01, trials=100, seed=seed) for seed in range(20)]
    exact = exact_capacity(400, 0.01, range(70, 80))
    assert exact / 400 == pytest.approx(0.185, rel=0.02)
    # To four standard errors; of 20 intervals of 95 %, 17 or more hold it with 98 %.
    assert np.mean([f.patterns for f in found]) == pytest.approx(exact, rel=4 * 0.005 / 20**0.5)
    assert sum(f.low < exact < f.high for f in found) >= 17
    assert all(f.high - f.low < 0.03 * f.patterns for f in found)


@pytest.mark.parametrize("start", [1, 600])
def test_the_search_finds_its_way_from_wherever_it_begins(start, monkeypatch):
    monkeypatch.setattr(Stability, "expected", lambda *_: math.log2(start))
    found = capacity(Classical(), 100)
    assert found.patterns == pytest.approx(19.5, rel=0.05)
    assert found.low < found.patterns < found.high


def test_poly_capacity():
    """215.5 ± 0.2 by 4 · 10⁶ draws of what a bit feels (counted.py)."""
    found = [capacity(Polynomial(3), 60, error=0.01, seed=seed) for seed in range(12)]
    # Of 12 intervals of 95 %, 9 or more hold it with 99.8 %.
    assert sum(each.low < 215.5 < each.high for each in found) >= 9
    assert np.mean([each.patterns for each in found]) == pytest.approx(215.5, rel=0.01)
    assert all(each.high - each.low < 0.03 * each.patterns for each in found)
    # 221.7, for large N.
    expected = within_error(3, 60, error=0.01, noise=0.0)
    assert found[0].patterns == pytest.approx(2**expected, rel=0.06)


def test_noise_lowers_the_capacity_as_theory_says():
    """By (1 − 2ρ)^(2(n−1)), to 10 %, since neither network is large."""
    quiet, noisy = (
        capacity(Polynomial(3), 40, error=0.05, noise=noise).patterns for noise in (0.0, 0.1)
    )
    assert noisy / quiet == pytest.approx(0.8**4, rel=0.1)


def test_same_seed_same_numbers_whatever_the_threads():
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = capacity(Polynomial(3), 64, trials=30, seed=3)
    finally:
        numba.set_num_threads(threads)
    assert capacity(Polynomial(3), 64, trials=30, seed=3) == alone
    assert capacity(Polynomial(3), 64, trials=30, seed=4) != alone


def test_a_trial_travels():
    trial = Trial(Setting(Exponential(), 20, 0.1, 4, seed=0), 300, number=1)
    assert run(pickle.loads(pickle.dumps(trial))) == run(trial)
    assert run(replace(trial, number=2)) != run(trial)


def test_intervals_cover_the_exact_capacity():
    """Of 20 intervals of 95 %, 17 or more do with a probability of 98 %."""
    exact = exact_capacity(50, 0.02, range(8, 20))
    found = [capacity(Classical(), 50, error=0.02, trials=100, seed=seed) for seed in range(20)]
    assert sum(f.low < exact < f.high for f in found) >= 17


def test_intervals_of_a_crossing_cover_it_with_their_probability():
    """Trials whose error rates scatter by 15 %, as those of poly 3 do, about a known line."""
    rng = np.random.default_rng(0)
    bits, true, hits = 20_000, 600.0, 0
    for _ in range(200):
        tallies = []
        for patterns in (450, 570, 571, 630, 631, 800):
            share = NORMAL.cdf(NORMAL.inv_cdf(0.01) * math.sqrt(true / patterns))
            rates = share * rng.gamma(1 / 0.15**2, 0.15**2, size=20)
            wrong = tuple(int(w) for w in rng.binomial(bits, rates))
            tallies.append(Tally(patterns, bits, wrong))
        found = crossing(tallies, 0.01, near=550.0)
        assert found is not None
        hits += found.low < true < found.high
    assert 182 <= hits <= 198


def test_wilson():
    low, high = wilson(0.0, 100)
    assert low == 0
    assert high == pytest.approx(3.8415 / 103.8415, rel=1e-4)
    assert wilson(1.0, 100) == pytest.approx((1 - high, 1))
    # Both ends are where the share is 1.96 standard deviations away.
    for end in wilson(0.03, 700):
        assert abs(0.03 - end) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / 700))


def test_effective_bits():
    rng = np.random.default_rng(0)
    fair = Tally(9, 5000, tuple(int(w) for w in rng.binomial(5000, 0.02, size=400)))
    assert 0.8 * fair.total_bits < fair.effective_bits <= fair.total_bits
    # Rates that scatter by half: var(p) = p(1 − p)/bits + (p/2)², so 5000 bits are worth 190.
    rates = 0.02 * rng.gamma(4, 0.25, size=400)
    uneven = Tally(9, 5000, tuple(int(w) for w in rng.binomial(5000, rates)))
    assert uneven.effective_bits == pytest.approx(400 * 190, rel=0.25)
    assert Tally(9, 50, (0, 0, 0)).effective_bits == 150
    assert Tally(9, 50, (2, 2, 2)).effective_bits == 150
    assert Tally(9, 50, (3,)).effective_bits == 50


def test_exp_holds_more_than_can_be_stored(monkeypatch):
    monkeypatch.setattr(stability, "LARGEST_PATTERNS", 2**14)
    found = capacity(Exponential(), 100, error=0.01)
    assert (found.patterns, found.low, found.high) == (None, 2**14, None)
    (point,) = found.points
    assert (point.low, point.share) == (0, 0)
    assert 0 < point.high < 0.01


def test_rare_errors_are_excluded_where_enough_bits_can_be_probed(monkeypatch):
    monkeypatch.setattr(stability, "LARGEST_PATTERNS", 2**14)
    monkeypatch.setattr(stability, "ELEMENTS", 2**21)
    found = capacity(Exponential(), 100, error=1e-5)
    assert (found.patterns, found.high) == (None, None)
    assert 2**8 <= found.low < 2**14
    assert found.points[0].high < 1e-5 < found.points[-1].high


def test_exp_capacity_of_a_small_network():
    """84.6 ± 0.3 by 4 · 10⁶ draws of what a bit feels (counted.py)."""
    found = capacity(Exponential(), 12, error=0.01)
    assert found.low < 84.6 < found.high


def test_a_network_that_not_even_one_pattern_is_stable_in():
    """Half of the bits are flipped, so the cue is as near to the negative of the pattern."""
    found = capacity(Classical(), 10, noise=0.49)
    assert (found.patterns, found.low, found.high) == (0, 0, 1)


@pytest.mark.parametrize("interaction", [Classical(), Polynomial(3), Exponential()])
@pytest.mark.parametrize("neurons", [2, 3, 9])
@pytest.mark.parametrize("trials", [1, 7, 40])
def test_the_smallest_networks_and_the_fewest_trials(interaction, neurons, trials):
    for error in (1e-4, 0.2):
        found = capacity(interaction, neurons, error=error, trials=trials)
        assert sum(point.trials for point in found.points) <= trials
        if found.patterns is None:
            assert found.high is None or found.low < found.high
        else:
            assert found.high is not None
            assert found.low <= found.patterns <= found.high < math.inf


def test_points_are_told_as_they_are_measured():
    told = []
    found = capacity(Classical(), 60, trials=50, on_point=lambda *told_of: told.append(told_of))
    done = [trials for _, trials, _ in told]
    assert done == sorted(set(done))
    assert done[-1] == sum(point.trials for point in found.points) == 50
    assert {total for *_, total in told} == {50}
    last = {point.patterns: point for point, *_ in told}
    assert tuple(last[k] for k in sorted(last)) == found.points


def test_neighbourhoods_hold_even_and_odd_numbers():
    for centre in (1.0, 1.7, 3.2, 8.0, 19.4, 600.0):
        around = neighbourhood(centre, 0.1, 10**6)
        assert sum(k % 2 for k in around) * 2 == len(around) == 4
        assert around[0] >= 1
        assert around[1] - 1 <= centre <= around[2] + 1
    assert neighbourhood(99.0, 0.1, 100) == [89, 90, 100]
    assert neighbourhood(1.0, 0.1, 2) == [1, 2]


@pytest.mark.parametrize(
    ("wrong", "given"),
    [
        ({"neurons": 1}, "n=1"),
        ({"error": 0.5}, "error=0.5"),
        ({"noise": 0.5}, "noise=0.5"),
        ({"trials": 0}, "trials=0"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_figures_out_of_range_are_refused_in_one_line(wrong, given):
    figures = {"neurons": 100, "error": 0.01, "noise": 0.0, "trials": 10, "seed": 0, **wrong}
    with pytest.raises(HopError, match=f"^{given} was given, .*; try [^\n]*$"):
        Experiment(Classical(), measure="stability", loads=(), **figures)
