"""The page's own networks do what hopcli's do."""

import json
from dataclasses import replace

import javascript
import numpy as np
import pytest

from hopcli.binary import packing, schedules
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.storage import memory_file
from hopcli.web import courses, description
from hopcli.web.exhibit import Exhibit
from hopcli.web.export import embedded
from hopcli.web.settings import Settings

pytestmark = pytest.mark.skipif(javascript.missing() is not None, reason=javascript.missing() or "")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Run cases in JavaScript: from a list of cases to a list of answers."""
    with javascript.networks(tmp_path_factory.mktemp("page")) as run:
        yield run


INTERACTIONS = {
    "classical": lambda degree, beta: Classical(),
    "poly": lambda degree, beta: Polynomial(degree),
    "exp": lambda degree, beta: Exponential(beta),
}


SETTINGS = {
    "energy": "exp",
    "degree": 3,
    "beta": None,
    "update": "async",
    "order": "sequential",
    "clamp": "nothing",
    "label": 0,
    "seed": 3,
}


def case(patterns, cue, **settings):
    """One cue's recall, as the runner takes it."""
    return {
        "network": "recall",
        "patterns": np.asarray(patterns).tolist(),
        "neurons": len(patterns[0]),
        "cue": np.asarray(cue).tolist(),
        "energy": "classical",
        "degree": 3,
        "beta": 1.0,
        "update": "async",
        "visits": 7,
        "maxSweeps": 30,
    } | settings


def recalled(given):
    """What hopcli makes of a case."""
    patterns = np.array(given["patterns"], np.int8)
    interaction = INTERACTIONS[given["energy"]](given["degree"], given["beta"])
    (found,) = recall(
        PlainDynamics.of(interaction, packing.pack(patterns), given["neurons"]),
        np.array([given["cue"]], np.int8),
        schedule=schedules.Sequential() if given["update"] == "async" else schedules.Synchronous(),
        rng=np.random.default_rng(0),
        max_sweeps=given["maxSweeps"],
    )
    return found


def random_cases(energy, update, **settings):
    """Small networks of every kind: one neuron, one pattern, duplicates, more than fit."""
    rng = np.random.default_rng(len(energy))
    for neurons in (1, 2, 63, 64, 65, 130):
        for count in (1, 2, 30, 200):
            patterns = rng.choice([-1, 1], (count, neurons))
            if count > 2:
                patterns[-1] = patterns[0]
                patterns[-2] = -patterns[1]
            for unknown in (0, 0.5, 1):
                cue = rng.choice([-1, 1], neurons)
                cue[rng.random(neurons) < unknown] = 0
                yield case(patterns, cue, energy=energy, update=update, **settings)


@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize(
    ("energy", "settings"),
    [
        ("classical", {}),
        ("poly", {"degree": 2}),
        ("poly", {"degree": 3}),
        ("poly", {"degree": 30}),
        ("exp", {}),
        ("exp", {"beta": 0.013}),
        ("exp", {"beta": 7.3}),
    ],
)
def test_binary_networks_recall_as_hopcli_does(page, energy, update, settings):
    cases = list(random_cases(energy, update, **settings))
    for given, answer in zip(cases, page(cases), strict=True):
        expected = recalled(given)
        outcome = answer["outcome"] or "unsettled"
        assert outcome == expected.outcome.name.lower()
        assert answer["state"] == expected.state.tolist()
        assert answer["sweeps"] == expected.sweeps
        assert answer["flips"] == expected.flips
        assert answer["energies"] == pytest.approx(expected.energies, rel=1e-12, abs=1e-12)
        if outcome == "inverse":
            assert answer["inverse"] == expected.index


