"""The page's networks against hopcli's: ties, weights, temperatures, descents, clipped noise."""

import base64
from dataclasses import replace
from fractions import Fraction

import javascript
import numpy as np
import pytest
from page_memories import binary_memory, packed, picture_memory, shown, unpacked

from hopcli.binary import packing, schedules
from hopcli.binary.interactions.abstract import AbstractInteraction
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.continuous import classification, clipping, generation, named
from hopcli.continuous import recall as picture_recall
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.classification import HeldPicture
from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.overlap import overlap
from hopcli.storage import memories, memory_file
from hopcli.storage.learned.weights import Weights

pytestmark = pytest.mark.skipif(javascript.missing() is not None, reason=javascript.missing() or "")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Run cases in JavaScript: from a list of cases to a list of answers."""
    with javascript.networks(tmp_path_factory.mktemp("page")) as run:
        yield run


SETTINGS = {
    "energy": "exp", "degree": 3, "beta": None, "update": "async", "order": "sequential",
    "clamp": "nothing", "label": 0, "seed": 3,
}  # fmt: skip


def embedded(memory):
    """The message that the page opens, in base64."""
    return base64.b64encode(packed(memory)).decode()


def tabulated(interaction, neurons):
    """The form of an interaction of which the page knows only the table."""
    return AbstractInteraction.page(interaction, neurons)


def case(patterns, cue, form, update):
    """One cue's recall, as the runner takes it."""
    return {
        "network": "recall",
        "patterns": np.asarray(patterns).tolist(),
        "neurons": len(patterns[0]),
        "cue": np.asarray(cue).tolist(),
        "form": form,
        "update": update,
        "visits": 7,
        "maxSweeps": 30,
    }


def recalled(dynamics, given):
    """What hopcli makes of a case."""
    (found,) = recall(
        dynamics,
        np.array([given["cue"]], np.int8),
        schedule=schedules.Sequential() if given["update"] == "async" else schedules.Synchronous(),
        rng=np.random.default_rng(0),
        max_sweeps=given["maxSweeps"],
    )
    return found


def random_patterns(rng):
    """Small networks of every kind: one neuron, one pattern, duplicates, overload; and cues."""
    for neurons in (1, 2, 63, 64, 65, 130):
        for count in (1, 2, 30, 200):
            patterns = rng.choice([-1, 1], (count, neurons)).astype(np.int8)
            if count > 2:
                patterns[-1] = patterns[0]
                patterns[-2] = -patterns[1]
            for unknown in (0, 0.5, 1):
                cue = rng.choice([-1, 1], neurons)
                cue[rng.random(neurons) < unknown] = 0
                yield patterns, cue


def check_recalls(page, cases, expected):
    for answer, found in zip(page(cases), expected, strict=True):
        outcome = answer["outcome"] or "unsettled"
        assert outcome == found.outcome.name.lower()
        assert answer["state"] == found.state.tolist()
        assert answer["sweeps"] == found.sweeps
        assert answer["flips"] == found.flips
        assert answer["energies"] == pytest.approx(found.energies, rel=1e-12, abs=1e-12)
        if outcome == "inverse":
            assert answer["inverse"] == found.index


@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize(
    "interaction",
    [
        Classical(), Polynomial(2), Polynomial(3), Polynomial(30), Exponential(1.0),
        Exponential(0.013), Exponential(7.3),
    ],
    ids=str,
)  # fmt: skip
def test_binary_networks_recall_as_hopcli_does(page, interaction, update):
    cases, expected = [], []
    for patterns, cue in random_patterns(np.random.default_rng(5)):
        neurons = patterns.shape[1]
        cases.append(case(patterns, cue, interaction.page(neurons), update))
        dynamics = PlainDynamics.of(interaction, packing.pack(patterns), neurons)
        expected.append(recalled(dynamics, cases[-1]))
    check_recalls(page, cases, expected)


