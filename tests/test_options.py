"""Each option of a command is used or refused, whatever the network."""

import re

import numpy as np
import pytest
from PIL import Image

from hopcli.model.options import parameters_by_energy

# A value of each option that changes what the command answers.
VALUES = {
    "degree": 5, "beta": 0.02, "rule": "hebbian", "update": "sync", "order": "sequential",
    "max-sweeps": 1, "temperature": 2, "anneal": "3:1:4", "clamp": None, "similarity": "l1",
    "noise": 0.2, "occlude": 0.5, "threshold": 0.9, "seed": 5, "mask": "mask.png",
}  # fmt: skip
# Values that no network takes.
WRONG = {
    "energy": ["foo", ""],
    "degree": ["banana", "-1", "2.5", "nan"],
    "beta": ["nan", "-1", "0", "inf", "banana"],
    "update": ["banana", ""],
    "order": ["banana", ""],
    "max-sweeps": ["0", "-1", "1.5", "99999999999999999999999", "banana"],
    "temperature": ["-1", "nan", "1e-320", "banana"],
    "anneal": ["", "1", "1:2", "0:0", "1:0.5:0", "1:0.5:99999999999999999999"],
    "similarity": ["banana", ""],
    "rule": ["banana", ""],
    "noise": ["-0.1", "1.5", "nan", "banana"],
    "occlude": ["middle", "2", "-1", ""],
    "threshold": ["bright", "-1", "2", "nan"],
    "seed": ["-1", "x"],
    "max-pixels": ["0", "x"],
    "max-memory": ["0", "much", ""],
}
NETWORKS = {
    "classical": ["-m", "binary.npz", "--energy", "classical"],
    "learned": ["-m", "learned.npz", "--energy", "classical"],
    "poly": ["-m", "binary.npz", "--energy", "poly"],
    "exp": ["-m", "binary.npz", "--energy", "exp"],
    "boltzmann": ["-m", "machine.npz", "--energy", "boltzmann"],
    "lse": ["-m", "gray.npz"],
}
EVERYWHERE = {"noise", "occlude", "seed", "mask"}


@pytest.fixture
def memories(hop, folder):
    """A cue with grey levels, and memories of every kind of network."""
    rng = np.random.default_rng(2)
    levels = rng.integers(0, 256, (9, 12, 12), dtype=np.uint8)
    for k, each in enumerate(levels):
        path = folder / "x" / "ab"[k % 2] / f"{k}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(each).save(path)
    cue = np.clip(levels[4] + rng.normal(0, 90, (12, 12)), 0, 255).astype(np.uint8)
    opacity = np.where(np.arange(144).reshape(12, 12) % 3, 255, 0).astype(np.uint8)
    Image.fromarray(np.dstack([cue, opacity])).save("cue.png")
    Image.fromarray(np.where(np.arange(144) < 80, 255, 0).astype(np.uint8).reshape(12, 12)).save(
        "mask.png"
    )
    for name in ("binary", "learned", "machine"):
        assert hop("store", "x", "-m", f"{name}.npz", "--mode", "binary").code == 0
    assert hop("store", "x", "-m", "gray.npz").code == 0
    assert hop("learn", "-m", "learned.npz").code == 0
    rule = ("--rule", "boltzmann", "--hidden", 8, "--sweeps", 4)
    assert hop("learn", "-m", "machine.npz", *rule).code == 0


def given(name):
    value = VALUES[name]
    return [f"--{name}"] if value is None else [f"--{name}", value]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_option_of_recall_is_used_or_refused(hop, memories, network):
    energy = {"learned": "classical"}.get(network, network)
    taken = {p.name.replace("_", "-") for p in parameters_by_energy()[energy]} | EVERYWHERE
    if energy != "lse":
        taken.add("threshold")
    command = ("recall", "cue.png", *NETWORKS[network], "--json")
    plain = hop(*command).json["recalls"]
    for name in VALUES:
        answer = hop(*command, *given(name))
        if name not in taken:
            assert answer.code == 2, (name, answer)
            assert f"--{name}" in answer.error
        elif name in ("seed", "rule", "order") or (name == "update" and energy != "classical"):
            # What these change shows in harder recalls only.
            assert answer.code == 0, answer.err
        else:
            assert answer.json["recalls"] != plain, name


