"""Runs of the live page: a frame at a time, they come to what the commands come to."""

import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.networks import BinaryNetwork, dynamics_of
from hopcli.binary.recall import recall
from hopcli.continuous import classification, generation
from hopcli.continuous.overlap import overlap
from hopcli.errors import HopError
from hopcli.storage import memories
from hopcli.storage.memory_file import memory_of
from hopcli.web import courses
from hopcli.web.courses import Cue
from hopcli.web.description import describe
from hopcli.web.exhibit import Exhibit, nearest
from hopcli.web.settings import Settings

PLAIN = {
    "energy": "exp", "degree": 3, "beta": None, "update": "async", "order": "random",
    "clamp": "nothing", "label": 0, "seed": 0,
}  # fmt: skip


def settings(**given):
    return Settings.of(PLAIN | given)


def binary_exhibit(states, labels=None):
    states = np.asarray(states, dtype=np.int8)
    count = len(states)
    memory = memory_of(
        "binary", (1, states.shape[1]), packing.pack(states), [f"{k}.png" for k in range(count)],
        labels or [None] * count,
    )  # fmt: skip
    return Exhibit(memory, "memory.npz")


def picture_exhibit(count=12, shape=(6, 5), mode="gray", labels="abc", seed=0):
    rng = np.random.default_rng(seed)
    full = (*shape, 3) if mode == "rgb" else shape
    patterns = rng.integers(256, size=(count, np.prod(full)), dtype=np.uint8)
    names = [f"{k}.png" for k in range(count)]
    given = [labels[k % len(labels)] for k in range(count)] if labels else [None] * count
    return Exhibit(memory_of(mode, full, patterns, names, given), "memory.npz")


def cue_of(exhibit, state):
    """From ±1 or levels of bytes; 0 or NaN is unknown."""
    state = np.asarray(state)
    if exhibit.is_binary:
        return Cue(np.where(state > 0, 255, 0).astype(np.uint8), state != 0)
    return Cue(np.nan_to_num(state).astype(np.uint8), ~np.isnan(state.astype(float)))


def run(course, visits=7, temperature=0.0, most=3000):
    frames = [course.frame()]
    while frames[-1].outcome is None and len(frames) < most:
        frames.append(course.step(visits, temperature))
    return frames


@pytest.mark.parametrize("energy", ["classical", "poly", "exp"])
@pytest.mark.parametrize("how", ["random", "sequential", "sync"])
@pytest.mark.parametrize(("patterns", "neurons"), [(1, 1), (1, 70), (5, 64), (9, 33), (200, 21)])
def test_a_binary_run_is_the_recall_of_the_command(energy, how, patterns, neurons):
    rng = np.random.default_rng(patterns)
    states = rng.choice([-1, 1], (patterns, neurons))
    exhibit = binary_exhibit(states)
    update = "sync" if how == "sync" else "async"
    order = "sequential" if how == "sequential" else "random"
    for seed in range(3):
        cue = rng.choice([-1, 0, 1], neurons).astype(np.int8)
        chosen = settings(energy=energy, update=update, order=order, seed=seed)
        network = BinaryNetwork(exhibit.memory.patterns, neurons, chosen.interaction)
        (expected,) = recall(
            dynamics_of(network, 1), cue[None], schedule=chosen.schedule,
            rng=np.random.default_rng([seed, 1]),
        )  # fmt: skip
        frames = run(courses.begin(exhibit, cue_of(exhibit, cue), chosen))
        last = frames[-1]
        signs = np.where(last.known, np.where(last.levels == 255, 1, -1), 0)
        assert np.array_equal(signs, expected.state)
        assert last.outcome == expected.outcome.name.lower()
        assert (last.sweeps, last.flips) == (expected.sweeps, expected.flips)
        whole = [frame.energy for frame in frames if frame.time == frame.sweeps]
        assert whole == list(expected.energies)
        place = last.inverse if last.outcome == "inverse" else last.nearest[0][0]
        if last.outcome in ("memory", "inverse"):
            assert np.array_equal(abs(states[place] @ signs), neurons)


def test_frames_end_where_sweeps_end_and_energy_never_rises():
    states = np.random.default_rng(0).choice([-1, 1], (4, 50))
    exhibit = binary_exhibit(states)
    cue = np.where(np.random.default_rng(1).random(50) < 0.3, -states[0], states[0])
    frames = run(courses.begin(exhibit, cue_of(exhibit, cue), settings()), visits=20)
    assert [frame.time for frame in frames[:5]] == [0, 0.4, 0.8, 1, 1.4]
    energies = [frame.energy for frame in frames]
    assert energies == sorted(energies, reverse=True)
    assert energies[0] > energies[-1]