@pytest.mark.parametrize("degree", [2, 3])
def test_an_interaction_that_is_only_a_table_recalls_alike(page, degree):
    interaction = Polynomial(degree)
    cases, expected = [], []
    rng = np.random.default_rng(degree)
    for _ in range(20):
        patterns, cue = rng.choice([-1, 1], (6, 40)).astype(np.int8), rng.choice([-1, 0, 1], 40)
        cases.append(case(patterns, cue, tabulated(interaction, 40), "async"))
        dynamics = PlainDynamics.of(interaction, packing.pack(patterns), 40)
        expected.append(recalled(dynamics, cases[-1]))
    check_recalls(page, cases, expected)


@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize("rule", ["hebbian", "projection", "perceptron"])
def test_learned_weights_recall_as_in_hopcli(page, hop, folder, random_memory, rule, update):
    """Biases included, the ties of whole weights too; the page's data hold the weights exactly."""
    random_memory(patterns=20, shape=(8, 8))
    bias = () if rule == "hebbian" else ("--bias",)
    assert hop("learn", "--rule", rule, *bias).code == 0
    memory = memories.load(folder / "memory.npz")
    learned = memory.found(Weights)
    data = unpacked(packed(shown(memory)))
    form = {
        "family": "weights",
        "triangle": data["weights"].tolist(),
        "bias": data["bias"].tolist(),
        "denominator": data["about"]["denominator"],
    }
    rows, columns = np.tril_indices(64, -1)
    assert np.array_equal(data["weights"] / learned.denominator, learned.weights[rows, columns])
    patterns, rng = memory.states(slice(None)), np.random.default_rng(1)
    dynamics = learned.network(memory.patterns).plain()
    cues = [*patterns[:5], *rng.choice([-1, 0, 1], (20, 64)), np.zeros(64, int)]
    cases = [case(patterns, cue, form, update) for cue in cues]
    check_recalls(page, cases, [recalled(dynamics, given) for given in cases])
    given = {
        "network": "frames",
        "memory": embedded(shown(memory)),
        "picture": {
            "levels": np.where(cues[6] > 0, 255, 0).tolist(),
            "known": (cues[6] != 0).astype(int).tolist(),
        },
        "settings": SETTINGS | {"energy": "classical", "update": update},
        "visits": 64,
        "steps": 40,
    }
    (frames,) = page([given])
    found = recalled(dynamics, case(patterns, cues[6], form, update))
    signs = np.where(frames[-1]["state"]["levels"], 1, -1)
    assert np.array_equal(signs, found.state)
    assert frames[-1]["energy"] == found.energies[-1]


