"""`hop capacity`."""

import importlib
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hopcli.cli import options, report
from hopcli.errors import HopError

if TYPE_CHECKING:
    from hopcli.binary.interactions import AbstractInteraction
    from hopcli.experiments.capacity import Capacity
    from hopcli.experiments.counted import CountedCapacity
    from hopcli.experiments.stability import Point
    from hopcli.experiments.theory import Prediction

CURVE_COLUMNS = ("patterns", "log2_patterns", "load", "bit_error", "low", "high", "method")


def capacity(
    neurons: Annotated[
        int, typer.Option("--n", metavar="N", help="How many neurons the network has.")
    ],
    energy: Annotated[
        str, typer.Option("--energy", metavar="E", help="classical, poly or exp.")
    ] = "classical",
    degree: options.DegreeOption = 3,
    beta: Annotated[float, typer.Option("--beta", metavar="B", help="β of exp(βx).")] = 1.0,
    error: Annotated[
        float,
        typer.Option("--error", metavar="P", help="The share of bits that may be unstable."),
    ] = 0.01,
    noise: Annotated[
        float, typer.Option("--noise", metavar="P", help="The share of a cue's bits flipped.")
    ] = 0.0,
    trials: Annotated[
        int, typer.Option("--trials", metavar="N", help="How many networks to make at most.")
    ] = 200,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="PATH", help="Write the curve as a table.")
    ] = None,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Find how many random patterns a network holds: by theory, and by storing or counting them.

    The capacity is the number of patterns at which one update, from a stored pattern, sets the
    share --error of its bits wrong.

    [bold]Example:[/bold] hop capacity --n 100 --energy poly --degree 3
    """
    from hopcli.experiments import theory
    from hopcli.experiments.counted import capacity as count

    with report.compiling():
        # Before the clock starts, since trials would load it inside their own time.
        importlib.import_module("hopcli.binary.compiled")
    if csv is not None and csv.suffix.lower() == ".npz":
        raise HopError(f"--csv {csv} was given, but .npz is the ending of memories; give .csv")
    clock = report.Clock()
    interaction = options.interaction(energy, degree, beta)
    theory.check(neurons, error=error, noise=noise)
    predictions = theory.predictions(interaction, neurons, error=error, noise=noise)
    with clock.measure("work"):
        found = _measured(interaction, neurons, error=error, noise=noise, trials=trials, seed=seed)
        # Where more patterns than can be stored err too little, they are counted.
        beyond = found.patterns is None and found.high is None
        counted = count(interaction, neurons, error=error, noise=noise) if beyond else None
    curve = [_point(point) for point in found.points]
    if csv is not None:
        _write_csv(curve, csv)
    if json:
        report.write_json(
            {
                "n": neurons,
                "energy": energy,
                "degree": degree if energy == "poly" else None,
                "error": error,
                "noise": noise,
                "theory": [asdict(p) for p in predictions],
                "measured": _measured_json(found, counted),
                "curve": curve,
                "seconds": clock.seconds(),
            }
        )
    else:
        _show(interaction, neurons, error, predictions, (found, counted))


def _measured(
    interaction: "AbstractInteraction", neurons: int, *, error: float, noise: float, trials: int,
    seed: int,
) -> "Capacity":  # fmt: skip
    """Measure, with a progress bar where somebody is watching."""
    from rich.progress import Progress

    from hopcli.experiments import capacity as experiment

    console = report.errors()
    with Progress(console=console, transient=True, disable=not report.watched()) as progress:
        task = progress.add_task("storing random patterns", total=trials)

        def on_point(point: "Point", done: int, most: int) -> None:
            said = f"{point.patterns:,} patterns: {point.bit_error:.3%} of bits wrong"
            progress.update(task, completed=done, total=most, description=said)

        return experiment.capacity(
            interaction, neurons, error=error, noise=noise, trials=trials, seed=seed,
            on_point=on_point,
        )  # fmt: skip


def _measured_json(found: "Capacity", counted: "CountedCapacity | None") -> dict[str, Any]:
    """The JSON of what was measured, by counting if that was needed."""
    if counted is None:
        return {
            "patterns": found.patterns,
            "log2_patterns": _log2(found.patterns),
            "low": found.low,
            "high": found.high,
            "method": "stored",
            "confidence": 0.95,
        }
    return {
        "patterns": 2**counted.log2_patterns,
        "log2_patterns": counted.log2_patterns,
        "low": 2**counted.low,
        "high": 2**counted.high,
        "method": "counted",
        "confidence": 1.0,
    }


def _log2(patterns: float | None) -> float | None:
    return math.log2(patterns) if patterns else None


def _point(point: "Point") -> dict[str, Any]:
    """The JSON of one point of the curve."""
    return {
        "patterns": point.patterns,
        "log2_patterns": _log2(point.patterns),
        "load": point.load,
        "bit_error": point.bit_error,
        "low": point.low,
        "high": point.high,
        "method": "stored",
    }


def _write_csv(curve: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the curve with a header."""
    from hopcli.storage.atomic import replacing

    rows = [",".join(str(point[column]) for column in CURVE_COLUMNS) for point in curve]
    with replacing(path) as stream:
        stream.write("\n".join([",".join(CURVE_COLUMNS), *rows, ""]).encode())


