"""Patterns in parts: every state, energy and ending is that of the patterns in one piece."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Sequential, Synchronous
from hopcli.binary.search import PackedSearch
from hopcli.binary.sharded import ShardedDynamics, ShardedNetwork, ShardedSearch
from hopcli.executors import SERIAL, PartitionedExecutor, SerialExecutor
from hopcli.parts import AbstractPart


@dataclass(frozen=True)
class Held(AbstractPart):
    """A part that is in memory."""

    start: int
    patterns: int
    words: np.ndarray

    def open(self):
        return self.words[self.start : self.start + self.patterns]


def parts_of(words, size):
    return [Held(k, min(size, len(words) - k), words) for k in range(0, len(words), size)]


def same(one, other):
    """Whether two recalls are the same to the last bit."""
    return np.array_equal(one.state, other.state) and (
        replace(one, state=None, film=()) == replace(other, state=None, film=())
    )


def compared(interaction, states, cues, *, size=3, executor=SERIAL, **settings):
    words, neurons = packing.pack(states), states.shape[1]
    whole = PlainDynamics.of(interaction, words, neurons)
    sharded = ShardedDynamics.of(interaction, neurons, parts_of(words, size), executor)
    expected, found = (
        recall(dynamics, cues, rng=np.random.default_rng(5), max_sweeps=12, **settings)
        for dynamics in (whole, sharded)
    )
    for one, other in zip(expected, found, strict=True):
        assert same(one, other), (one, other)


INTERACTIONS = [
    Classical(), Polynomial(2), Polynomial(3), Polynomial(8), Polynomial(61), Exponential(),
    Exponential(0.05), Exponential(3.0),
]  # fmt: skip


def drawn(patterns, neurons, seed, *, kind="random"):
    rng = np.random.default_rng(seed)
    states = rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)
    if kind == "near-duplicates":
        states[1:] = states[0]
        states[np.arange(1, patterns), rng.integers(0, neurons, patterns - 1)] *= -1
    if kind == "negatives":
        states[patterns // 2 :] = -states[: patterns - patterns // 2]
    cues = states[rng.integers(0, patterns, 5)].copy()
    cues[1:][rng.random(cues[1:].shape) < 0.3] *= -1
    cues[2:4][rng.random(cues[2:4].shape) < 0.4] = 0
    cues[4] = 0
    return states, cues


@pytest.mark.parametrize("interaction", INTERACTIONS, ids=lambda i: i.name)
@pytest.mark.parametrize("schedule", [Synchronous(), Random(), Sequential()], ids=repr)
@pytest.mark.parametrize("kind", ["random", "near-duplicates", "negatives"])
def test_parts_recall_what_one_piece_does(interaction, schedule, kind):
    for patterns, neurons, size in ((1, 1, 1), (2, 3, 1), (7, 64, 3), (40, 70, 7), (12, 129, 100)):
        states, cues = drawn(patterns, neurons, neurons, kind=kind)
        compared(interaction, states, cues, size=size, schedule=schedule)


@pytest.mark.parametrize("interaction", INTERACTIONS, ids=lambda i: i.name)
@pytest.mark.parametrize("schedule", [Synchronous(), Random()], ids=repr)
def test_known_neurons_may_be_clamped(interaction, schedule):
    states, cues = drawn(20, 65, 3)
    compared(interaction, states, cues, schedule=schedule, clamped=cues != 0)


def test_blocks_and_tasks_of_a_pass_are_put_together():
    states, cues = drawn(9000, 65, 4)
    for interaction in (Polynomial(5), Exponential(0.1)):
        compared(interaction, states, cues, size=5000, schedule=Synchronous())


def test_who_looks_at_the_parts_does_not_matter():
    states, cues = drawn(40, 70, 6)
    executor = PartitionedExecutor((SerialExecutor(),), 3)
    compared(Polynomial(4), states, cues, size=7, executor=executor, schedule=Random())


@pytest.mark.parametrize("schedule", [Synchronous(), Random()], ids=repr)
@pytest.mark.parametrize("kind", ["random", "near-duplicates", "negatives"])
@pytest.mark.parametrize("interaction", [Exponential(), Exponential(0.3), Polynomial(3)],
                         ids=lambda i: i.name)  # fmt: skip
def test_the_forms_that_networks_choose_agree(interaction, schedule, kind):
    states, cues = drawn(300, 200, 7, kind=kind)
    words = packing.pack(states)
    network = BinaryNetwork(words, 200, interaction)
    sharded = ShardedNetwork(parts_of(words, 77), 200, interaction, SERIAL)
    results = [
        recall(dynamics, cues, rng=np.random.default_rng(1), max_sweeps=12, schedule=schedule)
        for dynamics in (network.dynamics(len(cues)), sharded.dynamics(len(cues)))
    ]
    assert all(same(one, other) for one, other in zip(*results, strict=True))


@pytest.mark.parametrize("reach", [0, 1, 6, 40, 500])
@pytest.mark.parametrize("size", [1, 7, 64, 250])
def test_what_is_near_is_found_in_parts(reach, size):
    states, cues = drawn(250, 70, 8)
    words = packing.pack(states)
    search = ShardedSearch(parts_of(words, size), 70, SERIAL)
    overlaps = cues.astype(int) @ states.T
    for near, m in zip(search.within(cues, reach), overlaps, strict=True):
        assert np.isin(np.flatnonzero(m >= m.max() - reach), near.indices).all()
        assert np.array_equal(near.overlaps, m[near.indices])
        assert np.array_equal(near.words, words[near.indices])
        assert np.delete(m, near.indices).max(initial=-(10**6)) <= near.bound
        assert (np.diff(near.indices) > 0).all()
    assert np.array_equal(search.pattern(130), states[130])


def test_too_many_near_in_a_part_are_too_many_in_all():
    states = np.ones((5000, 70), dtype=np.int8)
    search = ShardedSearch(parts_of(packing.pack(states), 4900), 70, SERIAL)
    assert search.within(states[:1], 4) == [None]
    assert PackedSearch(packing.pack(states), 70).within(states[:1], 4) == [None]
