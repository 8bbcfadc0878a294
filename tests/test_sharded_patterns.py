"""Grey and coloured patterns in parts: every comparison and recall is that of one piece."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hopcli.continuous import byte_patterns
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.recall import PictureMemory, recall
from hopcli.continuous.sharded_patterns import ShardedPatterns
from hopcli.executors import SERIAL, PartitionedExecutor, SerialExecutor
from hopcli.parts import AbstractPart


@dataclass(frozen=True)
class Held(AbstractPart):
    """A part that is in memory."""

    start: int
    patterns: int
    values: np.ndarray

    def open(self):
        return self.values[self.start : self.start + self.patterns]


@pytest.fixture(params=["numpy", "kernels"], autouse=True)
def arithmetic(request, monkeypatch):
    if request.param == "kernels":
        monkeypatch.setattr(byte_patterns, "SMALL", 0)


def drawn(patterns=60, neurons=75, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 256, (patterns, neurons), dtype=np.uint8)
    values[patterns // 2] = values[1]
    values[patterns // 3] = np.clip(values[2].astype(int) + 1, 0, 255)
    return values


def both(values, size, executor=SERIAL):
    parts = [Held(k, min(size, len(values) - k), values) for k in range(0, len(values), size)]
    return (
        BytePatterns.suited(values, 1),
        ShardedPatterns(parts, values.shape[1], executor),
    )


@pytest.mark.parametrize("size", [1, 7, 60, 100])
def test_comparisons_are_those_of_one_piece(size):
    values = drawn()
    whole, sharded = both(values, size, PartitionedExecutor((SerialExecutor(),), 3))
    rng = np.random.default_rng(1)
    x = rng.random((2, 3, 75))
    x[0, 1, :20] = np.nan
    assert len(sharded) == len(whole)
    assert np.allclose(sharded.squared_distances(x), whole.squared_distances(x), atol=1e-9)
    assert np.allclose(sharded.absolute_distances(x), whole.absolute_distances(x), atol=1e-4)
    assert np.allclose(sharded.dot(x), whole.dot(x), atol=1e-4)
    z = rng.random((2, 60)) ** 9
    assert np.allclose(sharded.mix(z), whole.mix(z), atol=1e-12)
    some = np.array([0, 30, 59, 30, 2])
    assert np.array_equal(sharded.rows(some), whole.rows(some))
    assert np.array_equal(sharded.among(some).values, values[some])
    assert np.allclose(
        sharded.squares_to_others(some, len(some)), whole.squares_to_others(some, len(some))
    )
    assert sharded.nearest_by_magnitude(x[0, 0]) == whole.nearest_by_magnitude(x[0, 0])
    copy = values[30] / 255
    assert sharded.nearest_by_magnitude(copy) == 1


@pytest.mark.parametrize("reach", [0.0, 0.5, 3.0, 100.0])
def test_all_within_reach_are_found(reach):
    values = drawn()
    _, sharded = both(values, 7)
    for noise in (0.0, 0.02, 0.5):
        x = values[2] / 255 + noise * np.random.default_rng(2).normal(size=75)
        squares = ((values / 255 - x) ** 2).sum(axis=1)
        rows, radius = sharded.within(x, reach, np.empty(0, np.intp))
        assert np.isin(np.flatnonzero(squares <= squares.min() + reach), rows).all()
        assert radius**2 >= squares.min() + reach - 1e-9
        assert np.isin(np.flatnonzero(squares <= radius**2 - 1e-9), rows).all()
        assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("similarity", ["l2", "l1", "dot", "cosine"])
@pytest.mark.parametrize("beta", [None, 0.1])
def test_recalls_are_those_of_one_piece(similarity, beta):
    values = drawn()
    cues = values[[5, 30, 2]] / 255 + 0.1 * np.random.default_rng(3).normal(size=(3, 75))
    cues[1, :30] = np.nan
    one, other = (
        [recall(PictureMemory.of(patterns, similarity, beta), cue) for cue in cues]
        for patterns in both(values, 16)
    )
    for expected, found in zip(one, other, strict=True):
        assert np.allclose(found.state, expected.state, atol=1e-6)
        # Where steps gain no more than rounding errors, one of them may make one more.
        for ours, other in zip(found.energies, expected.energies, strict=False):
            assert ours == pytest.approx(other, abs=1e-6, rel=1e-6)
        assert found.energies[-1] == pytest.approx(expected.energies[-1], abs=1e-6, rel=1e-6)
        assert found.overlap == pytest.approx(expected.overlap, abs=1e-6)
        assert found.cue_overlap == pytest.approx(expected.cue_overlap, abs=1e-6)
        exact = {"state": None, "energies": (), "sweeps": 0, "overlap": 0.0, "cue_overlap": 0.0}
        assert replace(found, **exact) == replace(expected, **exact)