@pytest.mark.parametrize("network", NETWORKS)
def test_every_wrong_value_is_refused(hop, memories, network):
    for name, values in WRONG.items():
        for value in values:
            answer = hop("recall", "cue.png", *NETWORKS[network], f"--{name}", value)
            assert answer.code == 2, (name, value, answer)
            assert f"--{name}" in answer.err


def test_the_seed_the_updates_and_the_rule_are_used(hop, memories):
    def recalls(*options):
        return hop("recall", "cue.png", *options, "--json").json["recalls"]

    noisy = ("-m", "binary.npz", "--energy", "classical", "--noise", 0.3, "--occlude", 0.3)
    assert recalls(*noisy, "--seed", 1) != recalls(*noisy, "--seed", 2)
    updates = (["--order", "random"], ["--order", "sequential"], ["--update", "sync"])
    first, second, third = (str(recalls(*noisy, *update)) for update in updates)
    assert len({first, second, third}) == 3
    learned = NETWORKS["learned"]
    assert recalls(*learned, "--rule", "projection") == recalls(*learned)
    assert recalls(*learned, "--rule", "hebbian") != recalls(*learned)


@pytest.mark.parametrize("arguments", [
    ["classify", "cue.png", "-m", "gray.npz", "--threshold", 0.5],
    ["classify", "cue.png", "-m", "gray.npz", "--rule", "banana"],
    ["classify", "cue.png", "-m", "gray.npz", "--rule", "dense"],
    ["classify", "cue.png", "-m", "gray.npz", "--beta", "nan"],
    ["classify", "cue.png", "-m", "gray.npz", "--lambda", "-1"],
    ["classify", "cue.png", "-m", "gray.npz", "--top", "0"],
    ["classify", "cue.png", "-m", "dense.npz", "--beta", 1],
    ["classify", "cue.png", "-m", "dense.npz", "--lambda", 1],
    ["generate", "c", "-m", "gray.npz"],
    ["generate", "a", "-m", "gray.npz", "--beta", 0],
    ["generate", "a", "-m", "gray.npz", "--count", 0],
    ["generate", "a", "-m", "gray.npz", "--count", 2, "--gif", "x.gif"],
    ["interpret", "cue.png", "-m", "machine.npz", "--threshold", "x"],
    ["interpret", "cue.png", "-m", "machine.npz", "--plot", "x.gif"],
    ["corrupt", "cue.png", "-o", "out.png", "--mode", "grey"],
    ["corrupt", "cue.png", "-o", "out.png", "--threshold", 0.5],
    ["corrupt", "cue.png", "-o", "out.png", "--noise", 2],
    ["recall", "cue.png", "-m", "gray.npz", "--energy", "exp"],
    ["recall", "cue.png", "-m", "binary.npz", "--energy", "lse"],
    ["recall", "cue.png", "-m", "binary.npz", "--update", "sync", "--order", "random"],
    ["recall", "cue.png", "-m", "binary.npz", "--update", "sync", "--temperature", 1],
    ["recall", "cue.png", "-m", "binary.npz", "--anneal", "2:1", "--temperature", 1],
    ["recall", "cue.png", "-m", "learned.npz", "--energy", "classical", "--rule", "storkey"],
])  # fmt: skip
def test_what_the_other_commands_do_not_take_is_refused(hop, memories, arguments):
    hop("store", "x", "-m", "dense.npz", "--mode", "binary")
    hop("learn", "-m", "dense.npz", "--rule", "dense", "--sweeps", 2, "--memories", 4)
    answer = hop(*arguments)
    assert answer.code == 2, answer
    assert re.fullmatch(r"hop: error: .* was given, but .*; .*\n", answer.err)


def test_auto_is_a_beta_of_every_network_that_has_one(hop, memories):
    for network in ("exp", "lse"):
        command = ("recall", "cue.png", *NETWORKS[network], "--json")
        assert hop(*command, "--beta", "auto").json["recalls"] == hop(*command).json["recalls"]


def test_a_shown_choice_is_one(hop):
    shown = hop("recall", "--help").out
    for energy in parameters_by_energy():
        assert energy in shown
    for options in parameters_by_energy().values():
        for parameter in options:
            assert f"--{parameter.name.replace('_', '-')}" in shown
