"""Scales, and curves and phase diagrams in files."""

import io
import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcli.render.curves import COLOURS, curve_plot
from hopcli.render.phases import VIRIDIS, PhaseDiagram, phase_plot
from hopcli.render.plots import ORANGE
from hopcli.render.scales import LINEAR, LOG, PATTERNS, number_text
from hopcli.render.series import Axis, Chart, Look, Mark, Series


def labels(scale, low, high, most=6):
    return [tick.label for tick in scale.ticks(low, high, most)]


@pytest.mark.parametrize("scale", [LINEAR, LOG, PATTERNS])
@given(st.floats(1e-6, 1e3), st.floats(0, 1e3), st.integers(1, 12))
def test_ticks_enclose_their_range(scale, low, width, most):
    high = low + width
    ticks = scale.ticks(low, high, most)
    values = [tick.value for tick in ticks]
    assert values == sorted(set(values))
    assert values[0] <= low * (1 + 1e-6) + 1e-9
    assert values[-1] >= high * (1 - 1e-6) - 1e-9 or len(values) == 1
    assert len(values) <= max(3, most)
    if width > 1e-6 * (1 + low):
        assert len({tick.label for tick in ticks}) == len(ticks) >= 2


def test_ticks_are_round_numbers():
    assert labels(LINEAR, 0.02, 0.2) == ["0", "0.05", "0.1", "0.15", "0.2"]
    assert labels(LINEAR, -1, 1) == ["-1", "-0.5", "0", "0.5", "1"]
    assert labels(LOG, 1e-4, 0.5) == ["10^-4", "0.001", "0.01", "0.1", "1"]
    assert labels(LOG, 308, 761) == ["300", "400", "500", "600", "700", "800"]
    assert labels(LOG, 50, 1600) == ["50", "100", "200", "500", "1,000", "2,000"]
    assert labels(LOG, 1, 1e30) == ["1", "10^6", "10^12", "10^18", "10^24", "10^30"]
    assert labels(LINEAR, 3, 3) == ["3"]
    assert labels(LINEAR, 606.95, 606.98, 4) == ["606.95", "606.96", "606.97", "606.98"]


def test_numbers_of_patterns_are_numbers_while_they_are_short_and_then_powers_of_two():
    assert labels(PATTERNS, math.log2(308), math.log2(761)) == labels(LOG, 308, 761)
    assert labels(PATTERNS, math.log2(0.02), math.log2(0.5)) == labels(LOG, 0.02, 0.5)
    assert labels(PATTERNS, 0, 100) == ["2^0", "2^20", "2^40", "2^60", "2^80", "2^100"]
    assert labels(PATTERNS, 485, 530) == ["2^480", "2^490", "2^500", "2^510", "2^520", "2^530"]
    assert labels(PATTERNS, 94.3, 94.9) == ["2^94", "2^95"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.1 + 0.2, "0.3"), (1234.5, "1,234"), (123456.7, "123,457"), (2e6, "2·10^6"),
     (1e-4, "10^-4"), (-2.5e-7, "-2.5·10^-7"), (0.001, "0.001"), (-1e9, "-10^9")],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert number_text(value) == text


def measured(y, low=(), high=()):
    return Series("stored", [7, 8, 9][: len(y)], y, low, high)


def test_a_theory_that_falls_to_nothing_does_not_stretch_the_axis():
    theory = Series("theory", [5, 9], [1e-300, 0.02], look=Look.LINE)
    shown = Chart([measured([0.001, 0.01, 0.02]), theory], Axis("K", PATTERNS), Axis("error", LOG))
    assert shown.y_range() == (0.001, 0.02)
    assert shown.x_range() == (5, 9)
    rare = measured([1e-3, 1e-2], [1e-12, 5e-3], [2e-3, 2e-2])
    assert Chart([rare], Axis("K"), Axis("error", LOG)).y_range() == (1e-3, 2e-2)
    alone = Chart([theory], Axis("K"), Axis("error", LOG)).y_range()
    assert alone[0] > 1e-9
    assert Chart([], Axis("K"), Axis("error", LOG)).y_range()[0] > 0


def test_the_axis_reaches_the_upper_limit_of_a_zero():
    zero = measured([0.0, 0.01], [0.0, 0.005], [1e-4, 0.02])
    low, high = Chart([zero], Axis("K"), Axis("error", LOG)).y_range()
    assert (low, high) == (1e-4, 0.02)


