"""The capacity of learned weights: against slow twins, and by what is known of each rule."""

import csv
import pickle

import naive
import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.rules import make, names
from hopcli.binary.rules.perceptron import gardner
from hopcli.experiments import learned
from hopcli.experiments.capacity import points
from hopcli.experiments.drawing import drawn
from hopcli.experiments.experiment import Experiment, run
from hopcli.experiments.learned import LearnedRetrieval, LearnedStability
from hopcli.experiments.retrieval import Retrieval
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import Setting, Trial


def setting(neurons, noise=0.0, trials=20, seed=0):
    return Setting(Classical(), neurons, noise, trials, seed)


def trials_of(given, patterns, count):
    return [Trial(given, patterns, number) for number in range(count)]


@pytest.mark.parametrize(("neurons", "patterns"), [(2, 1), (20, 3), (64, 12), (65, 4)])
@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_hebbs_weights_do_what_the_patterns_do(neurons, patterns, noise):
    """The same trials, to the last bit, with weights and without, ties included."""
    rule, trials = make("hebbian").for_trials(), trials_of(setting(neurons, noise), patterns, 10)
    assert LearnedStability(rule).run(trials) == Stability().run(trials)
    assert LearnedRetrieval(rule).run(trials) == Retrieval().run(trials)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize(("neurons", "patterns", "noise"), [(21, 5, 0.1), (34, 1, 0.2)])
def test_a_trial_agrees_with_its_slow_twin(name, neurons, patterns, noise):
    """Field by field in Python's whole numbers, of the weights that the rule has learned."""
    trial = Trial(setting(neurons, noise, seed=3), patterns, 2)
    words, cues = drawn(trial, patterns)
    rng = np.random.default_rng([3, patterns, 2, 1])
    network = learned.network(make(name).for_trials(), words, neurons, rng)
    whole = [[round(w * network.denominator) for w in row] for row in network.weights.tolist()]
    wrong = 0
    stored, states = (packing.unpack(each, neurons).tolist() for each in (words, cues))
    for own, state in zip(stored, states, strict=True):
        for i in range(neurons):
            field = sum(w * s for w, s in zip(whole[i], state, strict=True))
            wrong += naive.visited((field > 0) - (field < 0), state[i]) != own[i]
    (counts,) = LearnedStability(make(name).for_trials()).run([trial])
    assert (counts.wrong, counts.of) == (wrong, patterns * neurons)


@pytest.mark.parametrize("name", names())
def test_trials_travel(name):
    trials = trials_of(setting(24, 0.1), 6, 3)
    for measure in (
        LearnedStability(make(name).for_trials()),
        LearnedRetrieval(make(name).for_trials()),
    ):
        copied, again = pickle.loads(pickle.dumps((measure, trials)))
        assert copied.run(again) == [measure.run([trial])[0] for trial in trials]


def test_projection_holds_all_patterns_that_it_may_be_given():
    measure = LearnedStability(make("projection").for_trials())
    assert measure.largest(50) == 49
    (point,) = points(measure, setting(50), [49]).points
    assert point.share == 0


def capacity(rule, measure="stability", noise=0.0, neurons=60, trials=30):
    learning = make(rule).for_trials()
    experiment = Experiment(Classical(), neurons, 0.01, noise, measure, (), trials, 0, learning)
    return run(experiment).stored


def test_storkeys_capacity_lies_above_hebbs_and_dreaming_raises_hebbs():
    hebb, storkey, dream = (capacity(rule) for rule in ("hebbian", "storkey", "dream"))
    assert hebb.high < 0.25 * 60 < 0.45 * 60 < storkey.low
    assert storkey.high < 0.6 * 60 < 0.75 * 60 < dream.low
    assert capacity("projection").patterns is None
    assert capacity("projection").low == 59


def test_with_a_tenth_of_each_cue_flipped_projection_retrieves_to_half_a_load():
    found = {r: capacity(r, "retrieval", 0.1) for r in ("hebbian", "storkey", "projection")}
    assert found["hebbian"].high < found["storkey"].low
    assert found["storkey"].high < found["projection"].low
    assert found["projection"].low < 0.52 * 60 < found["projection"].high + 0.02 * 60


