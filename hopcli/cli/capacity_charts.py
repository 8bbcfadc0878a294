"""What experiments found, as charts for the terminal and for files."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hopcli.cli.findings_text import network_text, swept_value, value_of
from hopcli.experiments.experiment import Finding
from hopcli.experiments.growth import growth
from hopcli.experiments.retrieval import Returns
from hopcli.render.phases import PhaseDiagram
from hopcli.render.scales import LINEAR, LOG, PATTERNS, Scale
from hopcli.render.series import Axis, Chart, Look, Mark, Second, Series
from hopcli.storage.atomic import replacing

# Points of a theory's curve.
SMOOTH = 100
# Loads of fewer patterns than this, as log₂ K, are worth an axis of their own.
LOADS = 40.0
# Labels of the swept quantities.
LABELS = {
    "neurons": "neurons N",
    "degree": "degree n",
    "noise": "noise: share of a cue's bits flipped",
}

# A quantity in a legend, where each of its values is a series.
SYMBOLS = {"degree": "n", "noise": "noise", "neurons": "N"}


def picture(findings: Sequence[Finding], swept: Sequence[str]) -> Chart | PhaseDiagram:
    """The chart that suits what was swept, of quantities in the order neurons, degree, noise.

    One network is a curve over its patterns; a capacity over one quantity is a curve, over the
    neurons and another one a curve for each, as it is over anything and several rules; all else
    that has two quantities, of which the load may be one, is a phase diagram.
    """
    loads = sorted({load for finding in findings for load in finding.experiment.loads})
    if not swept:
        return _curve(findings[0])
    if swept == ["rule"]:
        return _by_rule(findings)
    if len(loads) > 1:
        return _over_loads(findings, swept[0], loads)
    if not loads and swept[0] == "neurons":
        return _growth(findings, swept[1:])
    if len(swept) == 2 and "rule" not in swept:
        return _over_two(findings, swept)
    return _over_one(findings, swept[0], swept[1:])


def too_many_swept(swept: Sequence[str], loads: Sequence[float]) -> bool:
    """Whether more quantities are swept than a chart shows."""
    return len(swept) + (len(loads) > 1) > 2


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


def _title(finding: Finding, swept: Sequence[str]) -> str:
    """What all networks of a chart have in common."""
    experiment = finding.experiment
    name = experiment.interaction.describe() if "rule" in swept else network_text(finding)
    parts = ["poly" if "degree" in swept else name]
    if "neurons" not in swept:
        parts.append(f"{experiment.neurons:,} neurons")
    if "noise" not in swept and experiment.noise:
        parts.append(f"noise {experiment.noise:g}")
    return ", ".join(parts)


def _share_axis(finding: Finding, marks: tuple[Mark, ...] = ()) -> Axis:
    """The axis of what was measured."""
    if finding.experiment.measure == "retrieval":
        return Axis("share of cues that come back", LINEAR, marks, bounds=(0.0, 1.0))
    return Axis("share of bits wrong", LOG, marks)


def _curve(finding: Finding) -> Chart:
    """The share over the number of patterns, with theory's and the capacity."""
    experiment = finding.experiment
    retrieval = experiment.measure == "retrieval"
    series = [_stored(finding)] if finding.points else []
    if retrieval:
        points = [p for p in finding.points if isinstance(p, Returns)]
        series.append(
            Series(
                "mean overlap",
                [math.log2(p.patterns) for p in points],
                [p.overlap for p in points],
                look=Look.LINE,
            )
        )
    else:
        if finding.counted_points:
            series.append(
                Series(
                    "counted",
                    [p.log2_patterns for p in finding.counted_points],
                    [p.bit_error for p in finding.counted_points],
                    look=Look.LINE,
                )
            )
        series += _gaussian(finding, series)
    marks = [
        Mark(f"theory, {said.what}", said.log2_patterns)
        for said in finding.theory
        if (said.what == "retrieval") == retrieval
    ]
    if finding.log2_capacity is not None:
        marks.insert(0, _measured(finding, finding.log2_capacity))
    largest = max((x for each in series for x in each.x), default=0.0)
    load = Second("load K/N", experiment.neurons) if largest < LOADS else None
    named = Mark("half of them", 0.5)
    if experiment.measure == "stability":
        named = Mark(f"{100 * experiment.error:g} % allowed", experiment.error)
    searched = not experiment.loads
    return Chart(
        series,
        Axis("patterns K", PATTERNS, tuple(marks) if searched else (), second=load),
        _share_axis(finding, (named,) if searched else ()),
        _title(finding, []),
    )


