"""Sums over patterns by kernels: bit by bit what the formula gives, in whole numbers."""

import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.kernels import bits, classical, grouped

SHAPES = [(1, 1), (2, 64), (70, 65), (31, 130), (33, 600), (4000, 513), (2000, 1)]


def patterns(stored, neurons):
    return np.random.default_rng(stored).choice([-1, 1], (stored, neurons)).astype(np.int8)


def fields(words, overlaps, weights, offsets):
    """What the kernel gives, and how many patterns it found at each place."""
    out = np.empty((len(overlaps), words.shape[1] * 64), dtype=weights.dtype)
    counts = np.full((len(overlaps), len(weights)), -1)
    grouped.fields(words, overlaps, weights, offsets, out, counts)
    return out, counts


@pytest.mark.parametrize("real", [np.float32, np.float64])
@pytest.mark.parametrize(("stored", "neurons"), SHAPES)
def test_fields_are_the_weighted_sum_of_all_patterns(stored, neurons, real):
    xi, rng = patterns(stored, neurons), np.random.default_rng(neurons)
    # One cue whose overlaps are all alike, one with two of them, one with many.
    overlaps = np.array([rng.integers(0, many, stored) for many in (1, 2, 50)], dtype=np.int32) - 20
    offsets = np.array([20, 25, 20])
    weights = rng.integers(-100, 100, 60).astype(real)
    found, counts = fields(packing.pack(xi), overlaps, weights, offsets)
    places = overlaps + offsets[:, None]
    assert np.array_equal(found[:, :neurons], weights[places].astype(np.int64) @ xi.astype(int))
    assert np.array_equal(counts, [np.bincount(row, minlength=60) for row in places])


def test_fields_of_several_parts_add_up():
    stored = 2 * grouped.PART + 5
    xi = patterns(stored, 3)
    overlaps = np.random.default_rng(1).integers(0, 40, (2, stored)).astype(np.int32)
    weights = np.arange(40) ** 3.0
    found, counts = fields(packing.pack(xi), overlaps, weights, np.zeros(2, dtype=np.int64))
    assert np.array_equal(found[:, :3], weights[overlaps].astype(np.int64) @ xi.astype(int))
    assert (counts.sum(axis=1) == stored).all()


def test_a_weight_beyond_all_numbers_leaves_fields_undecided_but_not_those_without_it():
    words = packing.pack(patterns(5, 70))
    overlaps = np.zeros((2, 5), dtype=np.int32)
    overlaps[1, 3] = 1
    found, _ = fields(words, overlaps, np.array([1.0, np.inf]), np.zeros(2, dtype=np.int64))
    assert np.isfinite(found[0]).all()
    assert not np.isfinite(found[1]).any()


@pytest.mark.parametrize(("stored", "neurons"), SHAPES)
def test_columns_are_rows_transposed(stored, neurons):
    xi = patterns(stored, neurons)
    columns = np.empty((neurons, packing.words_for(stored)), dtype=np.uint64)
    bits.transpose(packing.pack(xi), columns)
    assert np.array_equal(columns, packing.pack(xi.T))


@pytest.mark.parametrize("words", [1, 3, 7])
def test_sums_of_overlaps_are_whole_beyond_32_bits(words):
    # The largest overlaps of which 64 for each of so many words add up to less than 2³¹.
    neurons = (2**31 - 1) // (64 * words)
    overlaps = np.full(7 * 64, neurons, dtype=np.int32)
    ones = np.full(7, 2**64 - 1, dtype=np.uint64)
    assert classical.sum_of_ones(ones, overlaps, neurons) == neurons * 7 * 64


@pytest.mark.parametrize("stored", [1, 3, 4, 1001])
def test_overlaps_are_counted(stored):
    overlaps = np.random.default_rng(stored).integers(-9, 10, stored).astype(np.int32)
    counts = np.zeros(19, dtype=np.int64)
    bits.count(overlaps, -9, counts)
    assert np.array_equal(counts, np.bincount(overlaps + 9, minlength=19))