def test_gardners_load():
    """2 without a margin; with one, by the integral."""
    assert gardner(0) == pytest.approx(2)
    t = np.linspace(-1, 12, 400_001)
    gaussian = np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
    assert gardner(1) == pytest.approx(1 / np.trapezoid((t + 1) ** 2 * gaussian, t))


def test_the_command_measures_rules_on_the_same_axes(hop, folder):
    answer = hop("capacity", "--n", 40, "--rule", "hebbian,storkey,projection", "--trials", 12,
                 "--csv", "rules.csv", "--plot", "rules.svg", "--json").json  # fmt: skip
    assert answer["swept"] == ["rule"]
    assert [result["rule"] for result in answer["results"]] == ["hebbian", "storkey", "projection"]
    hebbian, storkey, projection = answer["results"]
    assert hebbian["measured"]["method"] == "counted"
    assert storkey["measured"]["method"] == "stored"
    assert storkey["theory"] == []
    assert projection["theory"][0]["patterns"] == pytest.approx(40)
    assert projection["measured"]["patterns"] is None
    assert projection["measured"]["low"] == 39
    for point in storkey["curve"]:
        assert point["low"] <= point["bit_error"] <= point["high"]
        assert point["load"] == point["patterns"] / 40
    with (folder / "rules.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["rule"] for row in rows} == {"hebbian", "storkey", "projection"}
    assert len(rows) == sum(len(result["curve"]) for result in answer["results"])
    assert "<svg" in (folder / "rules.svg").read_text()


def test_hebbian_is_what_there_is_without_a_rule(hop):
    plain = hop("capacity", "--n", 30, "--trials", 10, "--json").json
    ruled = hop("capacity", "--n", 30, "--trials", 10, "--rule", "hebbian", "--json").json
    assert ruled.pop("rule") == "hebbian"
    assert "rule" not in plain
    for answer in (plain, ruled):
        del answer["seconds"]
    assert ruled == plain


def test_neither_workers_nor_the_order_of_rules_change_a_digit(hop):
    def ask(*more):
        return hop("capacity", "--n", 30, "--trials", 8, "--noise", 0.1, "--measure", "retrieval",
                   "--json", *more).json  # fmt: skip

    alone = ask("--rule", "dream,perceptron")["results"]
    spread = ask("--rule", "perceptron,dream", "--workers", 2)["results"]
    assert alone == spread[::-1]
    assert ask("--rule", "dream")["curve"] == alone[0]["curve"]


def test_what_a_person_reads_of_rules(hop):
    said = hop("capacity", "--n", 30, "--rule", "storkey", "--trials", 10).out
    assert "30 neurons, classical by storkey" in said
    assert "no closed formula" in said
    said = hop("capacity", "--n", 30, "--rule", "projection", "--trials", 10).out
    assert "up to 29 patterns fewer than 1 % of the bits are wrong" in said
    assert "up to 29 patterns fewer than 1 % of the bits are wrong; more are not stored" in said
    said = hop("capacity", "--n", 30, "--rule", "perceptron", "--margin", 0.5, "--trials", 10).out
    assert "perceptron of margin 0.5" in said
    assert "Gardner 1988" in said
    swept = hop("capacity", "--n", 20, "--noise", "0,0.1,0.2", "--rule", "storkey,projection",
                "--measure", "retrieval", "--trials", 8).out  # fmt: skip
    assert "storkey: measured" in swept
    grown = hop("capacity", "--n", "20,30,40", "--rule", "hebbian,storkey", "--trials", 30).out
    assert "classical by storkey: capacity grows as" in grown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rule", "hebb"), "did you mean hebbian"),
        (("--rule", ""), "--rule  was given"),
        (
            ("--rule", "storkey", "--energy", "exp"),
            "rules learn the weights of the classical network",
        ),
        (("--rule", "storkey", "--margin", 1), "it has no effect with --rule storkey"),
        (("--rule", "perceptron", "--margin", -1), "--margin -1"),
        (("--rule", "projection", "--load", 1.5), "learns no more than 39 patterns"),
        (("--rule", "storkey", "--load", 9), "learns no more than 160 patterns"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_line(hop, arguments, said):
    assert said in hop("capacity", "--n", 40, *arguments).error


def test_too_many_weights_and_too_long_an_experiment_are_refused(hop):
    assert "5,000 × 5,000 weights" in hop("capacity", "--n", 5000, "--rule", "storkey").error
    assert "--force" in hop("capacity", "--n", 1000, "--rule", "dream").error
