"""What is drawn in a terminal, and plots in files."""

import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from hopcli.errors import HopError
from hopcli.render import graphics
from hopcli.render.blocks import QUARTERS, SHADE, draw
from hopcli.render.panels import contact_sheet, side_by_side
from hopcli.render.plane import Plane
from hopcli.render.plots import recall_plot
from hopcli.render.sparkline import sparkline
from hopcli.render.text import printable, shortened


def plane(patterns, states):
    """Coordinates of the patterns and of the states in their plane, and its shares."""
    found = Plane.of(patterns, states)
    return found.points(patterns), found.points(states), found.shares


def plain(lines):
    return [line.plain for line in lines]


def test_each_quarter_of_a_cell_is_a_pixel():
    # Columns are half as wide as rows are high, so 4 × 2 pixels take two columns and one row.
    pixels = np.array([[1, 1, -1, -1], [-1, -1, 1, 1]])
    assert plain(draw(pixels, 2, colour=False)) == ["▀▄"]
    assert plain(draw(pixels, 4, colour=False)) == ["▀▀▄▄"]


def test_unknown_pixels_are_shaded():
    pixels = np.array([[1, 1, 0, 0], [1, 1, 0, 0]])
    assert plain(draw(pixels, 4, colour=False)) == ["██" + SHADE * 2]


def colours(line):
    """What each cell of a line shows: a quarter block, its colour and that of its ground."""
    return [
        (cell, span.style.color.name, span.style.bgcolor.name)
        for cell, span in zip(line.plain, line.spans, strict=True)
    ]


def test_colours_are_the_pixels_own_on_any_ground():
    pixels = np.array([[1, 1, -1, -1, 0, 0], [1, 1, -1, -1, 0, 0]])
    (line,) = draw(pixels, 6, colour=True)
    grounds = [ground for _, _, ground in colours(line)]
    assert grounds == ["#ffffff"] * 2 + ["#000000"] * 2 + ["#607db0"] * 2


def test_grey_levels_are_clipped_and_unknown_ones_marked():
    pixels = np.array([[0.2, 0.4, -3.0, 2.0], [0.2, 0.4, np.nan, np.nan]], dtype=np.float32)
    (line,) = draw(pixels, 4, colour=True)
    assert colours(line) == [
        (" ", "#333333", "#333333"),
        (" ", "#666666", "#666666"),
        ("▄", "#607db0", "#000000"),
        ("▀", "#ffffff", "#607db0"),
    ]


def test_a_cell_shows_its_brighter_quarters_in_one_colour_and_the_others_in_another():
    red, green, blue = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
    pixels = np.array([[green, blue], [red, blue]])
    assert colours(draw(pixels, 1, colour=True)[0]) == [("▌", "#808000", "#0000ff")]
    assert plain(draw(pixels, 2, colour=False)) == ["▀ "]
    # A pixel with an unknown part is unknown.
    pixels[0, 1, 2] = np.nan
    assert colours(draw(pixels, 2, colour=True)[0])[1] == ("▀", "#607db0", "#0000ff")


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 40), st.booleans(), st.integers(0))
def test_signs_are_levels_of_zero_and_one(height, width, columns, colour, seed):
    signs = np.random.default_rng(seed).integers(-1, 2, (height, width), dtype=np.int8)
    grey = np.where(signs == 0, np.nan, (signs + 1) / 2)
    assert draw(signs, columns, colour=colour) == draw(grey, columns, colour=colour)


@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 90), st.booleans())
def test_a_picture_keeps_its_place_and_proportion(height, width, columns, colour):
    lines = draw(np.ones((height, width), dtype=int), columns, colour=colour)
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


@pytest.fixture
def terminal(monkeypatch):
    """A console in a terminal that shows pictures, and what is shown there."""
    shown = []

    class Image:
        def __init__(self, file, **size):
            shown.append((file.read(), size))

    monkeypatch.setattr(graphics, "_image_class", lambda: Image)
    # The build's own terminal has no say.
    monkeypatch.delenv("NO_COLOR", raising=False)
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="truecolor", width=80, height=40
    )
    return console, shown


def test_pictures_are_shown_in_one_piece_under_their_names(terminal):
    console, shown = terminal
    gray, colour = np.array([[0.0, np.nan], [1.0, 0.2]]), np.ones((2, 2, 3))
    picture = graphics.side_by_side([("猫", gray), ("recalled", colour)], console)
    assert plain([picture.renderables[0]]) == ["猫" + " " * 39 + "recalled"]
    ((data, size),) = shown
    header, pixels = data.split(b"\n", 1)
    assert header == b"PyRGBA 800 390 255"
    assert size == {"width": 80, "height": "auto"}
    sheet = np.frombuffer(pixels, np.uint8).reshape(390, 800, 4)
    assert sheet[[0, 194, 195, 389], [0, 195, 0, 389]].tolist() == [
        [0, 0, 0, 255], [96, 125, 176, 255], [255, 255, 255, 255], [51, 51, 51, 255],
    ]  # fmt: skip
    assert not sheet[:, 390:410].any()
    assert (sheet[:, 410:] == 255).all()


