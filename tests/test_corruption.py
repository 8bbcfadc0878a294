"""Damage: flips and occlusion."""

import numpy as np
import pytest

from hopcli.binary import corruption
from hopcli.errors import HopError


def rng():
    return np.random.default_rng(0)


def test_about_the_given_share_is_flipped_and_the_unknown_stays():
    state = np.ones(100_000, dtype=np.int8)
    state[:1000] = 0
    damaged = corruption.flip(state, 0.3, rng())
    assert not damaged[:1000].any()
    # Five standard deviations of a binomial share.
    assert abs((damaged[1000:] == -1).mean() - 0.3) < 5 * np.sqrt(0.21 / 99_000)


@pytest.mark.parametrize(
    ("half", "hidden"),
    [
        ("left", [[1, 1, 0, 0, 0]] * 3),
        ("right", [[0, 0, 0, 1, 1]] * 3),
        ("top", [[1] * 5, [0] * 5, [0] * 5]),
        ("bottom", [[0] * 5, [0] * 5, [1] * 5]),
    ],
)
def test_halves(half, hidden):
    assert np.array_equal(corruption.occluded(half, 3, 5, rng()), np.array(hidden, dtype=bool))


@pytest.mark.parametrize("fraction", ["0", "0.25", "1"])
def test_a_fraction_hides_exactly_its_share(fraction):
    assert corruption.occluded(fraction, 8, 10, rng()).sum() == float(fraction) * 80


@pytest.mark.parametrize("given", ["middle", "1.5", "-0.1", "nan"])
def test_anything_else_is_refused(given):
    with pytest.raises(HopError, match="occlude="):
        corruption.occluded(given, 4, 4, rng())
