"""`hop capacity`."""

import csv

import pytest


def test_theory_and_measurement_stand_side_by_side(hop, folder):
    answer = hop("capacity", "--n", 100, "--energy", "poly", "--trials", 60, "--csv", "curve.csv",
                 "--json").json  # fmt: skip
    assert (answer["n"], answer["energy"], answer["degree"]) == (100, "poly", 3)
    assert (answer["error"], answer["noise"]) == (0.01, 0.0)
    theory = {entry["what"]: entry for entry in answer["theory"]}
    # The figure of the contract: 100² / (2 · 3 · ln 100).
    assert theory["no errors"]["patterns"] == pytest.approx(361.9, abs=0.05)
    assert theory["no errors"]["source"] == "Krotov and Hopfield 2016"
    measured = answer["measured"]
    assert (measured["method"], measured["confidence"]) == ("stored", 0.95)
    # The Gaussian theory says 616.
    assert 560 < measured["low"] < measured["patterns"] < measured["high"] < 670
    assert 2 ** measured["log2_patterns"] == pytest.approx(measured["patterns"])
    for point in answer["curve"]:
        assert point["low"] <= point["bit_error"] <= point["high"]
        assert point["load"] == point["patterns"] / 100
    with (folder / "curve.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["patterns"]) for row in rows] == [p["patterns"] for p in answer["curve"]]
    assert float(rows[0]["bit_error"]) == answer["curve"][0]["bit_error"]


def test_what_lies_beyond_storing_is_said(hop):
    answer = hop("capacity", "--n", 1000, "--energy", "exp", "--trials", 4, "--json").json
    assert answer["theory"][0]["log2_patterns"] == pytest.approx(500)
    measured = answer["measured"]
    assert measured["method"] == "counted"
    assert measured["log2_patterns"] == pytest.approx(970.405, abs=1e-3)
    assert measured["low"] <= measured["patterns"] <= measured["high"]
    assert {point["method"] for point in answer["curve"]} == {"stored"}
    said = hop("capacity", "--n", 100, "--energy", "exp", "--trials", 4).out
    assert "2^50" in said
    assert "at 2^93.779 patterns" in said
    huge = hop("capacity", "--n", 3000, "--energy", "exp", "--trials", 1, "--json").json
    assert huge["theory"][0]["patterns"] is None
    assert huge["theory"][0]["log2_patterns"] == pytest.approx(1500)


def test_the_same_seed_measures_the_same(hop):
    runs = [
        hop("capacity", "--n", 60, "--trials", 30, "--seed", seed, "--json").json["measured"]
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_a_person_reads_a_sentence(hop):
    said = hop("capacity", "--n", 60, "--trials", 30).out
    assert "0.138" not in said
    assert "Amit, Gutfreund" in said
    assert "1 % of the bits are wrong at" in said


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
    ],
)
def test_bad_input(hop, arguments, said):
    assert said in hop("capacity", *arguments).error
