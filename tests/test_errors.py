"""Errors are worded for who reads them, and parameters take what they say they take."""

import pickle

import pytest

from hopcli.errors import HopError, ParameterError, in_library, on_command_line
from hopcli.parameters import Parameter

DEGREE = Parameter("degree", int, 3, "n of xⁿ.", low=2, high=10_000)
BETA = Parameter("beta", float, None, "β.", low=0, open=True, auto=True)


@pytest.mark.parametrize(
    ("template", "library", "shell"),
    [
        ("try `energy=exp`", "try energy='exp'", "try --energy exp"),
        ("`max_sweeps` is spent", "max_sweeps is spent", "--max-sweeps is spent"),
        ("give `beta=2.5`", "give beta=2.5", "give --beta 2.5"),
        ("give `clamp=True`", "give clamp=True", "give --clamp"),
        ("`learn()` first", "memory.learn() first", "'hop learn' first"),
        (
            "`learn(rule=dense, max_sweeps=3)`",
            "memory.learn(rule='dense', max_sweeps=3)",
            "'hop learn --rule dense --max-sweeps 3'",
        ),
        ("no parameter here", "no parameter here", "no parameter here"),
    ],
)
def test_a_message_is_worded_for_its_reader(template, library, shell):
    assert in_library(template) == library
    assert on_command_line(template) == shell
    assert str(HopError(template)) == library


def test_a_parameter_error_keeps_its_fields_and_survives_pickling():
    error = pickle.loads(pickle.dumps(ParameterError("beta", -1, "it takes more", "try more")))
    assert isinstance(error, ValueError)
    assert (error.parameter, error.value) == ("beta", -1)
    assert (error.need, error.remedy) == ("it takes more", "try more")
    assert str(error) == "beta=-1 was given, but it takes more; try more"
    plain = pickle.loads(pickle.dumps(HopError("try `energy=exp`")))
    assert (plain.template, str(plain)) == ("try `energy=exp`", "try energy='exp'")
    assert repr(plain) == """HopError("try energy='exp'")"""


@pytest.mark.parametrize("value", [1, 10_001, 2.5, "banana", "", None, True, float("nan"), "1e3"])
def test_what_is_no_degree_is_refused(value):
    with pytest.raises(ParameterError, match="from 2 to 10,000"):
        DEGREE.checked(value)


@pytest.mark.parametrize("value", [0, -1, float("nan"), "nan", "-inf", "banana", "", True])
def test_what_is_no_beta_is_refused(value):
    with pytest.raises(ParameterError, match="above 0"):
        BETA.checked(value)


def test_what_is_in_range_is_taken_in_its_kind():
    assert DEGREE.checked("20") == 20
    assert DEGREE.checked(4.0) == 4
    assert BETA.checked("auto") is None
    assert BETA.checked("0.5") == 0.5
    assert BETA.checked(2) == 2.0


def test_the_nearest_choice_is_named():
    update = Parameter("update", str, "async", "How.", choices=("async", "sync"))
    assert update.checked("sync") == "sync"
    with pytest.raises(ParameterError, match="did you mean sync") as raised:
        update.checked("synk")
    assert raised.value.parameter == "update"
