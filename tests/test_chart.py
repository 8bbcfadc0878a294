"""Charts and phase diagrams of characters."""

import io
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from hopcli.render.chart import BAND, BAR, LIMIT, UPRIGHT, chart
from hopcli.render.heat import colour_at, heat
from hopcli.render.phases import VIRIDIS, PhaseDiagram
from hopcli.render.scales import LINEAR, LOG, PATTERNS
from hopcli.render.series import Axis, Chart, Look, Mark, Series

X, Y = Axis("x"), Axis("y")


def plain(lines):
    return [line.plain for line in lines]


def drawing(lines):
    """The rows between the axes, without the numbers beside them."""
    return [line.replace("┤", "│").split("│", 1)[1] for line in plain(lines) if "│" in line
            or "┤" in line]  # fmt: skip


def places(lines, sign):
    """Row and column of each such sign, from left to right and upwards."""
    found = [(r, c) for r, row in enumerate(drawing(lines)) for c, s in enumerate(row) if s == sign]
    return sorted(found, key=lambda place: (place[1], -place[0]))


@example([0.0, 5e-324], 40)
@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=12, unique=True), st.integers(20, 100))
def test_a_rising_series_rises_from_column_to_column(values, width):
    y = sorted(values)
    lines = chart(Chart([Series("", range(len(y)), y)], X, Y), width)
    rows = [row for row, _ in places(lines, "●")]
    assert rows == sorted(rows, reverse=True)
    assert len(places(lines, "●")) <= len(y)