def _by_rule(findings: Sequence[Finding]) -> Chart:
    """The share over the number of patterns, a series for each rule."""
    first = findings[0]
    experiment = first.experiment
    series = [
        replace(_stored(finding), name=swept_value(finding, "rule"))
        for finding in findings
        if finding.points
    ]
    searched = not experiment.loads
    named = Mark("half of them", 0.5)
    if experiment.measure == "stability":
        named = Mark(f"{100 * experiment.error:g} % allowed", experiment.error)
    return Chart(
        series,
        Axis("patterns K", PATTERNS, second=Second("load K/N", experiment.neurons)),
        _share_axis(first, (named,) if searched else ()),
        _title(first, ["rule"]),
    )


def _stored(finding: Finding) -> Series:
    """What was stored, with its intervals."""
    xs = [math.log2(p.patterns) for p in finding.points]
    if finding.experiment.measure == "retrieval":
        return Series(
            "come back",
            xs,
            [1 - p.share for p in finding.points],
            [1 - p.high for p in finding.points],
            [1 - p.low for p in finding.points],
        )
    return Series(
        "stored, 95 % interval",
        xs,
        [p.share for p in finding.points],
        [p.low for p in finding.points],
        [p.high for p in finding.points],
    )


def _gaussian(finding: Finding, series: Sequence[Series]) -> list[Series]:
    """Theory's bit error over the same patterns, where it has one."""
    experiment = finding.experiment
    places = [x for each in series for x in each.x]
    if not places or experiment.learns:
        return []
    xs = np.linspace(min(places), max(places), SMOOTH).tolist()
    found = [
        experiment.interaction.bit_error(
            experiment.neurons, log2_patterns=x, noise=experiment.noise
        )
        for x in xs
    ]
    if found[0] is None:
        return []
    return [Series("theory, Gaussian", xs, [y or 0.0 for y in found], look=Look.DASHED)]


def _measured(finding: Finding, log2_patterns: float) -> Mark:
    """The capacity with its interval."""
    stored = finding.stored
    if finding.counted is not None:
        return Mark("capacity, counted", log2_patterns)
    ends = (stored.low, stored.high) if stored.high else (0.0, 0.0)
    low, high = (math.log2(end) if end else None for end in ends)
    return Mark("capacity, stored", log2_patterns, low, high)


def _growth(findings: Sequence[Finding], others: Sequence[str]) -> Chart:
    """Capacity over the neurons, a series for each value of another quantity, with fitted lines."""
    exponential = findings[0].experiment.interaction.growth_law == "rate"
    series: list[Series] = []
    for family, (name, group) in enumerate(_groups(findings, others).items()):
        known = [f for f in group if f.log2_capacity is not None]
        series.append(_capacities(f"{name}measured", known, "neurons", family))
        said = [f for f in group if f.theory]
        series.append(
            Series(
                f"{name}theory",
                [f.experiment.neurons for f in said],
                [f.theory[0].log2_patterns for f in said],
                look=Look.DASHED,
                family=family,
            )
        )
        if fitted := growth(group):
            law = "N^%.3f" if fitted.law == "exponent" else "exp(%.4f N)"
            series.append(
                Series(
                    f"{name}{law % fitted.value}",
                    fitted.neurons,
                    fitted.line,
                    look=Look.LINE,
                    family=family,
                )
            )
    scale = LINEAR if exponential else LOG
    return Chart(
        [each for each in series if len(each.x)],
        Axis(LABELS["neurons"], scale),
        Axis("capacity, patterns", PATTERNS),
        _title(findings[0], ["neurons", *others]),
    )


