"""The alignment's kernels do what is written, pixel by pixel; energies never rise."""

import math

import naive_alignment as naive
import numba
import numpy as np
import pytest

from hopcli.alignment import explain, search
from hopcli.kernels import alignment, explaining

UNMOVED = np.array([0, 1, 0, 0, 0, 1.0])
# At the very centre of a pixel the derivative has two values.
ALMOST_UNMOVED = np.array([0.013, 1, 0, 0.017, 0, 1.0])
POSES = (
    ALMOST_UNMOVED,
    np.array([0.1, 0.9, 0.2, -0.2, -0.15, 1.1]),
    np.array([0.0, 0, 1, 0, 1, 0]),
    np.array([0.4, 1.6, 0, -0.3, 0, 1.6]),
)
SHEARS = np.array([[0.5, 0, 0, -0.5], [0, 0.5, 0.5, 0]])
SETTINGS = np.array([0.03, 0.25, 0.1, 1500.0, 1e-5])
SIZES = ((1, 1, 1), (1, 7, 1), (6, 1, 3), (9, 8, 1), (7, 10, 3))


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype(np.float32)


@pytest.mark.parametrize("size", SIZES)
def test_maps_are_sampled_at_the_cells(size):
    affines, source = np.array(POSES), noise(*size)
    out = np.empty((len(affines), 4 * 5 * size[2]), np.float32)
    alignment.render(source, affines, 4, 5, out)
    assert np.allclose(out, naive.rendered(source, affines, 4, 5), atol=1e-5)


@pytest.mark.parametrize("size", SIZES)
def test_pictures_are_sampled_with_their_derivatives(size):
    picture = noise(*size)
    for affine in POSES:
        values, across, down = (np.empty((4, 5, size[2]), np.float32) for _ in range(3))
        inside = np.empty((4, 5), np.bool_)
        alignment.warp(picture, affine, 4, 5, values, across, down, inside)
        for i, t in enumerate(naive.centres(4)):
            for j, s in enumerate(naive.centres(5)):
                expected = naive.sampled(picture, affine, s, t)
                assert inside[i, j] == (expected is not None)
                if expected is not None:
                    found = values[i, j], across[i, j], down[i, j]
                    assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("pictures", "poses", "count"), [(1, 1, 1), (1, 9, 3), (6, 40, 3)])
def test_the_best_poses_are_kept(pictures, poses, count):
    scores, prior = noise(pictures, poses) - np.float32(0.5), noise(poses, seed=1)
    best = np.empty((pictures, count), np.float32)
    which = np.empty((pictures, count), np.int64)
    alignment.best_poses(scores, prior, count, best, which)
    values, order = naive.best_poses(scores, prior, count)
    assert np.allclose(best, values)
    assert np.array_equal(which, order)


def explained(cue, known, pictures, affines, starts, iterations, holding=0):
    count, depth = len(pictures), cue.shape[2]
    results = np.zeros((count, 8))
    maps = np.zeros((count, *known.shape), np.float32)
    history = np.empty((count, iterations + 1))
    colours = np.full((count, 2, depth), 0.3)
    forms = np.repeat(SHEARS[None], count, axis=0)
    affines = np.array(affines)
    explaining.explain(
        cue, known, pictures, affines, forms, starts, colours, SETTINGS, iterations, holding,
        results, maps, history,
    )  # fmt: skip
    return results, maps, history, affines, colours


def hard_cases():
    for size in SIZES:
        picture = noise(*size)
        left = np.arange(size[1])[:, None] < size[1] / 2
        grey, black = np.full(size, 0.5), np.zeros(size)
        yield picture, picture
        yield noise(*size, seed=1), picture
        yield np.where(left, 0, picture), picture
        yield 1 - picture, picture
        yield grey, picture
        yield picture, grey
        yield black, black


@pytest.mark.parametrize("iterations", [0, 3, 12])
def test_the_energy_is_that_of_the_formula_and_never_rises(iterations):
    for cue, picture in hard_cases():
        cue, picture = (np.ascontiguousarray(each, np.float32) for each in (cue, picture))
        height, width, _ = cue.shape
        known = np.float32(0.2) + np.float32(0.8) * noise(height, width, seed=2)
        if known.size > 20:
            known[2, 3:5] = 0
        starts = np.ones((1, height, width), np.float32)
        pictures = np.repeat(picture[None], len(POSES), axis=0)
        results, maps, history, affines, colours = explained(
            cue, known, pictures, POSES, starts, iterations, holding=1
        )
        assert np.isfinite(results).all()
        assert (np.diff(history, axis=1) <= 0).all()
        assert ((maps >= 0) & (maps <= 1)).all()
        assert np.array_equal(results[:, 0], history[:, -1])
        for n, result in enumerate(results):
            energy = naive.energy(
                cue, known, picture, affines[n], SHEARS, colours[n], SETTINGS, result, maps[n]
            )
            assert result[0] == pytest.approx(energy, rel=2e-4, abs=0.02)


def test_a_cue_of_which_nothing_is_known_is_explained_by_nothing():
    cue, picture = noise(5, 6, 1), noise(1, 5, 6, 1)
    nothing, starts = np.zeros((5, 6), np.float32), np.ones((1, 5, 6), np.float32)
    results, maps, *_ = explained(cue, nothing, picture, [UNMOVED], starts, 4)
    assert np.isfinite(results).all()
    assert not maps.any()


def test_hypotheses_do_not_depend_on_each_other():
    cue, known = noise(9, 8, 3), np.ones((9, 8), np.float32)
    pictures = noise(4, 9, 8, 3, seed=3)
    starts = np.ones((1, 9, 8), np.float32)
    together = explained(cue, known, pictures, POSES, starts, 6)
    for n, pose in enumerate(POSES):
        alone = explained(cue, known, pictures[n : n + 1], [pose], starts, 6)
        for one, all_of_them in zip(alone, together, strict=True):
            assert np.array_equal(one[0], all_of_them[n])


def test_explanations_go_on_from_where_they_ended():
    cue, known = noise(9, 8, 1), np.ones((9, 8), np.float32)
    starts, none = np.ones((1, 9, 8), np.float32), np.empty((0, 9, 8), np.float32)
    pictures = cue[None]
    results, maps, _, affines, colours = explained(cue, known, pictures, [POSES[1]], starts, 5)
    before = results[0, 0]
    history = np.empty((1, 6))
    explaining.explain(
        cue, known, pictures, affines, SHEARS[None], none, colours, SETTINGS, 5, 0, results, maps,
        history,
    )  # fmt: skip
    assert results[0, 0] <= before + 1e-3 * abs(before)
    assert math.isfinite(history[0, -1])


def test_regions_of_one_colour_are_numbered_by_area():
    colour = np.zeros((5, 6, 1), np.float32)
    colour[:, 4:] = 1
    flat = np.ones((5, 6), np.bool_)
    flat[:, 3] = False
    labels, count = alignment.components(flat, colour, 0.1, 1)
    assert count == 2
    assert (labels[:, :3] == 1).all()
    assert (labels[:, 4:] == 2).all()
    assert not labels[:, 3].any()


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_nothing(threads, monkeypatch):
    pictures = (255 * noise(600, 12, 10, 1)).astype(np.uint8)
    cue = pictures[5].astype(np.float32) / 255
    alone = explain.search(search.index(pictures), cue, richness="upright")
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    found = explain.search(search.index(pictures), cue, richness="upright")
    assert np.array_equal(found.picture, alone.picture)
    assert np.array_equal(found.energy, alone.energy)
    assert np.array_equal(found.maps, alone.maps)