def test_signs_are_exact_however_near_to_0(page):
    # Convergents of e, by which sums of e^β and 1 come near to 0 from both sides in turn.
    before, last, sums = (1, 0), (2, 1), []
    for n in range(2, 40):
        quotient = 2 * (n // 3) if n % 3 == 0 else 1
        before, last = last, tuple(quotient * a + b for a, b in zip(last, before, strict=True))
        if last[0] < 2**53:
            sums.append([[7, last[1]], [6, -last[0]]])
    sums += [[[3, 0], [2, 0]], [[900, 1], [-900, -1]], [[5, 2], [4, 0], [-1000, -1]]]
    form = {"family": "exponential", "beta": 1.0}
    given = {"network": "signs", "neurons": 1024, "form": form, "sums": sums}
    (answer,) = page([given])
    expected = [
        Exponential(1.0).sign([y for y, _ in terms], [c for _, c in terms]) for terms in sums
    ]
    assert answer == expected
    assert {-1, 0, 1} == set(expected)
    # D(1) of degree 60 is 2⁶⁰, so the last of these is 1 off what a number can tell.
    fine = [[[1, 2**52], [0, 0]], [[3, 1], [1, -(2**60)], [0, 5]], [[2, 1], [-2, 1]]]
    given |= {"sums": fine, "form": {"family": "power", "degree": 60}}
    (answer,) = page([given])
    assert answer == [
        Polynomial(60).sign([y for y, _ in terms], [c for _, c in terms]) for terms in fine
    ]


def test_table_entries_are_integers_exactly(page):
    values = [0.0, 5e-324, -1.5, 2.0**-1022, 1e300, 3.0]
    (answer,) = page([{"network": "exactIntegers", "values": values}])
    assert [int(number) for number in answer] == [Fraction(v) * 2**1074 for v in values]


@pytest.mark.parametrize("network", ["classical", "power", "exponential", "table", "weights"])
def test_at_a_temperature_states_are_as_frequent_as_boltzmann_says(page, network):
    patterns = np.array([[1, 1, 1, 1, -1], [1, -1, 1, -1, 1], [1, 1, -1, -1, -1]])
    weights, bias = np.tril(patterns.T @ patterns, -1), np.array([1, 0, -2, 0, 1])
    form = {
        "classical": {"family": "classical"},
        "power": {"family": "power", "degree": 3},
        "exponential": {"family": "exponential", "beta": 0.7},
        "table": {
            "family": "table",
            "differences": [(y + 1) ** 3 - (y - 1) ** 3 for y in range(-6, 7)],
            "energies": [m**3 / 25 for m in range(-5, 6)],
        },
        "weights": {
            "family": "weights",
            "triangle": weights[np.tril_indices(5, -1)].tolist(),
            "bias": bias.tolist(),
            "denominator": 5,
        },
    }[network]
    given = {
        "network": "visited",
        "patterns": patterns.tolist(),
        "form": form,
        "settings": SETTINGS,
        "temperature": 1.5,
        "sweeps": 40_000,
    }
    (counts,) = page([given])
    states = np.array([[1 if bits >> i & 1 else -1 for i in range(5)] for bits in range(32)])
    overlaps = states @ patterns.T
    energies = {
        "classical": -np.sum(overlaps**2, axis=1) / 10,
        "power": -np.sum(overlaps**3, axis=1) / 25,
        "exponential": -np.log(np.exp(0.7 * overlaps).sum(axis=1)),
        "table": -np.sum(overlaps**3, axis=1) / 25,
        "weights": -(np.einsum("ai,ij,aj->a", states, weights, states) + states @ bias) / 5,
    }[network]
    expected = np.exp(-energies / 1.5)
    expected /= expected.sum()
    # Successive sweeps are correlated: 40,000 of them count as some thousands.
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
    return shown(memory_file.memory_of(mode, shape + channels, levels, names, labels))


def pictures_of(rng, memory):
    """Cues: a noisy pattern, half of one, and one of which nothing is known."""
    neurons, pixels = memory.stored.neurons, np.prod(memory.stored.shape[:2])
    for unknown in (0, 0.5, 1):
        levels = memory.levels(np.array([0]))[0].copy()
        noisy = rng.random(neurons) < 0.3
        levels[noisy] = rng.choice([0, 255], neurons)[noisy]
        known = (rng.random(pixels) >= unknown).astype(np.uint8)
        yield {"levels": levels.tolist(), "known": known.tolist()}


class Descending:
    """The descent of a picture or of label neurons by hopcli, a step at a time.

    Attributes:
        memory: the memory.
        first: the cue, levels from 0 to 1, NaN where unknown.
    """

    def __init__(self, memory, picture, settings):
        self.memory, self.labels = memory, memory.labels
        inner = memory.stored
        self.count = len(inner.label_names)
        self.patterns = BytePatterns(inner.in_levels().patterns)
        known = np.repeat(picture["known"], inner.neurons // len(picture["known"])) != 0
        x = np.where(known, np.array(picture["levels"]) / 255, np.nan)
        name = {"nothing": "recall"}.get(settings["clamp"], settings["clamp"])
        betas = memory.betas(complete=True)
        self.beta = betas[name] if settings["beta"] is None else settings["beta"]
        self.held, self.first, self.leap = {}, x, None
        if settings["clamp"] == "picture":
            self._classify(x, known)
        else:
            self._recall(x, known)
        self.steps, self.settled = 0, False
        self._descend(0)

    def _classify(self, x, known):
        rows = np.flatnonzero(self.labels >= 0)
        scale = 4 if self.memory.is_binary else 1
        distances = scale * self.patterns.squared_distances(x)[rows] * x.size / max(known.sum(), 1)
        distances -= distances.min()
        self.network = named.picture_label_memory(
            HeldPicture(distances), self.labels[rows], self.count, self.beta, 1.5
        )
        self.states = {"x": np.zeros(0), "y": np.zeros(self.count), "z": -distances / 2}
        self.held, self.weighed = {"x": True}, self.labels[rows]

    def _recall(self, x, known):
        seen, expected = (
            clipping.unclipped(x, self.patterns),
            self.patterns.rows(np.arange(len(self.patterns))).mean(axis=0),
        )
        if known.any():
            network = picture_recall.PictureMemory.of(self.patterns, "l2", self.beta)
            expected = picture_recall.expected_of(network, seen, known)
            near = [self.patterns.squared_distances(one).argmin() for one in (seen, x)]
            self.leap = expected if near[0] != near[1] else None
        x = np.where(known, x, expected)
        self.first, self.weighed = x, self.labels
        self.states = {"x": x, "z": -self.patterns.squared_distances(x) / 2}
        if self.count:
            self.states["y"] = np.zeros(self.count)
            self.network = named.picture_label_memory(
                self.patterns, self.labels, self.count, self.beta, 1.5
            )
        else:
            self.network = named.log_sum_exp(self.patterns, self.beta)

    def _descend(self, steps):
        found = descend(
            self.network, self.states, held=self.held, step=0.2, tolerance=1e-3, max_steps=steps
        )
        self.states, self.energy = found.states, found.energies[-1]
        self.settled = steps > 0 and found.ended is not Ended.SPENT

    def step(self):
        if self.settled:
            return
        self.steps += 1
        before, leap = (self.states, self.energy), self.leap
        if leap is not None:
            self.leap, self.states = None, self.states | {"x": leap}
            self._descend(0)
            if self.energy <= before[1]:
                return
            self.states, self.energy = before
        self._descend(1)

    def frame(self):
        """What the page's frame says, but for the state and the known pixels."""
        x = self.first if "x" in self.held else self.states["x"]
        patterns = self.patterns.rows(np.arange(len(self.patterns)))
        overlaps = [overlap(x, pattern) for pattern in patterns]
        order = np.argsort(-np.round(overlaps, 9), kind="stable")[:5]
        labels = None
        if self.count:
            z = self.network.activations(self.states)["z"]
            labels = np.bincount(self.weighed + 1, z, self.count + 1)[1:]
            labels = labels / max(labels.sum(), 1e-300)
        outcome = None
        if self.settled:
            off = np.abs(np.where(np.isnan(x), 9, x) - patterns[order[0]]).mean()
            outcome = "memory" if off < 2 / 255 else "spurious"
        filled = np.where(np.isnan(x), self.memory.plane.centre, x)
        changed = np.abs(x - self.first) >= 0.5 / 255
        return {
            "energy": self.energy, "time": self.steps, "sweeps": self.steps,
            "flips": int(changed.sum()),
            "nearest": [(int(index), overlaps[index]) for index in order],
            "point": self.memory.plane.points(filled[None])[0], "labels": labels,
            "outcome": outcome, "inverse": None,
        }, x  # fmt: skip


def check_descents(memory, cases, page):
    """Compare frame by frame; the outcomes of each case."""
    for given, answer in zip(cases, page(cases), strict=True):
        run = Descending(memory, given["picture"], given["settings"])
        for frame in answer:
            expected, x = run.frame()
            state = frame.pop("state")
            levels = np.rint(np.clip(np.nan_to_num(x), 0, 1) * 255)
            assert np.abs(np.array(state["levels"]) - levels).max() <= 1
            channels = len(levels) // len(state["known"])
            assert state["known"] == (~np.isnan(x[::channels])).astype(int).tolist()
            for name in ("point", "labels", "energy"):
                value = expected.pop(name)
                near = value if value is None else pytest.approx(value, rel=1e-6, abs=1e-6)
                assert frame.pop(name) == near, name
            near = [(one["index"], pytest.approx(one["overlap"], abs=1e-6))
                    for one in frame.pop("nearest")]  # fmt: skip
            assert near == expected.pop("nearest")
            assert frame == expected
            run.step()
        yield {frame["outcome"] for frame in answer}


@pytest.mark.parametrize(("mode", "patterns"), [("gray", 1), ("gray", 2), ("gray", 9), ("rgb", 9)])
def test_pictures_descend_as_in_hopcli(page, mode, patterns):
    rng = np.random.default_rng(patterns)
    memory = memory_of(rng, mode, patterns=patterns)
    cases = [
        {
            "network": "frames",
            "memory": embedded(memory),
            "picture": picture,
            "settings": SETTINGS | {"energy": "lse", "beta": beta, "clamp": clamp},
            "visits": 1,
            "steps": 60,
        }
        for picture in pictures_of(rng, memory)
        for beta in (None, 0.3)
        for clamp in ("nothing", "picture")
    ]
    outcomes = list(check_descents(memory, cases, page))
    assert all(len(seen) > 1 for seen in outcomes), outcomes


def test_a_picture_of_a_binary_memory_is_classified_as_in_hopcli(page):
    rng = np.random.default_rng(0)
    memory = memory_of(rng, "binary", (9, 8), 12)
    cases = [
        {
            "network": "frames",
            "memory": embedded(memory),
            "picture": picture,
            "settings": SETTINGS | {"clamp": "picture"},
            "visits": 1,
            "steps": 60,
        }
        for picture in pictures_of(rng, memory)
    ]
    assert len(list(check_descents(memory, cases, page))) == 3


@pytest.mark.parametrize("binary", [False, True])
def test_a_clamped_picture_has_the_labels_of_hop_classify(page, binary):
    rng = np.random.default_rng(3)
    if binary:
        memory = binary_memory(rng.choice([-1, 1], (9, 30)), [*"abcabcab", None])
    else:
        memory = picture_memory()
    labelled = np.flatnonzero(memory.labels >= 0)
    patterns = BytePatterns(memory.stored.in_levels().patterns)
    cases, expected = [], []
    for _ in range(5):
        levels = rng.choice([0, 255], 30) if binary else rng.integers(256, size=30)
        known = (rng.random(30) > 0.3).astype(int)
        cases.append({
            "network": "frames", "memory": embedded(memory), "visits": 1, "steps": 200,
            "picture": {"levels": levels.tolist(), "known": known.tolist()},
            "settings": SETTINGS | {"clamp": "picture", "beta": 0.4},
        })  # fmt: skip
        x = np.where(known, levels / 255, np.nan)
        distances = (
            patterns.squared_distances(x)[labelled] * (4 if binary else 1) * 30 / known.sum()
        )
        expected.append(classification.classify(
            distances, memory.labels[labelled], 3, beta=0.4, strength=1.5
        ).probabilities)  # fmt: skip
    for frames, probabilities in zip(page(cases), expected, strict=True):
        assert frames[-1]["outcome"] is not None
        assert frames[-1]["labels"] == pytest.approx(probabilities, abs=5e-3)


@pytest.mark.parametrize("mode", ["binary", "gray"])
def test_a_clamped_label_generates_the_picture_of_hop_generate(page, mode):
    """Of a label that one pattern bears; else the generator of random numbers decides."""
    memory = memory_of(np.random.default_rng(1), mode)
    labels = np.array([-1, -1, 0, 1, 1, 1, -1], np.int32)
    memory = shown(replace(memory.stored, labels=labels))
    given = {
        "network": "frames",
        "memory": embedded(memory),
        "picture": {"levels": memory.levels(np.array([4]))[0].tolist(), "known": [0] * 15},
        "settings": SETTINGS | {"clamp": "label"},
        "visits": 1,
        "steps": 130,
    }
    (frames,) = page([given])
    expected = generation.generate(
        BytePatterns(memory.stored.in_levels().patterns), labels, 0,
        beta=memory.betas(complete=True)["label"], rng=np.random.default_rng(0),
    )  # fmt: skip
    assert (frames[-1]["outcome"], frames[-1]["nearest"][0]["index"]) == ("memory", expected.index)
    levels = np.array(frames[-1]["state"]["levels"]) / 255
    assert np.abs(levels - expected.picture).max() < 0.01
    assert frames[-1]["labels"] == pytest.approx([1, 0], abs=1e-6)


def test_noise_that_was_clipped_is_corrected_as_in_hopcli(page):
    """A grey pattern is nearer to the clipped cue, the right one to the corrected cue."""
    rng = np.random.default_rng(0)
    right = rng.choice([0.1, 0.9], 400)
    patterns = np.rint(255 * np.stack([right, np.clip(0.5 + 0.6 * (right - 0.5), 0, 1)]))
    memory = shown(
        memory_file.memory_of("gray", (20, 20), patterns.astype(np.uint8), ["a", "b"], [None, None])
    )
    stored = BytePatterns(patterns.astype(np.uint8))
    misled = 0
    for _ in range(10):
        noisy = np.clip(right + rng.normal(0, 0.55, 400), 0, 1)
        levels = np.rint(noisy * 255)
        cue = levels / 255
        given = {"network": "unclipped", "memory": embedded(memory), "levels": cue.tolist()}
        frames = {
            "network": "frames", "memory": embedded(memory), "visits": 1, "steps": 100,
            "picture": {"levels": levels.tolist(), "known": [1] * 400},
            "settings": SETTINGS | {"energy": "lse"},
        }  # fmt: skip
        corrected, seen = page([given, frames])
        assert corrected == pytest.approx(clipping.unclipped(cue, stored), abs=1e-12)
        network = picture_recall.PictureMemory.of(stored, "l2", None)
        expected = picture_recall.recall(network, cue)
        assert seen[-1]["nearest"][0]["index"] in (expected.index, 1 - expected.index)
        close = [np.abs(np.array(seen[-1]["state"]["levels"]) - row).mean() for row in patterns]
        assert int(np.argmin(close)) == expected.index
        misled += stored.squared_distances(cue).argmin() != expected.index
        energies = [frame["energy"] for frame in seen]
        assert energies == sorted(energies, reverse=True)
    assert misled > 0


def test_cosines_are_those_of_mean_free_pictures_and_of_one_level_0(page):
    memory = picture_memory()
    rng, flat = np.random.default_rng(5), [0.3] * 30
    pictures = [rng.random(30).tolist(), flat, [0.1] * 29 + [None], [None] * 30]
    pictures.append([None if k % 3 else level for k, level in enumerate(pictures[0])])
    cases = [
        {"network": "cosines", "memory": embedded(memory), "levels": levels} for levels in pictures
    ]
    patterns = memory.levels(np.arange(12)) / 255
    for levels, found in zip(pictures, page(cases), strict=True):
        x = np.array([np.nan if level is None else level for level in levels])
        assert found == pytest.approx([overlap(x, pattern) for pattern in patterns], abs=1e-9)
    flats = np.repeat(np.array([[0], [77], [255]], np.uint8), 30, axis=1)
    one_level = shown(memory_file.memory_of("gray", (6, 5), flats, ["a", "b", "c"], [None] * 3))
    cases = [c | {"memory": embedded(one_level)} for c in cases]
    assert all(found == [0, 0, 0] for found in page(cases))


@pytest.mark.parametrize("mode", ["binary", "gray", "rgb"])
@pytest.mark.parametrize("shape", [(3, 5), (70, 80)])
def test_the_memory_is_described_as_it_is(page, mode, shape):
    memory = memory_of(np.random.default_rng(2), mode, shape, 3)
    ((about, pattern),) = page([{"network": "describe", "memory": embedded(memory)}])
    data = unpacked(packed(memory))
    thumbnails = data.get("thumbnails", memory.levels(np.arange(3)).ravel())
    assert about["thumbnails"]["levels"] == thumbnails.tolist()
    assert about["plane"]["points"] == pytest.approx(data["points"].tolist())
    assert [one["name"] for one in about["listed"]] == ["0.png", "1.png", "2.png"]
    assert about["neurons"] == memory.stored.neurons
    assert pattern["levels"] == memory.levels(np.array([2]))[0].tolist()
    assert (pattern["index"], pattern["name"]) == (2, "2.png")
