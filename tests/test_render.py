"""What is drawn in a terminal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcli.render.blocks import QUARTERS, SHADE, Canvas, draw
from hopcli.render.panels import contact_sheet, side_by_side
from hopcli.render.sparkline import sparkline
from hopcli.render.text import printable, shortened


def plain(lines):
    return [line.plain for line in lines]


def test_each_quarter_of_a_cell_is_a_pixel():
    # Columns are half as wide as rows are high, so 4 × 2 pixels take two columns and one row.
    pixels = np.array([[1, 1, -1, -1], [-1, -1, 1, 1]])
    assert plain(draw(pixels, Canvas(2, colour=False))) == ["▀▄"]
    assert plain(draw(pixels, Canvas(4, colour=False))) == ["▀▀▄▄"]


def test_unknown_pixels_are_shaded():
    pixels = np.array([[1, 1, 0, 0], [1, 1, 0, 0]])
    assert plain(draw(pixels, Canvas(4, colour=False))) == ["██" + SHADE * 2]


def test_colours_are_the_pixels_own_on_any_ground():
    pixels = np.array([[1, 1, -1, -1, 0, 0], [1, 1, -1, -1, 0, 0]])
    (line,) = draw(pixels, Canvas(6, colour=True))
    grounds = [str(span.style.bgcolor.name) for span in line.spans]
    assert grounds == ["#ffffff"] * 2 + ["#000000"] * 2 + ["#607db0"] * 2


@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 90), st.booleans())
def test_a_picture_keeps_its_place_and_proportion(height, width, columns, colour):
    lines = draw(np.ones((height, width), dtype=int), Canvas(columns, colour))
    wide = min(columns, 2 * width)
    assert {len(line) for line in lines} == {wide}
    assert len(lines) == max(1, round(wide * height / width / 2))
    assert set("".join(plain(lines))) <= set(QUARTERS)


@pytest.mark.parametrize("width", [80, 120, 24, 31])
def test_panels_fit_the_terminal(width):
    pixels = np.ones((64, 64), dtype=int)
    lines = side_by_side([("a name that is longer than its picture", pixels)] * 3, width,
                         colour=True)  # fmt: skip
    assert all(len(line) <= width for line in lines)
    assert bool(lines) == (width >= 28)


def test_small_pictures_stand_under_their_names():
    lines = plain(side_by_side([("cue", np.ones((2, 1))), ("recalled", np.ones((2, 1)))], 80,
                               colour=False))  # fmt: skip
    assert lines == ["cue  recalled", "██   ██", "██   ██"]


def test_a_contact_sheet_shows_every_picture():
    sheet = plain(contact_sheet([(f"{k}.png", np.ones((8, 8))) for k in range(11)], 80,
                                colour=False))  # fmt: skip
    assert all(any(f"{k}.png" in line for line in sheet) for k in range(11))
    assert max(map(len, sheet)) <= 80


def test_sparklines():
    assert sparkline([3.0, 1.0, 2.0], 10) == "█▁▅"
    assert sparkline([5.0, 5.0], 10) == "▁▁"
    assert sparkline([-float(k) for k in range(100)], 5) == "█▆▄▃▁"


def test_text_from_outside_is_made_safe():
    assert printable("a\x1b[31m\n[bold]\udcff") == "a\\x1b[31m\\n[bold]\\udcff"
    assert printable("Käse/猫.png") == "Käse/猫.png"
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghij", 5) == "ab…ij"
    assert shortened("abcdefghij", 1) == "…"
    # Characters that take two columns.
    assert shortened("猫" * 10, 7) == "猫…猫猫"
