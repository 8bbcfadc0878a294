"""`hop capacity`."""

import csv
import json
from io import StringIO

import pytest
from rich.console import Console

from hopcli.binary.interactions.classical import Classical
from hopcli.cli import capacity_tables
from hopcli.experiments.capacity import Capacity as Stored
from hopcli.experiments.experiment import Experiment, Finding
from hopcli.experiments.stability import Stability
from hopcli.experiments.theory import predictions
from hopcli.model.capacity import Capacity


def test_theory_and_measurement_stand_side_by_side(hop, folder):
    answer = hop("capacity", "--n", 100, "--energy", "poly", "--trials", 60, "--csv", "curve.csv",
                 "--json").json  # fmt: skip
    assert (answer["n"], answer["energy"], answer["degree"]) == (100, "poly", 3)
    assert (answer["error"], answer["noise"]) == (0.01, 0.0)
    theory = {entry["what"]: entry for entry in answer["theory"]}
    # The figure of the contract: 100² / (2 · 3 · ln 100).
    assert theory["no errors"]["patterns"] == pytest.approx(361.9, abs=0.05)
    assert theory["no errors"]["source"] == "Krotov and Hopfield 2016"
    measured, stored = answer["measured"], answer["stored"]
    assert (measured["method"], measured["confidence"]) == ("counted", 1.0)
    assert (stored["method"], stored["confidence"]) == ("stored", 0.95)
    # The Gaussian theory says 616.
    assert measured["low"] <= measured["patterns"] <= measured["high"]
    assert measured["patterns"] == pytest.approx(605.8, abs=0.1)
    assert 570 < stored["low"] < stored["patterns"] < stored["high"] < 650
    assert 2 ** measured["log2_patterns"] == pytest.approx(measured["patterns"])
    methods = {point["method"] for point in answer["curve"]}
    assert methods == {"stored", "counted"}
    for point in answer["curve"]:
        assert point["low"] <= point["bit_error"] <= point["high"]
        assert point["load"] == pytest.approx(point["patterns"] / 100)
    with (folder / "curve.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["patterns"]) for row in rows] == [p["patterns"] for p in answer["curve"]]
    assert float(rows[0]["bit_error"]) == answer["curve"][0]["bit_error"]
    assert {float(row["capacity"]) for row in rows} == {measured["patterns"]}


def test_stored_and_counted_agree_at_each_number_of_patterns(hop):
    """All nine points within 1.5 times their intervals: outside is one in 300."""
    curve = hop("capacity", "--n", 80, "--trials", 100, "--json").json["curve"]
    counted = {p["patterns"]: p["bit_error"] for p in curve if p["method"] == "counted"}
    stored = [point for point in curve if point["method"] == "stored"]
    assert len(stored) >= 9
    for point in stored:
        reach = (point["high"] - point["low"]) / 4
        assert point["low"] - reach < counted[point["patterns"]] < point["high"] + reach


def test_what_lies_beyond_storing_is_said(hop):
    answer = hop("capacity", "--n", 1000, "--energy", "exp", "--trials", 4, "--json").json
    assert answer["theory"][0]["log2_patterns"] == pytest.approx(500)
    measured = answer["measured"]
    assert measured["method"] == "counted"
    assert measured["log2_patterns"] == pytest.approx(970.405, abs=1e-3)
    assert measured["low"] <= measured["patterns"] <= measured["high"]
    assert answer["stored"]["patterns"] is None
    assert max(p["log2_patterns"] for p in answer["curve"] if p["method"] == "stored") <= 22
    said = hop("capacity", "--n", 100, "--energy", "exp", "--trials", 4).out
    assert "2^50" in said
    assert "at 2^93.779 patterns" in said
    huge = hop("capacity", "--n", 3000, "--energy", "exp", "--trials", 1, "--json").json
    assert huge["theory"][0]["patterns"] is None
    assert huge["theory"][0]["log2_patterns"] == pytest.approx(1500)
    said = hop("capacity", "--n", 3000, "--energy", "exp", "--trials", 1).out
    assert "even of 2^1000 patterns" in said


def test_the_same_seed_measures_the_same(hop):
    runs = [
        hop("capacity", "--n", 60, "--trials", 30, "--seed", seed, "--json").json["stored"]
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_a_person_reads_sentences_and_a_chart(hop):
    said = hop("capacity", "--n", 60, "--trials", 30).out
    assert "Amit, Gutfreund" in said
    assert "Stored: 1 % of the bits are wrong at" in said
    assert "Counted: 1 % of the bits are wrong at" in said
    assert "┊" in said


@pytest.mark.parametrize(
    ("width", "rows"), [(120, 5), (96, 5), (94, 5), (80, 7), (60, 10), (20, 30)]
)
def test_tables_fit_without_breaking_a_word(width, rows):
    theory = tuple(predictions(Classical(), 60, error=0.01, noise=0.0))
    experiment = Experiment(Classical(), 60, 0.01, 0.0, "stability", (), 1, 0)
    finding = Finding(experiment, theory, Stored(None, 0, None, ()))
    shown = Console(width=width, file=StringIO())
    shown.print(capacity_tables.fitted(capacity_tables.theory_table(Capacity(finding)), shown))
    lines = shown.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    words = {
        word for said in theory for word in f"{said.what} {said.meaning} {said.source}".split()
    }
    assert words <= {word for line in lines for word in line.split()}
    assert len(lines) == rows


def test_retrieval(hop):
    answer = hop("capacity", "--n", 60, "--measure", "retrieval", "--trials", 60, "--json").json
    measured = answer["measured"]
    assert measured["method"] == "stored"
    assert 8 < measured["low"] < measured["patterns"] < measured["high"] < 24
    for point in answer["curve"]:
        assert point["low"] <= point["retrieved"] <= point["high"]
        assert point["other"] + point["spurious"] == pytest.approx(1 - point["retrieved"])
        assert point["sweeps"] >= 1
        assert -1 <= point["overlap"] <= 1
    assert (
        "half of the cues come back at"
        in hop("capacity", "--n", 60, "--measure", "retrieval", "--trials", 60).out
    )


def test_sweeps_are_all_combinations_with_fits(hop, folder):
    answer = hop("capacity", "--n", "20,30,40", "--energy", "poly", "--degree", "2:3", "--trials",
                 20, "--csv", "all.csv", "--plot", "growth.svg", "--json").json  # fmt: skip
    assert answer["swept"] == ["n", "degree"]
    pairs = [(result["n"], result["degree"]) for result in answer["results"]]
    assert sorted(pairs) == [(n, degree) for n in (20, 30, 40) for degree in (2, 3)]
    assert [fit["degree"] for fit in answer["fits"]] == [2, 3]
    for fit in answer["fits"]:
        assert (fit["law"], fit["n"], fit["expected"]) == (
            "exponent", [20, 30, 40], fit["degree"] - 1
        )  # fmt: skip
        assert fit["low"] < fit["value"] < fit["high"]
        assert fit["value"] == pytest.approx(fit["expected"], abs=0.15)
    with (folder / "all.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == sum(len(result["curve"]) for result in answer["results"])
    assert {(int(row["n"]), int(row["degree"])) for row in rows} == set(pairs)
    assert "<svg" in (folder / "growth.svg").read_text()
    said = hop("capacity", "--n", "20,30,40", "--trials", 20).out
    assert "capacity grows as N^" in said


def test_loads_are_measured_where_they_are(hop, folder):
    arguments = ["capacity", "--n", 50, "--noise", "0:0.3:0.1", "--load", "0.1,0.2", "--trials", 10]
    answer = hop(*arguments, "--json", "--plot", "phases.png").json
    assert answer["swept"] == ["noise", "load"]
    assert [result["noise"] for result in answer["results"]] == [0, 0.1, 0.2, 0.3]
    for result in answer["results"]:
        assert result["measured"] is None
        found = {(point["patterns"], point["method"]) for point in result["curve"]}
        assert found == {(k, method) for k in (5, 10) for method in ("stored", "counted")}
    worst = [result["curve"][-1]["bit_error"] for result in answer["results"]]
    assert worst == sorted(worst)
    assert (folder / "phases.png").stat().st_size > 5000
    said = hop(*arguments).out
    assert "load K/N" in said
    assert "░" in said


def test_loads_that_cannot_be_stored_are_counted(hop):
    answer = hop("capacity", "--n", 100, "--energy", "exp", "--load", "1e24", "--trials", 5,
                 "--json").json  # fmt: skip
    (point,) = answer["curve"]
    assert point["method"] == "counted"
    assert point["log2_patterns"] == pytest.approx(86.37, abs=0.01)
    assert 0 < point["bit_error"] < 0.01


def test_workers_change_nothing(hop):
    arguments = ["capacity", "--n", 40, "--noise", "0,0.1", "--trials", 30, "--json"]
    alone, together = hop(*arguments).json, hop(*arguments, "--workers", 2).json
    assert {**alone, "seconds": None} == {**together, "seconds": None}


@pytest.fixture
def interrupted_at(monkeypatch):
    """Ctrl-C at a given batch of trials."""

    def arm(batch):
        run, calls = Stability.run, []

        def running(self, trials):
            calls.append(len(trials))
            if len(calls) == batch:
                raise KeyboardInterrupt
            return run(self, trials)

        monkeypatch.setattr(Stability, "run", running)

    return arm


@pytest.mark.parametrize("batch", [1, 4, 20, 40])
def test_ctrl_c_shows_what_is_known(hop, folder, interrupted_at, batch):
    arguments = ["capacity", "--n", "40,50,60", "--trials", 60, "--csv", "known.csv"]
    whole = hop(*arguments, "--json").json
    interrupted_at(batch)
    ended = hop(*arguments, "--json")
    assert ended.code == 130
    assert "interrupted; this is what is known so far" in ended.err
    answer = json.loads(ended.out)
    assert answer["interrupted"] is True
    *finished, last = answer["results"]
    assert finished == whole["results"][: len(finished)]
    assert len(last["curve"]) < len(whole["results"][len(finished)]["curve"])
    rows = (folder / "known.csv").read_text().splitlines()[1:]
    assert len(rows) == sum(len(result["curve"]) for result in answer["results"])


@pytest.mark.parametrize("batch", [1, 5])
def test_ctrl_c_in_a_single_capacity_shows_its_tables(hop, interrupted_at, batch):
    interrupted_at(batch)
    ended = hop("capacity", "--n", 40, "--trials", 60)
    assert ended.code == 130
    assert "by theory" in ended.out
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--n", 0], "--n 0"),
        (["--n", 1], "--n 1"),
        (["--n", 50, "--error", 0.7], "--error 0.7"),
        (["--n", 50, "--noise", 0.5], "--noise 0.5"),
        (["--n", 50, "--energy", "poly", "--degree", 1], "--degree 1"),
        (["--n", 50, "--energy", "linear"], "did you mean"),
        (["--n", 50, "--trials", 0], "--trials 0"),
        (["--n", 50, "--trials", 5, "--csv", "absent/x.csv"], "no folder"),
        (["--n", 50, "--trials", 5, "--plot", "absent/x.png"], "no folder"),
        (["--n", 50, "--plot", "x.gif"], ".png"),
        (["--n", 50, "--csv", "x.npz"], ".csv"),
        (["--n", 50, "--csv", "-"], "name a file"),
        (["--n", 50, "--csv", "x.png", "--plot", "./x.png"], "both given x.png"),
        (["--n", ""], "--n  was given"),
        (["--n", "100,,200"], "neither a value nor a range"),
        (["--n", "200:100:50"], "neither a value nor a range"),
        (["--n", "1.5"], "neither a value nor a range"),
        (["--n", "1e999999999"], "neither a value nor a range"),
        (["--n", "1:9999999"], "more than 100,000 values"),
        (["--n", "2:5000", "--noise", "0:0.4:0.01"], "combinations"),
        (["--n", "2:3000"], "--force"),
        (["--n", 50, "--noise", "0,0.5"], "--noise 0.5"),
        (["--n", 50, "--noise", "-0.1"], "--noise -0.1"),
        (["--n", 50, "--load", "0"], "--load 0"),
        (["--n", 50, "--load", "-1"], "--load -1"),
        (["--n", 50, "--error", "nan"], "--error nan"),
        (["--n", 50, "--measure", "stable"], "did you mean stability"),
        (["--n", 100, "--measure", "retrieval", "--load", "1e6"], "--measure stability"),
        (["--n", "50,60", "--noise", "0,0.1", "--load", "0.1,0.2", "--plot", "x.png"], "two swept"),
        (["--n", 50, "--workers", -1], "--workers -1"),
        (["--n", 50, "--workers", 2, "--cluster", "tcp://here:1"], "give one of them"),
    ],
)
def test_bad_input(hop, arguments, said):
    assert said in hop("capacity", *arguments).error
