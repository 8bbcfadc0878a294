"""Lists and ranges of values."""

import pytest

from hopcli.cli.ranges import numbers, whole_numbers
from hopcli.errors import HopError


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("0.1", [0.1]),
        ("0:0.4:0.1", [0.0, 0.1, 0.2, 0.3, 0.4]),
        # In floats, 3 times 0.1 is more than 0.3.
        ("0:0.3:0.1", [0.0, 0.1, 0.2, 0.3]),
        ("0:0.35:0.1", [0.0, 0.1, 0.2, 0.3]),
        ("0.3:0:-0.1", [0.3, 0.2, 0.1, 0.0]),
        ("0.1, 0.2,0.1", [0.1, 0.2]),
        ("1e-3,0.5:0.5:1", [0.001, 0.5]),
    ],
)
def test_numbers(given, wanted):
    assert numbers("noise", given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("100", [100]), ("100,200,400", [100, 200, 400]), ("2:4", [2, 3, 4]), ("50:200:50,90",
     [50, 100, 150, 200, 90]), ("1e3", [1000])],
)  # fmt: skip
def test_whole_numbers(given, wanted):
    found = whole_numbers("n", given)
    assert found == wanted
    assert all(type(value) is int for value in found)


@pytest.mark.parametrize(
    "given", ["", ",", "a", "1:2:0", "3:1:1", "1:3:-1", "1:2:3:4", "nan", "inf:2", "1:", "0.5"]
)
def test_what_is_no_list(given):
    with pytest.raises(HopError, match=r"n=.* was given, but .* neither a value nor a range"):
        whole_numbers("n", given)


def test_no_list_is_endless():
    for given in ("0:1e9:1", "0:1:1e-9", "0:1e300:1e-300"):
        with pytest.raises(HopError, match="more than 100,000 values"):
            numbers("noise", given)
