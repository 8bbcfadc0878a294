"""Retrieval of random patterns against its slow twin, and against what is known of it."""

import pickle

import naive
import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.schedules import Random
from hopcli.experiments import retrieval
from hopcli.experiments.capacity import capacity, points
from hopcli.experiments.drawing import drawn
from hopcli.experiments.retrieval import Retrieval
from hopcli.experiments.trials import Setting, Trial


@pytest.mark.parametrize(
    ("interaction", "energy"),
    [
        (Classical(), {"energy": "classical"}),
        (Polynomial(3), {"energy": "poly", "degree": 3}),
        (Exponential(), {"energy": "exp"}),
    ],
)
@pytest.mark.parametrize(("neurons", "patterns", "noise"), [(20, 9, 0.2), (31, 2, 0.0)])
def test_a_trial_agrees_with_its_slow_twin(interaction, energy, neurons, patterns, noise):
    trial = Trial(Setting(interaction, neurons, noise, 3, seed=5), patterns, number=2)
    (ends,) = Retrieval().run([trial])
    rng = np.random.default_rng([5, patterns, 2])
    stored, cues = (packing.unpack(words, neurons) for words in drawn(trial, ends.of))
    wrong, other, total, sweeps = 0, 0, 0.0, 0
    for cue, own, stream in zip(cues, stored[: ends.of], rng.spawn(ends.of), strict=True):
        state, before = [int(s) for s in cue], None
        while state != before:
            before = state
            state = naive.sweep(stored, state, Random().order(neurons, stream), **energy)
            sweeps += 1
        overlaps = [sum(int(a) * b for a, b in zip(xi, state, strict=True)) for xi in stored]
        overlap = sum(int(a) * b for a, b in zip(own, state, strict=True)) / neurons
        total += overlap
        wrong += overlap < 0.9
        other += overlap < 0.9 <= max(abs(m) for m in overlaps) / neurons
    assert (ends.wrong, ends.other, ends.sweeps) == (wrong, other, sweeps)
    assert ends.overlap == pytest.approx(total)
    assert ends.of == min(patterns, retrieval.cues(neurons, patterns))


def test_trials_travel():
    trials = [Trial(Setting(Classical(), 40, 0.1, 4, seed=0), 8, number) for number in range(4)]
    assert Retrieval().run(pickle.loads(pickle.dumps(trials))) == [
        Retrieval().run([trial])[0] for trial in trials
    ]


def test_shares_add_up_and_grow_worse_with_patterns():
    setting = Setting(Classical(), 100, 0.0, 40, seed=1)
    found = points(Retrieval(), setting, [10, 25, 45]).points
    assert [point.patterns for point in found] == [10, 25, 45]
    assert found[0].share < 0.1 < found[1].share < 0.9 < found[2].share
    assert found[0].overlap > 0.98 > found[1].overlap > found[2].overlap
    for point in found:
        assert point.other + point.spurious == pytest.approx(point.share)
        assert point.low <= point.share <= point.high
        assert point.trials == 40
        assert point.sweeps >= 1


def test_among_very_many_patterns_exp_ends_at_another_one():
    setting = Setting(Exponential(), 12, 0.25, 20, seed=0)
    (point,) = points(Retrieval(), setting, [200]).points
    assert point.other > 0.5
    assert point.spurious < 0.2


def test_half_of_the_cues_come_back_a_little_above_0138():
    """For N = 1,000 at 0.164, for 4,000 at 0.1515; 0.138 is the limit of large N."""
    found = capacity(Retrieval(), Setting(Classical(), 1000, 0.0, 60, seed=0), error=0.5)
    assert found.low < 164 < found.high
    assert found.high - found.low < 10
    below = [point for point in found.points if point.load <= 0.138]
    assert all(point.share < 0.25 for point in below)
    assert all(point.overlap > 0.9 for point in below)


@pytest.mark.slow
def test_the_jump_of_4000_neurons():
    """From an overlap of 0.97 to one of 0.35 (Amit, Gutfreund and Sompolinsky 1985).

    Of 4,000 neurons one cue in fifteen is lost at 0.138 already, so the side before it is 0.125.
    """
    setting = Setting(Classical(), 4000, 0.0, 12, seed=0)
    before, after = points(Retrieval(), setting, [500, 680]).points
    assert before.overlap > 0.97
    assert before.share < 0.05
    assert after.overlap < 0.45
    assert after.share > 0.9
