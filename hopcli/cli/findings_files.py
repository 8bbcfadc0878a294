"""What experiments found, as JSON and as a table in a file."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hopcli.binary import interactions
from hopcli.experiments.capacity import Capacity
from hopcli.experiments.counted import CountedCapacity
from hopcli.experiments.experiment import CountedPoint, Finding
from hopcli.experiments.growth import Growth
from hopcli.experiments.retrieval import Returns
from hopcli.experiments.trials import Point
from hopcli.storage.atomic import replacing

ASKED = ("n", "energy", "degree", "beta", "error", "noise", "measure")
# Of those whose rule was given.
LEARNING = ("rule", "margin")
MEASURED = ("patterns", "log2_patterns", "load", "bit_error", "retrieved", "low", "high")
ENDS = ("overlap", "sweeps", "other", "spurious", "unsettled")
FOUND = ("capacity", "log2_capacity", "log2_capacity_low", "log2_capacity_high")
COLUMNS = (*ASKED, *MEASURED, *ENDS, "method", *FOUND)


def answer(finding: Finding) -> dict[str, Any]:
    """The JSON of one experiment, without the seconds."""
    said = [
        {**asdict(prediction), "patterns": floating(prediction.log2_patterns)}
        for prediction in finding.theory
    ]
    measured = _counted(finding.counted) if finding.counted else _stored(finding)
    return {
        **_asked(finding),
        "theory": said,
        "measured": None if finding.experiment.loads else measured,
        "stored": None if finding.experiment.loads else _stored(finding),
        "curve": curve(finding),
    }


def curve(finding: Finding) -> list[dict[str, Any]]:
    """All points, by K, the stored ones before the counted."""
    neurons = finding.experiment.neurons
    points = [_point(point) for point in finding.points]
    points += [_counted_point(point, neurons) for point in finding.counted_points]
    return sorted(points, key=lambda point: point["log2_patterns"])


def floating(log2_patterns: float | None) -> float | None:
    """A number of patterns, or None where it is too large for a float."""
    if log2_patterns is None or log2_patterns >= 1024:
        return None
    return 2**log2_patterns


def fit(finding: Finding, found: Growth) -> dict[str, Any]:
    """The JSON of a law of growth, with what its networks have in common."""
    asked = {key: value for key, value in _asked(finding).items() if key != "n"}
    return {
        **asked,
        "law": found.law,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "confidence": 0.95,
        "expected": found.expected,
        "n": list(found.neurons),
    }


def write_csv(findings: Sequence[Finding], path: Path) -> None:
    """Write every point of every experiment as a row, whole or not at all."""
    ruled = any(finding.experiment.rule is not None for finding in findings)
    columns = (*ASKED, *LEARNING, *COLUMNS[len(ASKED) :]) if ruled else COLUMNS
    lines = [",".join(columns)]
    for finding in findings:
        asked, found = _asked(finding), _found(finding)
        for point in curve(finding):
            row = {**asked, **point, **found}
            lines.append(",".join(_cell(row.get(column)) for column in columns))
    with replacing(path) as stream:
        stream.write("\n".join([*lines, ""]).encode())


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _asked(finding: Finding) -> dict[str, Any]:
    experiment = finding.experiment
    interaction = experiment.interaction
    return {
        "n": experiment.neurons,
        "energy": energy(finding),
        **{name: getattr(interaction, name, None) for name in interactions.parameters()},
        "error": experiment.error,
        "noise": experiment.noise,
        "measure": experiment.measure,
        **_learning(finding),
    }


def _learning(finding: Finding) -> dict[str, Any]:
    """By which rule, if one was given."""
    rule = finding.experiment.rule
    if rule is None:
        return {}
    return {"rule": rule, "margin": finding.experiment.margin if rule == "perceptron" else None}


def energy(finding: Finding) -> str:
    """The energy as --energy names it."""
    return finding.experiment.interaction.name


def _found(finding: Finding) -> dict[str, Any]:
    """The capacity, as columns."""
    stored, counted = finding.stored, finding.counted
    ends = (None, None) if stored.high is None else (_log2(stored.low), _log2(stored.high))
    if counted is not None:
        ends = counted.low, counted.high
    log2_patterns = finding.log2_capacity
    return dict(zip(FOUND, (floating(log2_patterns), log2_patterns, *ends), strict=True))


def _log2(patterns: float | None) -> float | None:
    return math.log2(patterns) if patterns else None


def _stored(finding: Finding) -> dict[str, Any]:
    """The JSON of what storing came to."""
    found: Capacity = finding.stored
    return {
        "patterns": found.patterns,
        "log2_patterns": _log2(found.patterns),
        "low": found.low,
        "high": found.high,
        "method": "stored",
        "confidence": 0.95,
    }


def _counted(counted: CountedCapacity) -> dict[str, Any]:
    """The JSON of what counting came to; its interval is certain."""
    return {
        "patterns": floating(counted.log2_patterns),
        "log2_patterns": counted.log2_patterns,
        "low": floating(counted.low),
        "high": floating(counted.high),
        "method": "counted",
        "confidence": 1.0,
    }


def _point(point: Point) -> dict[str, Any]:
    """The JSON of one number of patterns that was stored."""
    found: dict[str, Any] = {
        "patterns": point.patterns,
        "log2_patterns": math.log2(point.patterns),
        "load": point.load,
    }
    if isinstance(point, Returns):
        found |= {"retrieved": 1 - point.share, "low": 1 - point.high, "high": 1 - point.low}
        found |= {name: getattr(point, name) for name in ENDS}
    else:
        found |= {"bit_error": point.share, "low": point.low, "high": point.high}
    return {**found, "method": "stored"}


def _counted_point(point: CountedPoint, neurons: int) -> dict[str, Any]:
    """The JSON of one number of patterns that was counted."""
    patterns = floating(point.log2_patterns)
    if patterns is not None and point.log2_patterns <= 50:
        patterns = round(patterns)
    return {
        "patterns": patterns,
        "log2_patterns": point.log2_patterns,
        "load": None if patterns is None else patterns / neurons,
        "bit_error": point.bit_error,
        "low": max(0.0, point.bit_error - point.error),
        "high": min(1.0, point.bit_error + point.error),
        "method": "counted",
    }