def test_blocks_are_drawn_where_pictures_do_not_fit(terminal):
    console, shown = terminal
    gray = ("gray", np.ones((2, 2)))
    assert graphics.side_by_side([("signs", np.ones((2, 2), dtype=np.int8)), gray], console) is None
    assert graphics.side_by_side([gray] * 9, console) is None
    assert graphics.side_by_side([("high", np.ones((9, 2)))], console) is None
    console.no_color = True
    assert graphics.side_by_side([gray], console) is None
    assert not shown


@pytest.mark.parametrize(
    ("surroundings", "known"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux"}, False),
        ({"TERM": "xterm-kitty", "SSH_CONNECTION": "there"}, False),
    ],
)
def test_only_known_terminals_are_asked(monkeypatch, surroundings, known):
    for name in (*graphics.TERMINALS, *graphics.BETWEEN):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    for stream in ("__stdin__", "__stdout__"):
        monkeypatch.setattr(sys, stream, SimpleNamespace(isatty=lambda: True))
    assert graphics._known_terminal() is known
    monkeypatch.setattr(sys, "__stdin__", None)
    assert not graphics._known_terminal()


@given(st.integers(3, 20), st.integers(2, 20), st.integers(0))
def test_the_plane_is_that_of_the_first_two_components(count, neurons, seed):
    rng = np.random.default_rng(seed)
    patterns, states = rng.normal(3, 1, (count, neurons)), rng.normal(3, 1, (4, neurons))
    memories, path, shares = plane(patterns, states)
    spread = patterns - patterns.mean(axis=0)
    left, lengths, axes = np.linalg.svd(spread, full_matrices=False)
    np.testing.assert_allclose(shares, lengths[:2] ** 2 / (lengths**2).sum())
    # Equal but for the signs, which are such that the first far memory lies on the positive side.
    np.testing.assert_allclose(abs(memories), abs(left[:, :2] * lengths[:2]), atol=1e-6)
    np.testing.assert_allclose(abs(path), abs((states - patterns.mean(axis=0)) @ axes[:2].T),
                               atol=1e-6)  # fmt: skip
    far = abs(memories) >= abs(memories).max(axis=0) / 2
    assert (memories[far.argmax(axis=0), [0, 1]] > 0).all()


def test_the_plane_of_thousands_of_patterns_finds_what_they_differ_in():
    rng = np.random.default_rng(0)
    groups = rng.choice([-1.0, 1.0], (3, 500))[rng.integers(0, 3, 2000)]
    patterns = np.where(rng.random(groups.shape) < 0.2, -groups, groups).astype(np.int8)
    _, _, shares = plane(patterns, patterns[:1])
    lengths = np.linalg.svd(patterns - patterns.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(shares, lengths[:2] ** 2 / (lengths**2).sum(), rtol=1e-9)


def test_where_patterns_span_no_plane_the_path_does():
    rng = np.random.default_rng(0)
    two, path = rng.normal(size=(2, 9)), rng.normal(size=(3, 9))
    memories, places, shares = plane(two, path)
    np.testing.assert_allclose(shares, [1, 0])
    half = np.linalg.norm(two[0] - two[1]) / 2
    np.testing.assert_allclose(memories, [[half, 0], [-half, 0]], atol=1e-9)
    assert (abs(places[:, 1]) > 1e-3).all()

    memories, places, shares = plane(np.tile(two[:1], (4, 1)), path)
    assert not shares.any()
    assert abs(memories).max() < 1e-9
    # Distances from the only memory are kept as far as a plane can keep them.
    assert np.linalg.norm(places) > 0.5 * np.linalg.norm(path - two[0])

    for pattern in (two[:1], np.zeros((1, 1))):
        memories, places, shares = plane(pattern, pattern)
        assert not shares.any()
        assert abs(memories).max() < 1e-9
        assert abs(places).max() < 1e-9


def plotted(kind, name="a.png", steps=4):
    """The bytes of a plot of a recall among three memories."""
    stream = io.BytesIO()
    recall_plot(
        stream,
        kind,
        energies=[float(-k) for k in range(steps)],
        path=np.linspace([0.0, 0.0], [1.0, 1.0], steps),
        memories=np.array([[1.0, 1.0], [-1.0, 0.5], [0.0, -1.0]]),
        names=[name, "b.png", "c.png"],
        nearest=0,
        spread=(0.9, 0.004),
    )
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "magic"), [("png", b"\x89PNG\r\n"), ("svg", b"<?xml"), ("pdf", b"%PDF-")]
)
def test_a_plot_is_the_same_each_time(kind, magic):
    once = plotted(kind)
    assert once.startswith(magic)
    assert plotted(kind) == once


@pytest.mark.parametrize("name", ["$x_", "猫\n.png", "\udcff" * 90])
def test_a_plot_bears_any_name(name):
    assert plotted("svg", name, steps=1)


def test_a_plot_of_another_kind_is_refused():
    with pytest.raises(HopError, match="written as gif, but can be only png, svg or pdf"):
        plotted("gif")


def test_without_matplotlib_a_plot_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(HopError, match=r"pip install 'hopcli\[plot\]'"):
        plotted("png")


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
