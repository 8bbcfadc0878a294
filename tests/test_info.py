"""`hop info`."""

import numpy as np
import pytest
from conftest import picture


def test_what_a_memory_holds(hop, folder, random_memory):
    patterns, names = random_memory(patterns=5, shape=(8, 9))
    answer = hop("info", "--json").json
    assert (answer["patterns"], answer["neurons"], answer["shape"]) == (5, 72, [8, 9])
    assert (answer["mode"], answer["labels"], answer["unlabelled"]) == (
        "binary", {"a": 3, "b": 2}, 0,
    )  # fmt: skip
    assert answer["load"] == 5 / 72
    assert answer["bytes"] == (folder / "memory.npz").stat().st_size
    overlaps = patterns.astype(int) @ patterns.T
    np.fill_diagonal(overlaps, -73)
    assert answer["closest"]["overlap"] == overlaps.max() / 72
    one, other = answer["closest"]["indices"]
    assert overlaps[one, other] == overlaps.max()
    assert answer["closest"]["names"] == [names[one], names[other]]
    found = {(c["energy"], c["what"]): c["patterns"] for c in answer["capacity"]}
    assert found["classical", "retrieval"] == pytest.approx(0.138 * 72)
    assert found["exp", "every pattern stable"] == pytest.approx(2**36)


def test_duplicates_are_the_closest_pair(hop, folder):
    state = np.random.default_rng(0).choice([-1, 1], 64)
    for name in ("a", "b", "c"):
        picture(folder / "p" / f"{name}.png", -state if name == "b" else state, (8, 8))
    hop("store", "p")
    closest = hop("info", "--json").json["closest"]
    assert (closest["names"], closest["overlap"]) == (["a.png", "c.png"], 1.0)
    assert "a.png and c.png, overlap 1.000" in hop("info").out


def test_one_pattern_has_no_closest_pair(hop, folder):
    picture(folder / "a.png", np.ones(64), (8, 8))
    hop("store", "a.png")
    assert hop("info", "--json").json["closest"] is None
    assert "only one pattern" in hop("info").out


def test_bad_input(hop, folder):
    assert "there is no memory" in hop("info").error
    (folder / "memory.npz").write_bytes(b"PK")
    assert "not a memory" in hop("info").error


def test_grey_pictures_have_a_closest_pair_too(hop, folder):
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (6, 50)).astype(np.uint8)
    rows[4] = np.clip(rows[1].astype(int) + rng.integers(-9, 9, 50), 0, 255)
    np.save("rows.npy", rows)
    hop("store", "rows.npy")
    closest = hop("info", "--json").json["closest"]
    assert closest["indices"] == [1, 4]
    one, other = rows[1] - rows[1].mean(), rows[4] - rows[4].mean()
    expected = one @ other / np.sqrt((one @ one) * (other @ other))
    assert closest["overlap"] == pytest.approx(expected)