def _groups(findings: Sequence[Finding], others: Sequence[str]) -> dict[str, list[Finding]]:
    """Those that share the value of another quantity, by what the legend says of it."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        name = ""
        if others:
            value = swept_value(finding, others[0])
            symbol = SYMBOLS.get(others[0])
            name = f"{symbol} = {value}: " if symbol else f"{value}: "
        groups.setdefault(name, []).append(finding)
    return groups


def _capacities(
    name: str, findings: Sequence[Finding], quantity: str, family: int | None = None
) -> Series:
    """Capacities over a quantity, with their intervals."""
    marks = [_measured(f, f.log2_capacity or 0.0) for f in findings]
    return Series(
        name,
        [value_of(f, quantity) for f in findings],
        [mark.at for mark in marks],
        [mark.at if mark.low is None else mark.low for mark in marks],
        [mark.at if mark.high is None else mark.high for mark in marks],
        family=family,
    )


def _over_one(findings: Sequence[Finding], quantity: str, others: Sequence[str]) -> Chart:
    """A capacity, or at one load a share, over one quantity, a series for each rule."""
    ordered = sorted(findings, key=lambda f: value_of(f, quantity))
    title = _title(ordered[0], [quantity, *others])
    loads = ordered[0].experiment.loads
    series: list[Series] = []
    for family, (name, group) in enumerate(_groups(ordered, others).items()):
        if loads:
            ys = [_share(f, f.experiment.numbers[0]) for f in group]
            xs = [value_of(f, quantity) for f in group]
            series.append(Series(f"{name}measured", xs, ys, family=family))
            continue
        known = [f for f in group if f.log2_capacity is not None]
        series.append(_capacities(f"{name}measured", known, quantity, family if others else None))
        said = [f for f in group if f.theory]
        ys = [f.theory[0].log2_patterns for f in said]
        theirs = f"{name}theory, {said[0].theory[0].what}" if said else ""
        line = [value_of(f, quantity) for f in said]
        series.append(Series(theirs, line, ys, look=Look.DASHED, family=family if others else None))
    if loads:
        axis, title = _share_axis(ordered[0]), f"{title}, load {loads[0]:g}"
    else:
        axis = Axis("capacity, patterns", PATTERNS)
    return Chart(
        [each for each in series if len(each.x)], Axis(LABELS[quantity], LINEAR), axis, title
    )


def _share(finding: Finding, patterns: int) -> float:
    """What was measured at a number of patterns: stored, else counted."""
    for point in finding.points:
        if point.patterns == patterns:
            return 1 - point.share if isinstance(point, Returns) else point.share
    for counted in finding.counted_points:
        if math.isclose(counted.log2_patterns, math.log2(patterns)):
            return counted.bit_error
    return math.nan


def _over_loads(findings: Sequence[Finding], quantity: str, loads: Sequence[float]) -> PhaseDiagram:
    """A share over a quantity and the load, with theory's capacity as a line."""
    ordered = sorted(findings, key=lambda f: value_of(f, quantity))
    xs = [value_of(f, quantity) for f in ordered]
    values = [
        [_share(f, max(1, round(load * f.experiment.neurons))) for f in ordered] for load in loads
    ]
    lines = []
    retrieval = ordered[0].experiment.measure == "retrieval"
    wanted = "retrieval" if retrieval else f"bit error {ordered[0].experiment.error:g}"
    for said in zip(*(f.theory for f in ordered), strict=True) if ordered else ():
        if said[0].what == wanted:
            ys = [
                2 ** (p.log2_patterns - math.log2(f.experiment.neurons))
                for p, f in zip(said, ordered, strict=True)
            ]
            lines.append(Series(f"theory, {wanted}", xs, ys, look=Look.DASHED))
    spread = loads[-1] / loads[0] > 50
    axis = _share_axis(ordered[0])
    return PhaseDiagram(
        xs, loads, np.array(values), Axis(LABELS[quantity], LINEAR),
        Axis("load K/N", LOG if spread else LINEAR), axis, lines, _title(ordered[0], [quantity]),
    )  # fmt: skip


def _over_two(findings: Sequence[Finding], swept: Sequence[str]) -> PhaseDiagram:
    """A capacity, or at one load a share, over two quantities."""
    first, second = swept
    by_place = {(value_of(f, first), value_of(f, second)): f for f in findings}
    xs = sorted({x for x, _ in by_place})
    ys = sorted({y for _, y in by_place})
    loaded = bool(findings[0].experiment.loads)

    def value(x: float, y: float) -> float:
        finding = by_place.get((x, y))
        if finding is None:
            return math.nan
        if loaded:
            return _share(finding, finding.experiment.numbers[0])
        return math.nan if finding.log2_capacity is None else finding.log2_capacity

    colour = _share_axis(findings[0]) if loaded else Axis("capacity, patterns", PATTERNS)
    scale: Scale = LOG if first == "neurons" else LINEAR
    return PhaseDiagram(
        xs, ys, np.array([[value(x, y) for x in xs] for y in ys]), Axis(LABELS[first], scale),
        Axis(LABELS[second], LINEAR), colour, (), _title(findings[0], swept),
    )  # fmt: skip