def test_a_straight_line_is_straight():
    lines = chart(Chart([Series("", [0, 1], [0, 1], look=Look.LINE)], X, Y), 24, 11)
    rows = drawing(lines)
    # Two dots to a column and four to a row.
    shares = np.linspace(0, 1, 2 * len(rows[0]))
    expected = {(round((1 - share) * 43) // 4, dot // 2) for dot, share in enumerate(shares)}
    drawn = {(r, c) for r, row in enumerate(rows) for c, sign in enumerate(row) if sign != " "}
    assert expected <= drawn
    # What is drawn besides are the dots between two columns' own.
    assert all({(r, c), (r - 1, c), (r + 1, c)} & expected for r, c in drawn)


def test_the_numbers_on_the_axes_enclose_the_values():
    lines = plain(chart(Chart([Series("", [12, 87], [0.03, 0.18])], X, Y), 60))
    assert lines[1].startswith(" 0.2┤")
    assert any(line.startswith("   0┤") for line in lines)
    bottom = next(line for line in lines if line.endswith("90") or line.endswith("100"))
    assert bottom.split()[0] in ("0", "10")


def test_large_numbers_of_patterns_are_powers_of_two():
    grown = Chart([Series("", [20, 300], [10, 530])], Axis("neurons N"), Axis("K", PATTERNS))
    lines = plain(chart(grown, 70))
    assert any(line.startswith("2^600┤") for line in lines)
    across = Chart([Series("", [85, 97], [0.1, 0.2])], Axis("K", PATTERNS), Y)
    assert "2^96" in "".join(plain(chart(across, 70)))


def test_a_zero_on_a_logarithmic_axis_is_an_arrow_at_its_upper_limit():
    series = Series("stored", [1, 2, 3], [0.0, 0.01, 0.1], [0.0, 5e-3, 0.05], [1e-3, 0.02, 0.2])
    lines = chart(Chart([series], X, Axis("bit error", LOG)), 60, 13)
    ((row, column),) = places(lines, LIMIT)
    assert drawing(lines)[row][column] == LIMIT
    # Ticks at 0.001, which is the limit, and at 1.
    assert plain(lines)[1 + row].startswith("0.001┤")
    assert len(places(lines, "●")) == 2
    assert any("zero, at most this" in line for line in plain(lines))
    bare = Series("", [1, 2], [0.0, 0.1])
    lines = chart(Chart([bare], X, Axis("y", LOG)), 60, 13)
    assert [row for row, _ in places(lines, LIMIT)] == [12]


def test_intervals_are_bars_through_their_points():
    series = Series("", [1, 2], [0.5, 0.5], [0.0, 0.5], [1.0, 0.5])
    lines = chart(Chart([series], X, Y), 40, 9)
    column = places(lines, "●")[0][1]
    assert [row[column] for row in drawing(lines)] == [BAR] * 4 + ["●"] + [BAR] * 4


def test_marks_stand_at_their_values_and_have_letters():
    x = Axis("K", marks=(Mark("measured", 50, 30, 70), Mark("theory", 50), Mark("none", 0)))
    lines = chart(Chart([Series("", [0, 100], [0, 1])], x, Axis("y", marks=(Mark("half", 0.5),))),
                  105, 11)  # fmt: skip
    rows = drawing(lines)
    at = {column for _, column in places(lines, UPRIGHT)}
    assert len(at) == 2
    middle = max(at)
    assert middle == pytest.approx(50, abs=1)
    assert rows[1].count(BAND) == pytest.approx(40, abs=2)
    letters = plain(lines)[1][len(plain(lines)[2]) - len(rows[0]) :]
    assert letters[middle : middle + 2] == "ab"
    assert letters[0] == "c"
    assert set(rows[5]) <= set("╌●")
    legend = "".join(plain(lines)[-2:])
    for text in (f"a{UPRIGHT} measured", f"b{UPRIGHT} theory", f"c{UPRIGHT} none", "╌ half"):
        assert text in legend


def test_series_differ_without_colours():
    series = [Series(name, [0, 1], [k, k + 1]) for k, name in enumerate("abc")]
    series += [Series(name, [0, 1], [k, k], look=Look.LINE) for k, name in enumerate("def")]
    legend = plain(chart(Chart(series, X, Y), 80))[-1]
    signs = [entry.split()[0] for entry in legend.split("   ")]
    assert len(set(signs)) == len(signs) == 6


@pytest.mark.parametrize("y", [[], [np.nan], [3.0], [0.0], [np.nan, 2.0, np.nan], [5.0, 5.0, 5.0]])
@pytest.mark.parametrize("scale", [LINEAR, LOG, PATTERNS])
def test_few_values_are_drawn_as_well(y, scale):
    def drawn(look):
        series = Series("only", range(1, len(y) + 1), y, look=look)
        return chart(Chart([series], X, Axis("y", scale)), 40, 6)

    placed = [v for v in y if v > 0 or (v == 0 and scale is not LOG)]
    assert len(drawing(drawn(Look.POINTS))) == len(drawing(drawn(Look.LINE))) == 6
    assert len(places(drawn(Look.POINTS), "●")) == len(placed)
    assert "".join(drawing(drawn(Look.LINE))).strip() or not placed


def test_a_theory_below_the_axis_leaves_it():
    theory = Series("theory", [0, 1, 2], [0.0, 1e-300, 0.5], look=Look.LINE)
    points = Series("stored", [0, 1, 2], [0.01, 0.1, 0.5])
    lines = chart(Chart([points, theory], X, Axis("error", LOG)), 60, 12)
    assert plain(lines)[12].startswith("0.01┤")
    right = [row[-1] for row in drawing(lines)]
    assert any(sign != " " for sign in right)


@given(st.integers(1, 90), st.integers(1, 20), st.booleans())
def test_charts_fit_the_terminal(width, height, log):
    name = "a name that is rather long, as those of theories are"
    k = np.linspace(3, 500, 7).tolist()
    series = [Series(name, k, np.geomspace(1e-5, 0.5, 7).tolist()),
              Series(name, k, np.geomspace(1e-5, 0.5, 7).tolist(), look=Look.LINE)]  # fmt: skip
    x = Axis("number of patterns K", PATTERNS, (Mark(name, 400.0, 390.0, 410.0),))
    lines = chart(Chart(series, x, Axis("bit error", LOG if log else LINEAR), name), width, height)
    assert max(line.cell_len for line in lines) <= max(width, 5)


def test_charts_bear_any_text():
    name = "[bold]猫\n\x1b[31m\udcff"
    axis = Axis(name, marks=(Mark(name, 1.0),))
    for width in (20, 80):
        lines = chart(Chart([Series(name, [1], [1])], axis, axis, name), width)
        assert all(line.plain.isprintable() for line in lines)
        assert max(line.cell_len for line in lines) <= width


def diagram(**changes):
    """Two rows of three cells, one of them unknown."""
    parts = {
        "columns": [0.0, 0.1, 0.2],
        "rows": [0.05, 0.1],
        "values": np.array([[1.0, 0.7, 0.5], [0.3, np.nan, 0.0]]),
        "x": Axis("noise"),
        "y": Axis("load"),
        "colour": Axis("share retrieved", bounds=(0.0, 1.0)),
    }
    return PhaseDiagram(**(parts | changes))


def test_heat_is_shades_without_colours():
    assert plain(heat(diagram(), 40)) == [
        "load",
        " 0.1┤░░░░····    ",
        "0.05┤████▓▓▓▓▒▒▒▒",
        "    └────────────",
        "      0  0.1 0.2",
        "            noise",
        "share retrieved 0   ░░▒▒▓▓██ 1",
        "· not measured",
    ]


def test_heat_is_colours_where_the_terminal_has_them():
    def shown(**colours):
        stream = io.StringIO()
        console = Console(file=stream, force_terminal=True, width=60, **colours)
        console.print(heat(diagram(), 40)[2])
        return stream.getvalue()

    # Ink and ground are one colour.
    assert "38;2;253;231;37;48;2;253;231;37m████" in shown(color_system="truecolor")
    assert "48;2" not in shown(color_system="truecolor", no_color=True)
    assert "████▓▓▓▓▒▒▒▒" in shown(color_system="truecolor", no_color=True)


def test_colours_run_through_the_nine():
    assert [colour_at(k / 8) for k in range(9)] == list(VIRIDIS)


def test_the_line_of_theory_crosses_its_cells():
    theory = Series("theory", [0.0, 0.2], [0.11, 0.05], look=Look.LINE)
    lines = plain(heat(diagram(lines=[theory]), 40))
    assert lines[1] == " 0.1┤░░×░··×·    "
    assert lines[2] == "0.05┤████▓▓▓▓▒▒×▒"
    assert "× theory" in "".join(lines)
    outside = Series("theory", [0.0, 0.2], [7.0, 8.0], look=Look.LINE)
    assert "×" not in "".join(plain(heat(diagram(lines=[outside]), 40)))


def test_equal_values_are_of_one_shade():
    same = diagram(values=np.full((2, 3), 0.3), colour=Axis("share"))
    lines = plain(heat(same, 40))
    assert lines[1][5:] == lines[2][5:] == "▒" * 12
    one = diagram(columns=[1.0], rows=[2.0], values=np.array([[0.5]]), colour=Axis("share"))
    assert plain(heat(one, 40))[1] == "2┤▒▒"
    assert plain(heat(one, 1))[1] == "2┤▒"
    unknown = diagram(values=np.full((2, 3), np.nan), colour=Axis("share", LOG))
    assert plain(heat(unknown, 40))[1] == " 0.1┤" + "·" * 12


def test_zeros_lie_beyond_the_lower_end_of_a_logarithm():
    rare = diagram(values=np.array([[0.0, 1e-4, 1e-3], [1e-2, 1e-2, 1e-2]]),
                   colour=Axis("bit error", LOG))  # fmt: skip
    lines = plain(heat(rare, 60))
    assert lines[2] == "0.05┤        ▒▒▒▒"
    assert lines[-1].startswith("bit error ≤ 10^-4 ")


@given(st.integers(14, 90), st.integers(1, 60), st.integers(1, 8))
def test_heat_fits_the_terminal_and_keeps_both_ends(width, columns, rows):
    values = np.tile(np.linspace(0, 1, columns), (rows, 1))
    shown = diagram(columns=np.linspace(0, 0.4, columns).tolist(), rows=list(range(rows)),
                    values=values, title="a title")  # fmt: skip
    lines = heat(shown, width)
    assert max(line.cell_len for line in lines) <= width
    cells = [line.plain.split("┤")[1] for line in lines if "┤" in line.plain]
    assert len(cells) == rows
    assert {cell[0] for cell in cells} == {" "}
    if columns > 1:
        assert {cell[-1] for cell in cells} == {"█"}


def test_capacities_are_numbers_or_powers_of_two():
    values = np.array([[math.log2(100), 60.0, 530.0]] * 2)
    lines = plain(heat(diagram(values=values, colour=Axis("capacity K", PATTERNS)), 60))
    assert lines[-1].startswith("capacity K 100 ")
    assert lines[-1].endswith(" 2^530")