def _show(
    interaction: "AbstractInteraction",
    neurons: int,
    error: float,
    predictions: "Sequence[Prediction]",
    measured: "tuple[Capacity, CountedCapacity | None]",
) -> None:
    """Theory and measurement, as tables and a sentence."""
    from rich.table import Table
    from rich.text import Text

    from hopcli.render.numbers import patterns_text

    found, counted = measured
    console = report.output()
    console.print(Text(f"{neurons:,} neurons, {interaction.name}", "bold"))
    table = Table("by theory", "patterns", "for", "source", box=None, pad_edge=False)
    for prediction in predictions:
        table.add_row(
            prediction.what,
            patterns_text(prediction.log2_patterns),
            prediction.meaning,
            prediction.source,
        )
    console.print(table)
    console.print()
    curve = Table("patterns", "load", "bits wrong", "95 % interval", box=None, pad_edge=False)
    for point in found.points:
        curve.add_row(
            f"{point.patterns:,}",
            f"{point.load:.4g}",
            f"{point.bit_error:.3%}",
            f"{point.low:.3%} to {point.high:.3%}",
        )
    console.print(curve)
    console.print()
    console.print(Text(_sentence(found, error, neurons)))
    if counted is not None:
        console.print(Text(_counted_sentence(counted, error)))


def _counted_sentence(counted: "CountedCapacity", error: float) -> str:
    """What was counted, and what it is the capacity of."""
    from hopcli.render.numbers import patterns_text

    return (
        f"Counted: {100 * error:g} % of the bits of one typical pattern are wrong at "
        f"{patterns_text(counted.log2_patterns)} patterns. Theory's figure for all patterns at "
        f"once is smaller: among so many, some are nearly the same."
    )


def _sentence(found: "Capacity", error: float, neurons: int) -> str:
    """What was measured, and what to do where it did not suffice."""
    wrong = f"{100 * error:g} % of the bits are wrong"
    if found.patterns == 0:
        return f"Measured: not even one pattern is stable; more than {wrong} with a single one."
    if found.patterns is not None and found.high is not None:
        return (
            f"Measured: {wrong} at {found.patterns:,.4g} patterns ({found.low:,.4g} to "
            f"{found.high:,.4g} with 95 % confidence), a load of {found.patterns / neurons:.4g}. "
            f"More --trials narrow the interval."
        )
    if found.high is not None:
        return (
            f"Measured: the capacity lies between {found.low:,.0f} and {found.high:,.0f} patterns; "
            f"more --trials narrow it."
        )
    if not found.low:
        return "Measured: too few trials to tell anything; give more --trials."
    return (
        f"Measured: fewer than {wrong} at {found.low:,.0f} patterns, the most that were stored; "
        f"the capacity lies beyond."
    )