def chart(**changes):
    """A chart of all that one can show."""
    k = [math.log2(v) for v in (200, 300, 450, 600, 750)]
    parts = {
        "series": [
            Series("stored", k, [0.0, 0.0005, 0.004, 0.01, 0.02], [0, 3e-4, 0.003, 0.008, 0.015],
                   [1e-4, 8e-4, 0.005, 0.012, 0.03]),
            Series("theory", k, [3e-5, 4e-4, 0.0035, 0.009, 0.02], look=Look.LINE),
            Series("fit", k, [3e-5, 4e-4, 0.0035, 0.009, np.nan], look=Look.DASHED, family=7),
        ],
        "x": Axis("patterns K", PATTERNS,
                  (Mark("measured 607", math.log2(607), math.log2(603), math.log2(611)),
                   Mark("no errors 362", math.log2(362))), neurons=100),
        "y": Axis("bit error", LOG, (Mark("allowed 0.01", 0.01),)),
        "title": "100 neurons, poly of degree 3",
    }  # fmt: skip
    return Chart(**(parts | changes))


def diagram(**changes):
    """A phase diagram with a gap and a theory's line."""
    parts = {
        "columns": [0.0, 0.1, 0.2],
        "rows": [0.05, 0.1],
        "values": np.array([[1.0, 0.9, 0.5], [0.4, np.nan, 0.0]]),
        "x": Axis("noise"),
        "y": Axis("load K/N"),
        "colour": Axis("share retrieved", bounds=(0.0, 1.0)),
        "lines": [Series("theory", [-1.0, 0.0, 9.0], [0.14, 0.07, 0.01], look=Look.LINE)],
        "title": "classical",
    }
    return PhaseDiagram(**(parts | changes))


def written(plot, kind, shown):
    stream = io.BytesIO()
    plot(stream, kind, shown)
    return stream.getvalue()


def svg(plot, shown):
    return written(plot, "svg", shown).decode()


def texts(drawing):
    """The texts of an svg, which stand beside their outlines."""
    return [text.strip() for text in re.findall(r"<!--(.*?)-->", drawing)]


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
@pytest.mark.parametrize(("plot", "make"), [(curve_plot, chart), (phase_plot, diagram)])
def test_plots_are_the_same_each_time(kind, plot, make):
    assert written(plot, kind, make()) == written(plot, kind, make())


def test_a_curve_names_all_that_it_shows():
    said = texts(svg(curve_plot, chart()))
    for text in ("patterns K", "load K/N", "bit error", "stored", "theory", "fit", "measured 607",
                 "no errors 362", "allowed 0.01", "100 neurons, poly of degree 3"):  # fmt: skip
        assert said.count(text) == 1
    # Both readings of the axis, with its shares below 0.001 as powers.
    assert {"300", "600", "3", "6", "0.001"} <= set(said)


def arrows(y):
    """How many arrows stand for values without a place."""
    points = Series("stored", [1, 2, 3], y, [v / 2 for v in y], [v + 1e-3 for v in y])
    drawing = svg(curve_plot, Chart([points], Axis("K"), Axis("error", LOG)))
    # Points are circles; the ends of limits and the heads of arrows are markers of two more kinds.
    marks = re.findall(rf'<use xlink:href="#(\w+)"[^>]*style="fill: {COLOURS[0]}', drawing)
    kinds = {kind: marks.count(kind) for kind in marks}
    return sorted(kinds.values())


def test_a_zero_on_a_logarithmic_axis_is_an_arrow_below_its_upper_limit():
    # The legend shows one more point.
    assert arrows([0.1, 0.2, 0.3]) == [4]
    assert arrows([0.0, 0.2, 0.3]) == [1, 1, 3]
    assert arrows([0.0, 0.0, 0.3]) == [2, 2, 2]


def test_only_a_measured_capacity_has_a_band():
    drawing = svg(curve_plot, chart())
    assert len(re.findall(f"fill: {ORANGE}; opacity", drawing)) == 1


def test_the_axes_of_huge_numbers_read_as_powers_of_two():
    grown = Series("exp", [20, 160, 300], [10, 80, 530], [9, 79, 529], [11, 81, 531])
    said = texts(svg(curve_plot, Chart([grown], Axis("neurons N"), Axis("capacity K", PATTERNS))))
    assert any("2^{100}" in text for text in said)
    assert any("2^{500}" in text for text in said)


