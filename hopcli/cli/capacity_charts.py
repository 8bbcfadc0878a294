"""Capacities as charts for the terminal and for files."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hopcli.cli.capacity_tables import network, swept_value
from hopcli.experiments.growth import growth
from hopcli.model.capacity import Capacities, Capacity
from hopcli.render.phases import PhaseDiagram
from hopcli.render.scales import LINEAR, LOG, PATTERNS, Scale
from hopcli.render.series import Axis, Chart, Look, Mark, Series
from hopcli.storage.atomic import replacing

# Points of a theory's curve.
SMOOTH = 100
# log₂ K below which an axis of K has one of the load K/N beside it.
LOADS = 40.0
# Quotient of the largest and the smallest load above which their axis is logarithmic.
SPREAD = 50
LABELS = {"n": "neurons N", "noise": "noise: share of a cue's bits flipped"}
# How a legend calls a quantity of which each value is a series; the value alone where this is "".
SYMBOLS = {"n": "N", "degree": "n", "rule": ""}


def fits(found: Capacities) -> bool:
    """Return whether no more quantities are swept than a chart shows."""
    return len(found.swept) + (len(found.loads) > 1) <= 2


def picture(found: Capacities) -> Chart | PhaseDiagram:
    """Draw the chart that suits what was swept.

    One network is a curve over its patterns. A capacity over one quantity is a curve; over N and
    another one, or over anything and several rules, a curve for each. All else that has two
    quantities, of which the load may be one, is a phase diagram.
    """
    swept, results = found.swept, found.results
    if not swept:
        return _curve(results[0])
    if swept == ("rule",):
        return _by_rule(results)
    if len(found.loads) > 1:
        return _over_loads(found)
    if not found.loads and swept[0] == "n":
        return _growth(results, swept[1:])
    if len(swept) == 2 and "rule" not in swept:
        return _over_two(found)
    return _over_one(found)


def write(shown: Chart | PhaseDiagram, path: Path) -> None:
    """Draw a chart into a file, whole or not at all."""
    from hopcli.render.curves import curve_plot
    from hopcli.render.phases import phase_plot

    kind = path.suffix.lower().removeprefix(".")
    with replacing(path) as stream:
        if isinstance(shown, Chart):
            curve_plot(stream, kind, shown)
        else:
            phase_plot(stream, kind, shown)


def _value(result: Capacity, quantity: str) -> float:
    """Return the value of a swept quantity that is a number."""
    return float(result.settings[quantity])


def _axis(quantity: str, scale: Scale = LINEAR) -> Axis:
    """Return the axis of a swept quantity."""
    symbol = f" {SYMBOLS[quantity]}" if quantity in SYMBOLS else ""
    return Axis(LABELS.get(quantity, f"{quantity}{symbol}"), scale)


def _title(result: Capacity, swept: Sequence[str]) -> str:
    """Return what all networks of a chart have in common."""
    settings, interaction = result.settings, result.finding.experiment.interaction
    if set(swept) & set(interaction.values()):
        parts = [interaction.name]
    else:
        parts = [interaction.describe() if "rule" in swept else network(result)]
    if "n" not in swept:
        parts.append(f"{settings['n']:,} neurons")
    if "noise" not in swept and settings["noise"]:
        parts.append(f"noise {settings['noise']:g}")
    return ", ".join(parts)


def _share_axis(result: Capacity, marks: tuple[Mark, ...] = ()) -> Axis:
    """Return the axis of what was measured."""
    if result.settings["measure"] == "retrieval":
        return Axis("share of cues that come back", LINEAR, marks, bounds=(0.0, 1.0))
    return Axis("share of bits wrong", LOG, marks)


def _allowed(result: Capacity) -> tuple[Mark, ...]:
    """Return the mark of the share at which the capacity is reached, if that was sought."""
    if result.finding.experiment.loads:
        return ()
    if result.settings["measure"] == "retrieval":
        return (Mark("half of them", 0.5),)
    error = result.settings["error"]
    return (Mark(f"{100 * error:g} % allowed", error),)


def _curve(result: Capacity) -> Chart:
    """Draw the share over the number of patterns, with theory's and the capacity."""
    finding = result.finding
    retrieval = result.settings["measure"] == "retrieval"
    series = [_measured_curve(result, "stored")] if finding.points else []
    if retrieval:
        xs = [point["log2_patterns"] for point in result.curve]
        overlaps = [point["overlap"] for point in result.curve]
        series.append(Series("mean overlap", xs, overlaps, look=Look.LINE))
    else:
        if finding.counted_points:
            counted = _measured_curve(result, "counted")
            series.append(replace(counted, name="counted", low=(), high=(), look=Look.LINE))
        series += _gaussian(result, series)
    marks = [
        Mark(f"theory, {said.what}", said.log2_patterns)
        for said in finding.theory
        if (said.what == "retrieval") == retrieval
    ]
    if finding.log2_capacity is not None:
        marks.insert(0, _mark(result))
    largest = max((x for each in series for x in each.x), default=0.0)
    neurons = result.settings["n"] if largest < LOADS else None
    sought = () if finding.experiment.loads else tuple(marks)
    return Chart(
        series,
        Axis("patterns K", PATTERNS, sought, neurons=neurons),
        _share_axis(result, _allowed(result)),
        _title(result, []),
    )


