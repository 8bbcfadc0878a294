"""Capacities as tables and sentences for people, and as a table in a file."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from hopcli.errors import on_command_line
from hopcli.experiments.counted import LARGEST_LOG2
from hopcli.experiments.growth import Growth
from hopcli.model.capacity import ENDS, Capacities, Capacity
from hopcli.render.numbers import count_text, patterns_text
from hopcli.storage.atomic import replacing

# Difference in log₂ K between a counted capacity and theory's from which on it is explained.
APART = 1.0
# More columns than any table has.
UNBOUNDED = 10_000
POINT = ("patterns", "log2_patterns", "load", "bit_error", "retrieved", "low", "high")
FOUND = ("capacity", "log2_capacity", "log2_capacity_low", "log2_capacity_high")
# What a column is headed by, where that is not the name of the quantity.
HEADINGS = {"n": "neurons"}


def tables(found: Capacities, console: Console) -> Iterator[RenderableType]:
    """Yield the tables of one network, or of several."""
    if found.swept:
        yield fitted(_load_table(found) if found.loads else _sweep_table(found), console)
        return
    result = found.results[0]
    noise = result.settings["noise"]
    flipped = f", {noise:.4g} of each cue's bits flipped" if noise else ""
    title = Text(f"{result.settings['n']:,} neurons, {network(result)}{flipped}", "bold")
    yield Group(title, fitted(theory_table(result), console))
    yield fitted(_curve_table(result), console)


def network(result: Capacity) -> str:
    """Return the interaction in words, with the rule if one was given."""
    experiment = result.finding.experiment
    name = experiment.interaction.describe()
    if experiment.rule is None:
        return name
    return f"{name} by {experiment.rule.describe()}"


def swept_value(result: Capacity, quantity: str) -> str:
    """Return the value of a swept quantity as it is shown."""
    value = result.settings[quantity]
    return value if isinstance(value, str) else f"{value:,.6g}"


def theory_table(result: Capacity) -> Table:
    """List the published capacities."""
    shown = _table("by theory", "patterns", "for", "source")
    if not result.theory and result.finding.experiment.rule is not None:
        shown.add_row("no closed formula", "", "", "")
    for entry in result.finding.theory:
        shown.add_row(entry.what, patterns_text(entry.log2_patterns), entry.meaning, entry.source)
    return shown


def fitted(shown: Table, console: Console) -> RenderableType:
    """Make a table fit: closer together, broken between words, or at last a line for each cell."""
    anything = console.options.update_width(UNBOUNDED)
    for gap in (2, 1):
        shown.padding = (0, gap, 0, 0)
        if Measurement.get(console, anything, shown).maximum <= console.width:
            return shown
    if Measurement.get(console, anything, shown).minimum <= console.width:
        # Rich takes what is missing from the widest columns, down to their longest words.
        for column in shown.columns:
            cells = (column.header, *column.cells)
            column.min_width = max(len(word) for cell in cells for word in str(cell).split())
        return shown
    lines = []
    for row in zip(*(column.cells for column in shown.columns), strict=True):
        for column, cell in zip(shown.columns, row, strict=True):
            lines.append(Text.assemble((f"{column.header}: ", "bold"), str(cell)))
        lines.append(Text())
    return Group(*lines[:-1])


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=False)


def _curve_table(result: Capacity) -> Table:
    """List every number of patterns that was stored or counted."""
    if result.settings["measure"] == "retrieval":
        return _retrieval_table(result)
    rows: dict[float, dict[str, dict[str, Any]]] = {}
    for point in result.curve:
        rows.setdefault(round(point["log2_patterns"], 9), {})[point["method"]] = point
    methods = {point["method"] for point in result.curve}
    columns = ["bits wrong, stored", "95 % interval"] if "stored" in methods else []
    shown = _table(
        "patterns", "load", *columns, *(["counted"] if "counted" in methods else [])
    )  # fmt: skip
    for log2_patterns, points in rows.items():
        load = 2 ** (log2_patterns - math.log2(result.settings["n"]))
        row = [patterns_text(log2_patterns), f"{load:.4g}"]
        if point := points.get("stored"):
            row += [f"{point['bit_error']:.3%}", f"{point['low']:.3%} to {point['high']:.3%}"]
        else:
            row += [""] * len(columns)
        if point := points.get("counted"):
            row.append(f"{point['bit_error']:.3%}")
        shown.add_row(*row)
    return shown


def _retrieval_table(result: Capacity) -> Table:
    shown = _table("patterns", "load", "returned", "95 % interval", "overlap", "sweeps", "spurious",
                   "another")  # fmt: skip
    for point in result.curve:
        shown.add_row(
            f"{point['patterns']:,}",
            f"{point['load']:.4g}",
            f"{point['retrieved']:.1%}",
            f"{point['low']:.1%} to {point['high']:.1%}",
            f"{point['overlap']:.3f}",
            f"{point['sweeps']:.1f}",
            f"{point['spurious']:.1%}",
            f"{point['other']:.1%}",
        )
    return shown


def _sweep_table(found: Capacities) -> Table:
    """List the networks: the first figure of theory, what was stored and what was counted."""
    counted = any(result.finding.counted for result in found.results)
    shown = _table(
        *(HEADINGS.get(name, name) for name in found.swept), "by theory", "stored", "95 % interval",
        *(["counted"] if counted else []),
    )  # fmt: skip
    for result in found.results:
        stored, theory = result.finding.stored, result.finding.theory
        row = [swept_value(result, quantity) for quantity in found.swept]
        row.append(patterns_text(theory[0].log2_patterns) if theory else "")
        row.append("" if stored.patterns is None else count_text(stored.patterns))
        if stored.patterns is not None and stored.high is not None:
            row.append(f"{count_text(stored.low)} to {count_text(stored.high)}")
        else:
            row.append(f"more than {stored.low:,.0f}" if stored.high is None else "")
        if result.finding.counted is not None:
            row.append(patterns_text(result.finding.counted.log2_patterns))
        shown.add_row(*row)
    return shown


def _load_table(found: Capacities) -> Table:
    """List every network and load."""
    inner = [_curve_table(result) for result in found.results]
    longest = max(inner, key=lambda each: len(each.columns))
    headings = (HEADINGS.get(name, name) for name in found.swept)
    shown = _table(*headings, *(str(column.header) for column in longest.columns))
    for result, each in zip(found.results, inner, strict=True):
        lead = [swept_value(result, quantity) for quantity in found.swept]
        for cells in zip(*(column.cells for column in each.columns), strict=True):
            shown.add_row(*lead, *map(str, cells))
    return shown


def sentences(found: Capacities) -> Iterator[Text]:
    """Yield what the capacity of one network is, and how those of several grow."""
    if not found.swept and not found.loads:
        result = found.results[0]
        yield Text(on_command_line(_stored(result)))
        if result.finding.counted is not None:
            yield Text(_counted(result))
        elif result.finding.beyond:
            yield Text(
                f"Counted: even of {patterns_text(LARGEST_LOG2)} patterns, the most that are "
                f"counted, fewer than {_criterion(result)}."
            )
    for result, growth in found.fits():
        yield Text(_growth(result, growth))


def _criterion(result: Capacity) -> str:
    """Say what share the capacity is for."""
    if result.settings["measure"] == "retrieval":
        return "half of the cues come back"
    return f"{100 * result.settings['error']:g} % of the bits are wrong"


def _stored(result: Capacity) -> str:
    """Say what was found by storing, and what to do where it was not found."""
    stored, neurons, criterion = result.finding.stored, result.settings["n"], _criterion(result)
    if stored.patterns == 0:
        return f"Stored: not even one pattern is stable; more than {criterion} with one alone."
    if stored.patterns is not None and stored.high is not None:
        patterns, low, high = map(count_text, (stored.patterns, stored.low, stored.high))
        return (
            f"Stored: {criterion} at {patterns} patterns ({low} to {high} with 95 % confidence), "
            f"a load of {stored.patterns / neurons:.4g}. More `trials` narrow the interval."
        )
    if stored.high is not None:
        return (
            f"Stored: the capacity lies between {stored.low:,.0f} and {stored.high:,.0f} patterns; "
            f"more `trials` narrow it."
        )
    if not stored.low:
        return "Stored: too few trials to tell anything; give more `trials`."
    stability = result.settings["measure"] == "stability"
    fewer = f"fewer than {criterion}" if stability else criterion.replace("half", "more than half")
    beyond = "more are not stored"
    if stored.low < result.finding.experiment.storable:
        beyond = "more `trials` tell what is beyond"
    return f"Stored: up to {stored.low:,.0f} patterns {fewer}; {beyond}."


def _counted(result: Capacity) -> str:
    """Say what was counted, and why where it differs from theory."""
    counted, theory = result.finding.counted, result.finding.theory
    assert counted is not None
    log2_patterns = counted.log2_patterns
    if log2_patterns == 0:
        return f"Counted: {_criterion(result)} with fewer than two patterns."
    load = f", a load of {2**log2_patterns / result.settings['n']:.4g}"
    text = (
        f"Counted: {_criterion(result)} at {patterns_text(log2_patterns)} patterns"
        f"{load if log2_patterns < 40 else ''}, of one typical pattern."
    )
    for_all = len(theory) == 1 and theory[0].meaning == "all patterns at once"
    if for_all and log2_patterns - theory[0].log2_patterns > APART:
        text += (
            " Theory's figure is for all patterns at once, and smaller: among so many, some are "
            "nearly the same."
        )
    return text


def _growth(result: Capacity, found: Growth) -> str:
    """Say how the capacity grows of networks like this one."""
    noise = result.settings["noise"]
    of = f"{network(result)}, noise {noise:g}" if noise else network(result)
    law = f"N^{found.value:.3f}" if found.law == "exponent" else f"exp({found.value:.4f} N)"
    interval = f"{found.low:.3f} to {found.high:.3f} with 95 % confidence"
    theory = "" if found.expected is None else f"; theory says {found.expected:.4g}"
    return f"{of}: capacity grows as {law} ({interval}){theory}."


def write_csv(found: Capacities, path: Path) -> None:
    """Write every point of every network as a row, whole or not at all."""
    settings = list(dict.fromkeys(name for each in found.results for name in each.settings))
    columns = (*settings, *POINT, *ENDS, "method", *FOUND)
    lines = [",".join(columns)]
    for result in found.results:
        for point in result.curve:
            row = {**result.settings, **point, **_capacity_columns(result)}
            cells = (row.get(column) for column in columns)
            lines.append(",".join("" if cell is None else str(cell) for cell in cells))
    with replacing(path) as stream:
        stream.write("\n".join([*lines, ""]).encode())


def _capacity_columns(result: Capacity) -> dict[str, float | None]:
    """Return the capacity and its interval, as log₂ K too."""
    stored, counted = result.finding.stored, result.finding.counted
    ends: tuple[float | None, float | None] = (None, None)
    if counted is not None:
        ends = counted.low, counted.high
    elif stored.high is not None:
        ends = (math.log2(stored.low) if stored.low else None), math.log2(stored.high)
    log2_patterns = result.measured["log2_patterns"]
    values = (result.patterns, log2_patterns, *ends)
    return dict(zip(FOUND, values, strict=True))