@pytest.mark.parametrize(
    "name", ["$x_", "\\frac{", "猫\n\x1b[31m", "\udcff" * 90, "[bold]"], ids=range(5)
)
def test_plots_bear_any_name(name):
    series = [Series(name, [1.0], [0.5]), Series(name, [1.0, 2.0], [0.5, 1.0], look=Look.LINE)]
    axis = Axis(name, marks=(Mark(name, 1.0),), neurons=2)
    ElementTree.fromstring(svg(curve_plot, Chart(series, axis, axis, name)))
    lines = [Series(name, [0.0, 0.2], [0.05, 0.1])]
    shown = diagram(x=Axis(name), y=Axis(name), colour=Axis(name), lines=lines, title=name)
    ElementTree.fromstring(svg(phase_plot, shown))


def test_series_of_a_family_have_one_colour():
    series = [Series("a", [1], [1], family=5), Series("b", [1], [1]),
              Series("c", [1], [1], family=5)]  # fmt: skip
    assert Chart(series, Axis("x"), Axis("y")).families() == [0, 1, 0]


@pytest.mark.parametrize("look", Look)
@pytest.mark.parametrize("y", [[], [np.nan, np.nan], [0.0, 0.0], [0.2, 0.2]])
def test_little_is_drawn_as_well(y, look):
    series = [Series("only", [1.0, 2.0][: len(y)], y, y, [0.3, 0.3][: len(y)], look=look)]
    for scale in (LINEAR, LOG):
        said = texts(svg(curve_plot, Chart(series, Axis("K"), Axis("error", scale))))
        assert {"only", "K", "error"} <= set(said)


@pytest.mark.parametrize("scale", [LINEAR, LOG, PATTERNS])
def test_one_value_is_drawn_in_the_middle_of_its_axes(scale):
    shown = Chart([Series("", [3.0], [3.0])], Axis("x", scale), Axis("y", scale))
    said = texts(svg(curve_plot, shown))
    assert said.count(scale.ticks(3.0, 3.0, 5)[0].label) == 2


def test_shares_of_colours():
    np.testing.assert_allclose(diagram().shares(), [[1, 0.9, 0.5], [0.4, np.nan, 0]])
    own = diagram(values=np.array([[1.0, 2.0, 3.0], [1.0, 1.5, np.nan]]), colour=Axis("K"))
    np.testing.assert_allclose(own.shares(), [[0, 0.5, 1], [0, 0.25, np.nan]])
    rare = diagram(values=np.array([[0.0, 1e-4, 1e-3], [1e-2, np.nan, 1e-2]]),
                   colour=Axis("bit error", LOG))  # fmt: skip
    np.testing.assert_allclose(rare.shares(), [[0, 0, 0.5], [1, np.nan, 1]])
    assert rare.beyond()
    assert not own.beyond()
    same = diagram(values=np.full((2, 3), 0.3), colour=Axis("share"))
    np.testing.assert_allclose(same.shares(), 0.5)
    assert np.isnan(diagram(values=np.full((2, 3), np.nan), colour=Axis("s")).shares()).all()


def test_a_phase_diagram_labels_its_cells_and_says_what_is_missing():
    said = texts(svg(phase_plot, diagram()))
    for text in ("noise", "load K/N", "share retrieved", "theory", "not measured", "classical"):
        assert said.count(text) == 1
    assert {"0.05", "0.2", "0.8"} <= set(said)
    whole = diagram(values=np.ones((2, 3)), lines=[])
    assert "not measured" not in texts(svg(phase_plot, whole))


def test_many_cells_have_round_numbers_between_them():
    columns = np.linspace(math.log2(7), math.log2(3000), 40).tolist()
    shown = diagram(columns=columns, values=np.ones((2, 40)), x=Axis("K", PATTERNS))
    said = set(texts(svg(phase_plot, shown)))
    assert {"10", "100", "1,000", "0.05"} <= said
    assert "7" not in said


@pytest.mark.parametrize("values", [[[0.3]], [[np.nan]], [[0.0]]])
@pytest.mark.parametrize("scale", [LINEAR, LOG])
def test_a_phase_diagram_of_one_cell(values, scale):
    shown = diagram(columns=[1.0], rows=[2.0], values=np.array(values), lines=[],
                    colour=Axis("share", scale))  # fmt: skip
    assert "2" in texts(svg(phase_plot, shown))


def test_the_ends_of_the_colours_are_those_of_the_values():
    drawing = svg(phase_plot, diagram(lines=[]))
    cells = re.findall(r'style="fill: (#\w+); stroke: \1', drawing)
    assert (cells[0], cells[4]) == (VIRIDIS[-1], VIRIDIS[0])