def _by_rule(results: Sequence[Capacity]) -> Chart:
    """Draw the share over the number of patterns, a series for each rule."""
    first = results[0]
    series = [
        replace(_measured_curve(result, "stored"), name=swept_value(result, "rule"))
        for result in results
        if result.finding.points
    ]
    return Chart(
        series,
        Axis("patterns K", PATTERNS, neurons=first.settings["n"]),
        _share_axis(first, _allowed(first)),
        _title(first, ["rule"]),
    )


def _measured_curve(result: Capacity, method: str) -> Series:
    """Return what was stored or counted at each number of patterns, with the intervals."""
    points = [point for point in result.curve if point["method"] == method]
    retrieval = result.settings["measure"] == "retrieval"
    return Series(
        "come back" if retrieval else "stored, 95 % interval",
        [point["log2_patterns"] for point in points],
        [point["retrieved" if retrieval else "bit_error"] for point in points],
        [point["low"] for point in points],
        [point["high"] for point in points],
    )


def _gaussian(result: Capacity, series: Sequence[Series]) -> list[Series]:
    """Return theory's bit error over the same patterns, where it has one."""
    experiment = result.finding.experiment
    measured = [x for each in series for x in each.x]
    if not measured or experiment.learns:
        return []
    xs = np.linspace(min(measured), max(measured), SMOOTH).tolist()
    errors = [
        experiment.interaction.bit_error(
            experiment.neurons, log2_patterns=x, noise=experiment.noise
        )
        for x in xs
    ]
    if errors[0] is None:
        return []
    return [Series("theory, Gaussian", xs, [y or 0.0 for y in errors], look=Look.DASHED)]


def _mark(result: Capacity) -> Mark:
    """Return the capacity with its interval."""
    log2_patterns = result.measured["log2_patterns"]
    if result.finding.counted is not None:
        return Mark("capacity, counted", log2_patterns)
    stored = result.finding.stored
    ends = (stored.low, stored.high) if stored.high else (0.0, 0.0)
    low, high = (math.log2(end) if end else None for end in ends)
    return Mark("capacity, stored", log2_patterns, low, high)


def _growth(results: Sequence[Capacity], others: Sequence[str]) -> Chart:
    """Draw the capacity over N, a series for each value of another quantity, with fitted lines."""
    series: list[Series] = []
    for family, (name, group) in enumerate(_groups(results, others).items()):
        series += _capacities(group, "n", name, family)
        if fitted := growth([result.finding for result in group]):
            law = "N^%.3f" if fitted.law == "exponent" else "exp(%.4f N)"
            series.append(
                Series(
                    f"{name}{law % fitted.value}", fitted.neurons, fitted.line, look=Look.LINE,
                    family=family,
                )
            )  # fmt: skip
    exponential = results[0].finding.experiment.interaction.growth_law == "rate"
    return Chart(
        [each for each in series if len(each.x)],
        _axis("n", LINEAR if exponential else LOG),
        Axis("capacity, patterns", PATTERNS),
        _title(results[0], ["n", *others]),
    )


def _groups(results: Sequence[Capacity], others: Sequence[str]) -> dict[str, list[Capacity]]:
    """Group those that share the value of another quantity, by what the legend says of it."""
    groups: dict[str, list[Capacity]] = {}
    for result in results:
        name = ""
        if others:
            symbol = SYMBOLS.get(others[0], others[0])
            value = swept_value(result, others[0])
            name = f"{symbol} = {value}: " if symbol else f"{value}: "
        groups.setdefault(name, []).append(result)
    return groups


