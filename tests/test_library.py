"""The library: `import hopcli`, and what the methods of `Memory` take and return."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import picture
from PIL import Image

import hopcli
import hopcli.model
from hopcli import HopError
from hopcli.errors import ParameterError, PictureError

MODULES = [
    f"hopcli.model.{module.name}"
    for module in pkgutil.iter_modules(hopcli.model.__path__)
    if not module.ispkg
]


@pytest.fixture
def xi():
    return np.random.default_rng(0).choice(np.array([-1, 1], np.int8), (6, 64))


@pytest.fixture
def grey():
    return np.random.default_rng(1).integers(0, 256, (5, 8, 8), dtype=np.uint8)


def test_the_import_loads_nothing():
    heavy = "{'numpy', 'numba', 'PIL', 'click', 'rich'}"
    code = f"import sys, hopcli; assert not set(sys.modules) & {heavy}; hopcli.Memory; hopcli.store"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert set(hopcli.__all__) <= set(dir(hopcli))
    assert all(getattr(hopcli, name) for name in hopcli.__all__)
    with pytest.raises(AttributeError, match="no attribute 'banana'"):
        hopcli.banana  # noqa: B018


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
    if name == "hopcli.model.memory":
        assert found.attempted > 15


@pytest.mark.parametrize("convert", [lambda x: x, lambda x: x > 0, lambda x: (x + 1) // 2, float])
def test_a_memory_is_made_of_what_arrays_say(xi, convert):
    x = xi.astype(float) if convert is float else convert(xi)
    memory = hopcli.Memory(x, names=list("abcdef"), labels=["cat", None] * 3)
    assert (len(memory), memory.mode, memory.shape) == (6, "binary", (1, 64))
    assert memory.names == list("abcdef")
    assert memory.labels == ["cat", None] * 3
    assert memory.patterns.dtype == np.int8
    assert np.array_equal(memory.patterns, xi)


def test_levels_are_grey_and_colours_three(grey):
    memory = hopcli.Memory(grey)
    assert (memory.mode, memory.shape, memory.names[1]) == ("gray", (8, 8), "x[1]")
    assert np.array_equal(memory.patterns, grey.reshape(5, 64))
    assert np.array_equal(hopcli.Memory(grey / 255).patterns, memory.patterns)
    coloured = hopcli.Memory(np.stack([grey] * 3, axis=-1))
    assert (coloured.mode, coloured.shape) == ("rgb", (8, 8, 3))


@pytest.mark.parametrize(
    ("x", "options", "said"),
    [
        (np.zeros(4), {}, "x has the shape"),
        (np.zeros((2, 3, 4, 5)), {}, "x has the shape"),
        (np.zeros((0, 4)), {}, "x has the shape"),
        (np.array([["a"]]), {}, "patterns are numbers"),
        (np.array([[np.nan, 1.0]]), {}, "NaN or infinite"),
        (np.array([[-0.5, 0.3]]), {}, "patterns take ±1"),
        (np.eye(2), {"names": ["a"]}, "1 names were given for 2 patterns"),
        (np.eye(2), {"labels": ["a"] * 3}, "3 labels were given for 2 patterns"),
        (np.eye(2), {"mode": "rgb"}, "mode='rgb' was given"),
        (np.eye(2), {"mode": "grey"}, "did you mean gray?"),
    ],
)
def test_arrays_are_never_trusted(x, options, said):
    with pytest.raises(HopError, match=said.replace("(", r"\(")):
        hopcli.Memory(x, **options)


def test_saving_never_replaces_unasked(xi, folder):
    memory = hopcli.Memory(xi, labels=list("ababab"))
    with pytest.raises(HopError, match="path"):
        memory.save()
    memory.save("m.npz")
    with pytest.raises(FileExistsError):
        memory.save("m.npz")
    memory.save("m.npz", force=True)
    again = hopcli.load("m.npz")
    assert np.array_equal(again.patterns, xi)
    assert (again.names, again.labels) == (memory.names, memory.labels)
    with pytest.raises(HopError, match="there is no memory"):
        hopcli.load("absent.npz")
    with pytest.raises(ParameterError, match="max_memory='much'"):
        hopcli.load("m.npz", max_memory="much")


def test_a_cue_is_a_path_a_picture_or_an_array(xi, folder):
    memory = hopcli.Memory(xi.reshape(6, 8, 8))
    picture(folder / "cue.png", xi[2], (8, 8))
    cues = ["cue.png", folder / "cue.png", Image.open("cue.png"), xi[2], xi[2].reshape(8, 8),
            xi[2] > 0, (xi[2] + 1.0) / 2]  # fmt: skip
    for cue in cues:
        found = memory.recall(cue)
        assert (found.outcome, found.index, found.name, found.sweeps) == ("memory", 2, "x[2]", 1)
        assert np.array_equal(found.state, xi[2])
    assert [found.index for found in memory.recall(cues)] == [2] * len(cues)
    for batch in (xi, xi.reshape(6, 8, 8), list(xi), xi[:1]):
        assert [found.index for found in memory.recall(batch)] == list(range(len(batch)))


def test_unknown_values_are_zero_or_nan(xi, grey):
    memory = hopcli.Memory(xi)
    cue = np.where(np.arange(64) < 40, xi[1], 0)
    found = memory.recall(cue)
    assert (found.index, found.flips, found.cue_overlap) == (1, 24, 1.0)
    same = memory.recall(np.where(cue == 0, np.nan, cue))
    assert np.array_equal(same.start, cue)
    levels = grey[3] / 255
    levels[:4] = np.nan
    found = hopcli.Memory(grey).recall(levels)
    assert (found.outcome, found.index) == ("memory", 3)
    assert np.isnan(found.start).sum() == 32


@pytest.mark.parametrize(
    "cue", [np.zeros(63), np.zeros((2, 63)), np.zeros((8, 9)), np.zeros((2, 2, 64)), [], object(),
            np.array(["a"] * 64), np.full(64, np.inf), "absent.png"],
)  # fmt: skip
def test_what_is_no_cue_is_refused(xi, cue):
    with pytest.raises(PictureError):
        hopcli.Memory(xi).recall(cue)


def test_a_result_shows_itself(xi, grey):
    memory = hopcli.Memory(xi.reshape(6, 8, 8), labels=list("aabbcc"))
    found = memory.recall(xi[4], noise=0.1, seed=3)
    assert repr(found) == "Recall(memory: 'x[4]', overlap 1.000)"
    assert np.array_equal(np.asarray(found.picture).ravel(), xi[4] > 0)
    assert repr(memory) == "Memory(6 binary patterns of 8×8)"
    for shown in (found, memory, memory.generate("b")):
        assert shown._repr_png_().startswith(b"\x89PNG")
    made = hopcli.Memory(grey, labels=list("aabbb")).generate("b", seed=4)
    assert made.picture.size == (8, 8)
    assert made.label == "b"


def test_energies_fall_and_a_film_is_kept_when_asked(xi):
    memory = hopcli.Memory(xi)
    found = memory.recall(xi[0], noise=0.3, energy="classical", film=True, seed=1)
    assert list(found.energies) == sorted(found.energies, reverse=True)
    assert np.array_equal(found.film[-1], found.state)
    assert memory.recall(xi[0]).film == ()


def test_progress_reaches_all(xi):
    shares = []
    hopcli.Memory(xi).recall(
        xi, temperature=1.0, max_sweeps=7, progress=lambda share, said: shares.append(share)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_error_is_a_value_error_with_fields(xi):
    with pytest.raises(ValueError, match="update='banana' was given") as caught:
        hopcli.Memory(xi).recall(xi[0], update="banana")
    error = caught.value
    assert isinstance(error, ParameterError)
    assert (error.parameter, error.value) == ("update", "banana")
    assert "did you mean" in error.remedy


def test_a_batch_loads_its_network_once(xi, monkeypatch):
    from hopcli.model import networks

    made = []
    prepare = networks.prepare
    monkeypatch.setattr(networks, "prepare", lambda recalling: made.append(1) or prepare(recalling))
    found = hopcli.Memory(xi).recall(np.tile(xi, (30, 1)))
    assert (len(found), len(made)) == (180, 1)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None])
def test_a_seed_that_is_none_is_refused_everywhere(xi, seed):
    memory = hopcli.Memory(xi, labels=list("aabbcc"))
    for use in (
        lambda: memory.recall(xi[0], seed=seed),
        lambda: memory.learn(seed=seed),
        lambda: memory.dream(steps=1, seed=seed),
        lambda: memory.generate("a", seed=seed),
        lambda: hopcli.capacity(n=20, seed=seed),
    ):
        with pytest.raises(ParameterError, match=r"seed=.* whole number of 0 or more"):
            use()


@pytest.mark.parametrize("beta", [5e-324, 1e-310, 1e308])
def test_a_beta_whose_energies_are_not_finite_is_refused(xi, grey, beta):
    for memory, cue in ((hopcli.Memory(xi), xi[0]), (hopcli.Memory(grey), grey[0])):
        with pytest.raises(ParameterError, match="from 1e-300 to 1e\\+300"):
            memory.recall(cue, beta=beta)
        for last in (1e-300, 1e300):
            assert np.isfinite(memory.recall(cue, beta=last).energies).all()


@pytest.mark.parametrize(
    "name", ["update", "order", "degree", "max_sweeps", "temperature", "clamp"]
)
def test_only_beta_takes_auto(xi, name):
    memory = hopcli.Memory(xi)
    with pytest.raises(ParameterError, match=f"{name}='auto' was given"):
        memory.recall(xi[0], energy="poly", **{name: "auto"})
    assert memory.recall(xi[0], beta="auto").answer() == memory.recall(xi[0]).answer()


def test_a_picture_without_pixels_is_refused(xi):
    with pytest.raises(PictureError, match="without pixels"):
        hopcli.Memory(xi).recall(Image.new("L", (0, 0)))


def test_results_are_compared_by_identity(xi):
    memory = hopcli.Memory(xi)
    found, again = memory.recall(xi[0]), memory.recall(xi[0])
    assert found != again
    assert len({found, again}) == 2


def test_numbers_of_steps_have_a_limit(xi):
    memory = hopcli.Memory(xi)
    for use in (
        lambda: memory.dream(steps=10**30),
        lambda: memory.learn("perceptron", sweeps=10**30),
        lambda: memory.learn("boltzmann", sweeps=10**30),
    ):
        with pytest.raises(ParameterError, match="to 1,000,000,000"):
            use()


def test_errors_of_appended_patterns_name_them(xi):
    with pytest.raises(HopError, match="y has the shape"):
        hopcli.Memory(xi).append(xi[0])
