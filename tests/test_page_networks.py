"""The page's own networks do what hopcli's do."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from hopcli.binary import packing, schedules
from hopcli.binary.interactions import Classical, Exponential, Polynomial
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.continuous import generation
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.classification import classify
from hopcli.continuous.descent import descend
from hopcli.continuous.named import picture_label_memory
from hopcli.continuous.recall import PictureMemory, expected_of
from hopcli.web.bundle import bundled

RUNNER = Path(__file__).with_name("page_networks.js")


@pytest.fixture(scope="module")
def page():
    """Run cases in JavaScript: from a list of cases to a list of answers."""
    modules = bundled("binary-run.js", "interactions.js", "picture-run.js")
    source = modules + RUNNER.read_text()

    def run(cases):
        script = source + (
            '\nimport { readFileSync } from "node:fs";\n'
            'console.log(JSON.stringify(answers(JSON.parse(readFileSync(0, "utf8")))));\n'
        )
        ran = subprocess.run(
            [shutil.which("node"), "--input-type=module", "-e", script],
            input=json.dumps(cases), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return json.loads(ran.stdout)

    return run


INTERACTIONS = {
    "classical": lambda degree, beta: Classical(),
    "poly": lambda degree, beta: Polynomial(degree),
    "exp": lambda degree, beta: Exponential(beta),
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
    for neurons in (1, 2, 7, 63, 64, 65, 130):
        for count in (1, 2, 5, 40, 300):
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


def levels_case(rng, network, **settings):
    """A run of a continuous network, as the runner takes it."""
    neurons = int(rng.choice([1, 2, 13, 64]))
    count = int(rng.choice([1, 2, 7, 30]))
    levels = rng.integers(256, size=(count, neurons))
    if count > 2:
        levels[-1] = levels[0]
    cue = np.clip(levels[0] / 255 + rng.normal(0, 0.2, neurons), 0, 1)
    cue[rng.random(neurons) < rng.choice([0, 0.5, 1])] = np.nan
    labels = np.append(0, rng.integers(-1, 3, count - 1))
    # Between two labels of one picture nothing but rounding decides.
    labels[-1] = 0
    return {
        "network": network,
        "levels": levels.tolist(),
        "neurons": neurons,
        "labels": labels.tolist(),
        "labelCount": 3,
        "cue": [None if np.isnan(level) else level for level in cue],
        "beta": float(rng.choice([0.3, 3, 50])),
        "steps": 200,
    } | settings


def parts_of(given):
    """Patterns, labels and cue of a case."""
    patterns = BytePatterns(np.array(given["levels"], np.uint8))
    cue = np.array(given["cue"], np.float64)
    return patterns, np.array(given["labels"]), cue


def same(answer, states, energies, weights):
    """That a run in the page ended as one of hopcli's did."""
    assert answer["energies"] == pytest.approx(energies, rel=1e-9, abs=1e-9)
    assert answer["picture"] == pytest.approx(states["x"].tolist(), abs=1e-6)
    assert answer["labels"] == pytest.approx(weights, abs=1e-6)


def test_pictures_are_recalled_as_by_hopcli(page):
    rng = np.random.default_rng(1)
    cases = [levels_case(rng, "picture") for _ in range(60)]
    for given, answer in zip(cases, page(cases), strict=True):
        patterns, labels, cue = parts_of(given)
        known = ~np.isnan(cue)
        memory = PictureMemory(patterns, "l2", given["beta"])
        if known.any():
            expected = expected_of(memory, cue, known)
        else:
            expected = patterns.mix(np.full(len(patterns), 1 / len(patterns)))
        network = picture_label_memory(patterns, labels, 3, given["beta"], 1.5)
        start = {"x": np.where(known, cue, expected), "y": np.zeros(3)}
        start["z"] = np.zeros(len(patterns))
        found = descend(network, start, step=0.2, tolerance=1e-3, max_steps=200)
        z = network.activations(found.states)["z"]
        weights = np.bincount(labels[labels >= 0], z[labels >= 0], 3)
        same(answer, found.states, found.energies, (weights / weights.sum()).tolist())
        assert answer["ended"]


def test_pictures_that_are_held_find_their_labels_as_by_hopcli(page):
    rng = np.random.default_rng(2)
    cases = [levels_case(rng, "classify") for _ in range(60)]
    for given, answer in zip(cases, page(cases), strict=True):
        patterns, labels, cue = parts_of(given)
        some = labels >= 0
        known = max(1, np.count_nonzero(~np.isnan(cue)))
        distances = patterns.squared_distances(cue)[some] * given["neurons"] / known
        expected = classify(distances, labels[some], 3, beta=given["beta"], strength=1.5)
        # It goes on to the label neurons' last digit, the page until nothing is seen to move.
        assert answer["labels"] == pytest.approx(expected.probabilities.tolist(), abs=5e-3)
        assert answer["energies"][-1] == pytest.approx(expected.energies[-1], abs=1e-5)


def test_labels_that_are_held_make_pictures_as_in_hopcli(page):
    rng = np.random.default_rng(3)
    cases = [levels_case(rng, "generate", label=0) for _ in range(40)]
    for given in cases:
        patterns, labels, cue = parts_of(given)
        noise = np.random.default_rng(4).random(given["neurons"])
        given["noise"] = noise.tolist()
        bearing = np.flatnonzero(labels == 0)
        choice = np.random.default_rng(4)
        choice.random(given["neurons"])
        given["chosen"] = int(np.flatnonzero(bearing == choice.choice(bearing))[0])
    for given, answer in zip(cases, page(cases), strict=True):
        patterns, labels, cue = parts_of(given)
        ready = generation.prepare(
            patterns, labels, 0, beta=given["beta"], picture=cue, rng=np.random.default_rng(4)
        )
        held = {"y": True}
        formed = descend(
            ready.forming, ready.states, held=held, step=0.1, tolerance=1e-3, max_steps=60
        )
        found = descend(ready.settling, formed.states, held=held, step=0.2, tolerance=1e-3)
        energies = (*formed.energies, *found.energies)
        assert answer["energies"][-1] == pytest.approx(energies[-1], rel=1e-9, abs=1e-9)
        assert answer["picture"] == pytest.approx(found.states["x"].tolist(), abs=1e-6)
        assert answer["ended"]
        assert max(np.diff(answer["energies"])) <= 1e-9