def test_signs_are_exact_however_near_to_0(page):
    # Convergents of e, by which sums of e^β and 1 come near to 0 from both sides in turn.
    before, last, sums = (1, 0), (2, 1), []
    for n in range(2, 40):
        quotient = 2 * (n // 3) if n % 3 == 0 else 1
        before, last = last, tuple(quotient * a + b for a, b in zip(last, before, strict=True))
        if last[0] < 2**53:
            sums.append([[7, last[1]], [6, -last[0]]])
    sums += [[[3, 0], [2, 0]], [[900, 1], [-900, -1]], [[5, 2], [4, 0], [-1000, -1]]]
    given = {"network": "signs", "neurons": 1024, "settings": SETTINGS, "sums": sums}
    (answer,) = page([given])
    expected = [
        Exponential(1.0).sign([y for y, _ in terms], [c for _, c in terms]) for terms in sums
    ]
    assert answer == expected
    assert {-1, 0, 1} == set(expected)
    # D(1) of degree 60 is 2⁶⁰, so the last of these is 1 off what a number can tell.
    fine = [[[1, 2**52], [0, 0]], [[3, 1], [1, -(2**60)], [0, 5]], [[2, 1], [-2, 1]]]
    given |= {"sums": fine, "settings": SETTINGS | {"energy": "poly", "degree": 60}}
    (answer,) = page([given])
    assert answer == [
        Polynomial(60).sign([y for y, _ in terms], [c for _, c in terms]) for terms in fine
    ]


@pytest.mark.parametrize("energy", ["classical", "poly", "exp"])
def test_at_a_temperature_states_are_as_frequent_as_boltzmann_says(page, energy):
    patterns = np.array([[1, 1, 1, 1, -1], [1, -1, 1, -1, 1], [1, 1, -1, -1, -1]])
    settings = SETTINGS | {"energy": energy, "beta": 0.7}
    given = {
        "network": "visited",
        "patterns": patterns.tolist(),
        "settings": settings,
        "temperature": 1.5,
        "sweeps": 40_000,
    }
    (counts,) = page([given])
    states = np.array([[1 if bits >> i & 1 else -1 for i in range(5)] for bits in range(32)])
    overlaps = states @ patterns.T
    energies = {
        "classical": -np.sum(overlaps**2, axis=1) / 10,
        "poly": -np.sum(overlaps**3, axis=1) / 25,
        "exp": -np.log(np.exp(0.7 * overlaps).sum(axis=1)),
    }[energy]
    expected = np.exp(-energies / 1.5)
    expected /= expected.sum()
    # Sweeps follow each other, so that 40,000 of them tell no more than some thousands would.
    assert np.array(counts) / 40_000 == pytest.approx(expected, abs=0.01)


def test_a_seed_determines_an_order_that_has_every_neuron_once(page):
    (answer,) = page([{"network": "permutations", "seeds": [0, 0, 1, 2**52], "length": 50}])
    assert answer[0] == answer[1]
    assert len({tuple(order) for order in answer}) == 3
    assert all(sorted(order) == list(range(50)) for order in answer)


def memory_of(rng, mode, shape=(3, 5), patterns=7):
    """A memory of random patterns, some of them with labels; the last is a copy of the first."""
    channels = (3,) if mode == "rgb" else ()
    neurons = int(np.prod(shape + channels))
    levels = rng.integers(256, size=(patterns, neurons), dtype=np.uint8)
    levels[-1] = levels[0]
    if mode == "binary":
        levels = packing.pack(np.where(levels > 127, 1, -1))
    # Between two labels of one picture nothing but rounding would decide.
    labels = rng.choice(["a", "b", None], patterns).tolist()
    labels[0] = labels[-1] = "a"
    names = [f"{k}.png" for k in range(patterns)]
    return memory_file.memory_of(mode, shape + channels, levels, names, labels)


def pictures_of(rng, exhibit):
    """Cues: a noisy pattern, half of one, and one of which nothing is known."""
    memory = exhibit.memory
    height, width = memory.shape[:2]
    for unknown in (0, 0.5, 1):
        levels = exhibit.levels(np.array([0]))[0].copy()
        noisy = rng.random(memory.neurons) < 0.3
        levels[noisy] = rng.choice([0, 255], memory.neurons)[noisy]
        known = (rng.random(height * width) >= unknown).astype(np.uint8)
        yield {"levels": levels.tolist(), "known": known.tolist()}


def course(exhibit, given):
    """The frames of the server's engine."""
    content = bytes(given["picture"]["levels"] + given["picture"]["known"])
    begun = courses.begin(
        exhibit, courses.Cue.of(content, exhibit.memory), Settings.of(given["settings"])
    )
    yield begun.frame()
    while True:
        yield begun.step(given["visits"], 0)


def check_frames(exhibit, cases, page):
    for given, answer in zip(cases, page(cases), strict=True):
        outcomes = {frame["outcome"] for frame in answer}
        for frame, expected in zip(answer, course(exhibit, given), strict=False):
            plain, (levels, known) = expected.packed()
            state = frame.pop("state")
            assert np.abs(np.subtract(state["levels"], list(levels), dtype=int)).max() <= 1
            assert state["known"] == list(known)
            for name in ("point", "labels", "energy"):
                value = plain.pop(name)
                near = value if value is None else pytest.approx(value, rel=1e-6, abs=1e-6)
                assert frame.pop(name) == near, name
            for one, other in zip(frame.pop("nearest"), plain.pop("nearest"), strict=True):
                assert one["index"] == other["index"]
                assert one["overlap"] == pytest.approx(other["overlap"], abs=1e-6)
            assert frame == plain
        yield outcomes


@pytest.mark.parametrize(("mode", "patterns"), [("gray", 1), ("gray", 2), ("gray", 9), ("rgb", 9)])
def test_pictures_go_the_way_that_the_server_lets_them_go(page, mode, patterns):
    rng = np.random.default_rng(patterns)
    exhibit = Exhibit(memory_of(rng, mode, patterns=patterns), "m.npz")
    cases = [
        {
            "network": "frames",
            "memory": embedded(exhibit),
            "picture": picture,
            "settings": SETTINGS | {"energy": "lse", "beta": beta, "clamp": clamp},
            "visits": 1,
            "steps": 60,
        }
        for picture in pictures_of(rng, exhibit)
        for beta in (None, 0.3)
        for clamp in ("nothing", "picture")
    ]
    outcomes = list(check_frames(exhibit, cases, page))
    assert all(len(seen) > 1 for seen in outcomes), outcomes


def test_binary_memories_go_the_way_that_the_server_lets_them_go(page):
    rng = np.random.default_rng(0)
    exhibit = Exhibit(memory_of(rng, "binary", (9, 8), 12), "m.npz")
    cases = [
        {
            "network": "frames",
            "memory": embedded(exhibit),
            "picture": picture,
            "settings": SETTINGS | settings,
            "visits": 50,
            "steps": 12,
        }
        for picture in pictures_of(rng, exhibit)
        for settings in (
            {"energy": "classical"},
            {"energy": "classical", "update": "sync"},
            {"energy": "poly", "degree": 4},
            {"beta": 0.2},
            {"clamp": "picture"},
        )
    ]
    outcomes = set.union(*check_frames(exhibit, cases, page))
    assert {None, "memory"} < outcomes


@pytest.mark.parametrize("mode", ["binary", "gray"])
def test_a_label_that_is_held_makes_the_picture_that_it_makes_in_hopcli(page, mode):
    """Where one pattern alone bears it: else chance decides, and is not the same."""
    rng = np.random.default_rng(1)
    memory = replace(memory_of(rng, mode), labels=np.array([-1, -1, 0, 1, 1, 1, -1], np.int32))
    exhibit = Exhibit(memory, "m.npz")
    given = {
        "network": "frames",
        "memory": embedded(exhibit),
        "picture": {"levels": exhibit.levels(np.array([4]))[0].tolist(), "known": [1] * 15},
        "settings": SETTINGS | {"clamp": "label"},
        "visits": 1,
        "steps": 130,
    }
    (seen,) = check_frames(exhibit, [given], page)
    assert seen == {None, "memory"}
    (answer,) = page([given])
    assert answer[-1]["nearest"][0]["index"] == 2


@pytest.mark.parametrize("mode", ["binary", "gray", "rgb"])
@pytest.mark.parametrize("shape", [(3, 5), (70, 80)])
def test_the_memory_is_described_as_by_the_server(page, mode, shape):
    exhibit = Exhibit(memory_of(np.random.default_rng(2), mode, shape, 3), "m.npz")
    ((memory, picture),) = page([{"network": "describe", "memory": embedded(exhibit)}])
    about, (thumbnails, points) = description.describe(exhibit)
    assert memory["thumbnails"].pop("levels") == list(thumbnails)
    assert memory["plane"].pop("points") == pytest.approx(np.frombuffer(points, "<f4").tolist())
    assert memory == json.loads(json.dumps(about))
    plain, (levels,) = description.pattern(exhibit, 2)
    assert picture == plain | {"levels": list(levels)}