def test_what_has_settled_stays_until_it_is_heated():
    states = np.random.default_rng(0).choice([-1, 1], (3, 64))
    exhibit = binary_exhibit(states)
    course = courses.begin(exhibit, cue_of(exhibit, states[0]), settings())
    last = run(course)[-1]
    assert last.outcome == "memory"
    still = course.step(64, 0.0)
    assert (still.sweeps, still.energy) == (last.sweeps, last.energy)
    hot = [course.step(64, 50.0) for _ in range(20)]
    assert {frame.outcome for frame in hot} == {None}
    assert max(frame.nearest[0][1] for frame in hot) < 1
    cooled = run(course)[-1]
    assert cooled.outcome is not None


def test_all_at_once_has_no_temperature():
    exhibit = binary_exhibit(np.ones((2, 8)))
    course = courses.begin(exhibit, cue_of(exhibit, np.ones(8)), settings(update="sync"))
    with pytest.raises(HopError, match="temperature"):
        course.step(1, 1.0)


@pytest.mark.parametrize("mode", ["gray", "rgb"])
@pytest.mark.parametrize("labels", ["abc", ""])
def test_hidden_pixels_come_back_and_the_energy_never_rises(mode, labels):
    exhibit = picture_exhibit(mode=mode, labels=labels)
    for index in range(len(exhibit.memory)):
        state = exhibit.levels(np.array([index]))[0].astype(float)
        state[: len(state) // 2 // 3 * 3] = np.nan
        frames = run(courses.begin(exhibit, cue_of(exhibit, state), settings(energy="lse")))
        assert frames[-1].outcome == "memory"
        assert frames[-1].nearest[0][0] == index
        energies = [frame.energy for frame in frames]
        assert energies == sorted(energies, reverse=True)
        if labels:
            assert frames[-1].labels.sum() == pytest.approx(1)
            assert frames[-1].labels.argmax() == index % 3


def test_nothing_known_begins_at_the_mean_of_all():
    exhibit = picture_exhibit()
    frame = courses.begin(
        exhibit, cue_of(exhibit, np.full(30, np.nan)), settings(energy="lse")
    ).frame()
    mean = exhibit.levels(np.arange(12)).mean(axis=0)
    assert np.abs(frame.levels - mean).max() <= 0.5


@pytest.mark.parametrize("binary", [False, True])
def test_a_clamped_label_generates_what_the_command_does(binary):
    if binary:
        states = np.random.default_rng(0).choice([-1, 1], (8, 40))
        exhibit = binary_exhibit(states, list("abababab"))
    else:
        exhibit = picture_exhibit(labels="ab")
    for label in (0, 1):
        for seed in range(3):
            cue = cue_of(exhibit, np.full(exhibit.memory.neurons, 0 if binary else np.nan))
            chosen = settings(energy="lse", clamp="label", label=label, seed=seed)
            frames = run(courses.begin(exhibit, cue, chosen))
            (rng,) = np.random.default_rng([seed, 2]).spawn(1)
            expected = generation.generate(
                exhibit.patterns(), exhibit.labels, label, beta=exhibit.betas["label"], rng=rng
            )
            assert frames[-1].outcome == "memory"
            assert frames[-1].nearest[0][0] == expected.index
            assert exhibit.labels[expected.index] == label
            assert np.abs(frames[-1].levels / 255 - expected.picture).max() < 0.01


def test_a_label_that_no_pattern_bears_is_refused():
    exhibit = picture_exhibit(labels="ab")
    cue = cue_of(exhibit, np.zeros(30))
    with pytest.raises(HopError, match="no pattern bears it"):
        courses.begin(exhibit, cue, settings(clamp="label", label=2))
    for clamp in ("label", "picture"):
        with pytest.raises(HopError, match=f"{clamp} was to be clamped, .* no labels"):
            courses.begin(picture_exhibit(labels=""), cue, settings(clamp=clamp))


def test_what_takes_long_is_worked_out_when_it_is_needed(monkeypatch):
    exhibit = picture_exhibit()
    betas = describe(exhibit)[0]["betas"]
    assert betas == exhibit.betas
    monkeypatch.setattr("hopcli.web.description.QUICKLY_COMPARED", 12 * 12 - 1)
    late = picture_exhibit()
    assert describe(late)[0]["betas"] == betas | {"picture": 0.0}
    cue = cue_of(late, np.zeros(30))
    frames = [
        run(courses.begin(late, cue, settings(clamp="picture", beta=beta)))[-1].labels
        for beta in (None, betas["picture"])
    ]
    assert np.array_equal(*frames)


def test_binary_memories_too_large_for_levels_clamp_nothing(monkeypatch):
    exhibit = binary_exhibit(np.ones((2, 8)), ["a", "b"])
    monkeypatch.setattr("hopcli.web.exhibit.LEVELS_AT_MOST", 15)
    assert exhibit.betas == {"recall": 1.0, "label": None, "picture": None}
    with pytest.raises(HopError, match="too large"):
        courses.begin(exhibit, cue_of(exhibit, np.ones(8)), settings(clamp="label"))


@pytest.mark.parametrize("binary", [False, True])
def test_a_clamped_picture_is_classified_as_the_command_does(binary):
    rng = np.random.default_rng(3)
    if binary:
        exhibit = binary_exhibit(rng.choice([-1, 1], (9, 30)), [*"abcabcab", None])
    else:
        exhibit = picture_exhibit()
    for _ in range(5):
        if binary:
            state = rng.choice([-1, 0, 1], 30).astype(np.int8)
        else:
            state = rng.integers(256, size=30).astype(float)
            state[rng.random(30) < 0.3] = np.nan
        cue = cue_of(exhibit, state)
        frames = run(courses.begin(exhibit, cue, settings(clamp="picture", beta=0.4)))
        expected = classification.classify(
            exhibit.distances(cue.state(exhibit.memory.mode)), exhibit.labels[exhibit.labelled],
            3, beta=0.4, strength=1.5,
        )  # fmt: skip
        assert np.abs(frames[-1].labels - expected.probabilities).max() < 5e-3
        assert np.array_equal(frames[-1].levels[cue.known], cue.levels[cue.known])
        assert np.array_equal(frames[-1].known, cue.known)


def test_distances_are_those_over_known_neurons_for_all():
    exhibit = binary_exhibit([[1, 1, 1, 1], [1, -1, -1, -1]], ["a", "b"])
    assert exhibit.distances(np.array([1, 1, 0, 0], np.int8)).tolist() == [0, 8]


def test_cosines_are_those_of_mean_free_pictures():
    exhibit = picture_exhibit()
    x = np.random.default_rng(5).random(30)
    patterns = exhibit.levels(np.arange(12)) / 255
    expected = [overlap(x, pattern) for pattern in patterns]
    assert exhibit.cosines(exhibit.patterns(), x) == pytest.approx(expected, abs=1e-9)
    flat = exhibit.cosines(exhibit.patterns(), np.full(30, 0.5))
    assert flat.tolist() == [0] * 12


def test_the_nearest_are_in_order_and_of_equal_ones_the_first():
    likeness = np.array([1, 5, 3, 5, 3, 3, 3, 0])
    assert nearest(likeness).tolist() == [1, 3, 2, 4, 5]
    assert nearest(np.array([2.0])).tolist() == [0]


def test_points_are_in_the_plane_of_the_thumbnails():
    exhibit = picture_exhibit()
    about, (thumbnails, points) = describe(exhibit)
    assert len(thumbnails) == 12 * 30
    plane = np.frombuffer(points, "<f4").reshape(-1, 2)
    for index in range(12):
        cue = cue_of(exhibit, exhibit.levels(np.array([index]))[0])
        frame = courses.begin(exhibit, cue, settings(energy="lse")).frame()
        assert frame.point == pytest.approx(plane[index], abs=1e-5)
    assert sum(about["plane"]["shares"]) <= 1


def test_of_many_patterns_some_are_listed_and_large_ones_shrunk():
    exhibit = picture_exhibit(count=1100, shape=(2, 2), labels="")
    about, (thumbnails, _) = describe(exhibit)
    assert (len(about["listed"]), about["patterns"]) == (1000, 1100)
    assert about["listed"][-1]["index"] == 1099
    large = picture_exhibit(count=2, shape=(200, 100), mode="rgb", labels="")
    about, (thumbnails, _) = describe(large)
    assert about["thumbnails"] == {"height": 64, "width": 32}
    assert len(thumbnails) == 2 * 64 * 32 * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"energy": "cubic"}, {"degree": 1}, {"degree": 2.5}, {"beta": 0}, {"beta": "1"},
        {"beta": float("inf")}, {"seed": -1}, {"seed": True}, {"clamp": None}, {"order": []},
    ],
)  # fmt: skip
def test_settings_that_are_none_are_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(HopError, match=f"^{name} "):
        settings(**wrong)


def test_weights_that_were_learned_are_what_classical_goes_by(hop, folder, random_memory):
    random_memory(patterns=40, shape=(8, 8))
    assert hop("learn", "--rule", "projection").code == 0
    exhibit = Exhibit(memories.load(folder / "memory.npz"), "memory.npz")
    states = exhibit.memory.states(slice(None))
    assert describe(exhibit)[0]["rule"].startswith("projection")
    for index in range(5):
        course = courses.begin(
            exhibit, cue_of(exhibit, states[index]), settings(energy="classical")
        )
        frames = run(course)
        assert (frames[-1].outcome, frames[-1].flips) == ("memory", 0)
        assert course.step(16, 30.0).outcome is None


@pytest.mark.parametrize(
    ("neurons", "shown"), [(1, (1, 1)), (64, (8, 8)), (48, (6, 8)), (7, (1, 7)), (22, (2, 11))]
)
def test_rows_that_make_a_rectangle_are_shown_as_one(neurons, shown):
    memory = binary_exhibit(np.ones((2, neurons))).memory
    expected = shown if shown[1] <= 4 * shown[0] else (1, neurons)
    assert Exhibit.of(memory, "m").memory.shape == expected