def _capacities(
    results: Sequence[Capacity], quantity: str, name: str, family: int | None, what: str = ""
) -> list[Series]:
    """Return the measured capacities over a quantity with their intervals, and theory's."""
    known = [result for result in results if result.finding.log2_capacity is not None]
    marks = [_mark(result) for result in known]
    said = [result for result in results if result.finding.theory]
    return [
        Series(
            f"{name}measured",
            [_value(result, quantity) for result in known],
            [mark.at for mark in marks],
            [mark.at if mark.low is None else mark.low for mark in marks],
            [mark.at if mark.high is None else mark.high for mark in marks],
            family=family,
        ),
        Series(
            f"{name}theory{what}",
            [_value(result, quantity) for result in said],
            [result.finding.theory[0].log2_patterns for result in said],
            look=Look.DASHED,
            family=family,
        ),
    ]


def _over_one(found: Capacities) -> Chart:
    """Draw a capacity, or at one load a share, over one quantity, a series for each rule."""
    quantity, others = found.swept[0], found.swept[1:]
    ordered = sorted(found.results, key=lambda result: _value(result, quantity))
    first, series = ordered[0], []
    for number, (name, group) in enumerate(_groups(ordered, others).items()):
        family = number if others or found.loads else None
        if found.loads:
            xs = [_value(result, quantity) for result in group]
            ys = [_share(result, result.finding.experiment.numbers[0]) for result in group]
            series.append(Series(f"{name}measured", xs, ys, family=family))
        else:
            said = [result.finding.theory[0].what for result in group if result.finding.theory]
            what = f", {said[0]}" if said else ""
            series += _capacities(group, quantity, name, family, what)
    title = _title(first, found.swept)
    if found.loads:
        axis, title = _share_axis(first), f"{title}, load {found.loads[0]:g}"
    else:
        axis = Axis("capacity, patterns", PATTERNS)
    return Chart([each for each in series if len(each.x)], _axis(quantity), axis, title)


def _share(result: Capacity, patterns: int) -> float:
    """Return what was measured at a number of patterns: stored, else counted."""
    wanted = math.log2(patterns)
    for method in ("stored", "counted"):
        for point in result.curve:
            if point["method"] == method and math.isclose(point["log2_patterns"], wanted):
                return point["retrieved" if "retrieved" in point else "bit_error"]
    return math.nan


def _over_loads(found: Capacities) -> PhaseDiagram:
    """Draw a share over a quantity and the load, with theory's capacity as a line."""
    quantity, loads = found.swept[0], sorted(found.loads)
    ordered = sorted(found.results, key=lambda result: _value(result, quantity))
    first, neurons = ordered[0], [result.settings["n"] for result in ordered]
    xs = [_value(result, quantity) for result in ordered]
    values = [
        [_share(r, max(1, round(load * n))) for r, n in zip(ordered, neurons, strict=True)]
        for load in loads
    ]
    retrieval = first.settings["measure"] == "retrieval"
    wanted = "retrieval" if retrieval else f"bit error {first.settings['error']:g}"
    lines = []
    for said in zip(*(result.finding.theory for result in ordered), strict=True):
        if said[0].what == wanted:
            ys = [2 ** (p.log2_patterns - math.log2(n)) for p, n in zip(said, neurons, strict=True)]
            lines.append(Series(f"theory, {wanted}", xs, ys, look=Look.DASHED))
    scale = LOG if loads[-1] / loads[0] > SPREAD else LINEAR
    return PhaseDiagram(
        xs, loads, np.array(values), _axis(quantity), Axis("load K/N", scale), _share_axis(first),
        lines, _title(first, [quantity]),
    )  # fmt: skip


def _over_two(found: Capacities) -> PhaseDiagram:
    """Draw a capacity, or at one load a share, over two quantities."""
    first, second = found.swept
    xs, ys = (sorted({_value(result, name) for result in found.results}) for name in found.swept)
    values = np.full((len(ys), len(xs)), math.nan)
    for result in found.results:
        if found.loads:
            value = _share(result, result.finding.experiment.numbers[0])
        else:
            known = result.finding.log2_capacity
            value = math.nan if known is None else known
        values[ys.index(_value(result, second)), xs.index(_value(result, first))] = value
    shown = _share_axis(found.results[0])
    colour = shown if found.loads else Axis("capacity, patterns", PATTERNS)
    return PhaseDiagram(
        xs, ys, values, _axis(first, LOG if first == "n" else LINEAR), _axis(second), colour, (),
        _title(found.results[0], found.swept),
    )  # fmt: skip
