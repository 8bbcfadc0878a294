"""What experiments found, as tables and sentences for people."""

import math
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from hopcli.experiments.counted import LARGEST_LOG2
from hopcli.experiments.experiment import Finding
from hopcli.experiments.growth import Growth
from hopcli.experiments.retrieval import Returns
from hopcli.render.numbers import count_text, patterns_text

# A sentence on the two meanings of capacity is due where they differ by so much, in log₂ K.
APART = 1.0

# More columns than any table has.
UNBOUNDED = 10_000


def table(*columns: str) -> Table:
    """An empty table without lines."""
    return Table(*columns, box=None, pad_edge=False)


def title(finding: Finding) -> Text:
    """The network, and what was done to it."""
    experiment = finding.experiment
    said = f"{experiment.neurons:,} neurons, {network_text(finding)}"
    if experiment.noise:
        said += f", {experiment.noise:.4g} of each cue's bits flipped"
    return Text(said, "bold")


def network_text(finding: Finding) -> str:
    """The interaction, and the rule if one was given."""
    experiment = finding.experiment
    name = experiment.interaction.describe()
    if experiment.rule is None:
        return name
    margin = f" of margin {experiment.margin:g}" if experiment.rule == "perceptron" else ""
    return f"{name} by {experiment.rule}{margin}"


def fitted(shown: Table, console: Console) -> RenderableType:
    """The table as it fits: closer together, broken between words, or at last a line for each cell.

    Those lines stand under the row that the cell is in.
    """
    anything = console.options.update_width(UNBOUNDED)
    for gap in (2, 1):
        shown.padding = (0, gap, 0, 0)
        if Measurement.get(console, anything, shown).maximum <= console.width:
            return shown
    if Measurement.get(console, anything, shown).minimum <= console.width:
        # Rich takes what is missing from the widest columns, down to their longest words.
        for column, least in zip(shown.columns, _longest_words(shown), strict=True):
            column.min_width = least
        return shown
    lines = []
    for row in zip(*(column.cells for column in shown.columns), strict=True):
        for column, cell in zip(shown.columns, row, strict=True):
            lines.append(Text.assemble((f"{column.header}: ", "bold"), str(cell)))
        lines.append(Text())
    return Group(*lines[:-1])


def _longest_words(shown: Table) -> list[int]:
    """How wide the longest word of each column is."""
    return [
        max(len(word) for cell in (column.header, *column.cells) for word in str(cell).split())
        for column in shown.columns
    ]


def theory_table(finding: Finding) -> Table:
    """What theory says."""
    shown = table("by theory", "patterns", "for", "source")
    if not finding.theory and finding.experiment.rule is not None:
        shown.add_row("no closed formula", "", "", "")
    for said in finding.theory:
        shown.add_row(said.what, patterns_text(said.log2_patterns), said.meaning, said.source)
    return shown


def curve_table(finding: Finding) -> Table:
    """Every number of patterns that was stored or counted."""
    if finding.experiment.measure == "retrieval":
        return _returns_table(finding)
    neurons = finding.experiment.neurons
    counted = {round(p.log2_patterns, 9): p for p in finding.counted_points}
    stored = {round(math.log2(p.patterns), 9): p for p in finding.points}
    columns = ["bits wrong, stored", "95 % interval"] if stored else []
    shown = table("patterns", "load", *columns, *(["counted"] if counted else []))
    for key in sorted(counted | stored):
        row = [patterns_text(key), f"{2 ** (key - math.log2(neurons)):.4g}"]
        if point := stored.get(key):
            row += [f"{point.share:.3%}", f"{point.low:.3%} to {point.high:.3%}"]
        elif stored:
            row += ["", ""]
        if number := counted.get(key):
            row.append(f"{number.bit_error:.3%}")
        shown.add_row(*row)
    return shown


def _returns_table(finding: Finding) -> Table:
    shown = table("patterns", "load", "returned", "95 % interval", "overlap", "sweeps", "spurious",
                  "another")  # fmt: skip
    for point in finding.points:
        assert isinstance(point, Returns)
        shown.add_row(
            f"{point.patterns:,}",
            f"{point.load:.4g}",
            f"{1 - point.share:.1%}",
            f"{1 - point.high:.1%} to {1 - point.low:.1%}",
            f"{point.overlap:.3f}",
            f"{point.sweeps:.1f}",
            f"{point.spurious:.1%}",
            f"{point.other:.1%}",
        )
    return shown


def sentences(finding: Finding) -> list[Text]:
    """What the capacity is, and what to do where it was not found."""
    if finding.experiment.loads:
        return []
    said = [_stored(finding)]
    if finding.counted is not None:
        said.append(_counted(finding))
    elif finding.beyond:
        said.append(
            f"Counted: even of {patterns_text(LARGEST_LOG2)} patterns, the most that are counted, "
            f"fewer than {_what(finding)}."
        )
    return [Text(text) for text in said]


def _what(finding: Finding) -> str:
    experiment = finding.experiment
    if experiment.measure == "retrieval":
        return "half of the cues come back"
    return f"{100 * experiment.error:g} % of the bits are wrong"


def _stored(finding: Finding) -> str:
    stored, neurons = finding.stored, finding.experiment.neurons
    if stored.patterns == 0:
        return f"Stored: not even one pattern is stable; more than {_what(finding)} with one alone."
    if stored.patterns is not None and stored.high is not None:
        patterns, low, high = map(count_text, (stored.patterns, stored.low, stored.high))
        return (
            f"Stored: {_what(finding)} at {patterns} patterns ({low} to {high} with 95 % "
            f"confidence), a load of {stored.patterns / neurons:.4g}. More --trials narrow the "
            f"interval."
        )
    if stored.high is not None:
        return (
            f"Stored: the capacity lies between {stored.low:,.0f} and {stored.high:,.0f} patterns; "
            f"more --trials narrow it."
        )
    if not stored.low:
        return "Stored: too few trials to tell anything; give more --trials."
    fewer = _what(finding).replace("half", "more than half")
    if finding.experiment.measure == "stability":
        fewer = f"fewer than {fewer}"
    beyond = "more are not stored"
    if finding.experiment.rule == "projection":
        beyond = "with one more for each neuron, every state would be a fixed point"
    if stored.low < finding.experiment.storable:
        beyond = "more --trials tell what is beyond"
    return f"Stored: up to {stored.low:,.0f} patterns {fewer}; {beyond}."


def _counted(finding: Finding) -> str:
    """What was counted, and where it differs from theory, why."""
    assert finding.counted is not None
    found = finding.counted.log2_patterns
    if found == 0:
        return f"Counted: {_what(finding)} with fewer than two patterns."
    said = f"Counted: {_what(finding)} at {patterns_text(found)} patterns"
    if found < 40:
        said += f", a load of {2**found / finding.experiment.neurons:.4g}"
    said += ", of one typical pattern."
    whole = [p for p in finding.theory if p.meaning == "all patterns at once"]
    if whole and found - whole[0].log2_patterns > APART and len(finding.theory) == 1:
        said += (
            " Theory's figure is for all patterns at once, and smaller: among so many, some are "
            "nearly the same."
        )
    return said


def sweep_table(findings: Sequence[Finding], swept: Sequence[str]) -> Table:
    """One row for each network: what theory says first, what was stored and what was counted."""
    counted = any(finding.counted for finding in findings)
    shown = table(*swept, "by theory", "stored", "95 % interval", *(["counted"] if counted else []))
    for finding in findings:
        stored = finding.stored
        row = [swept_value(finding, quantity) for quantity in swept]
        row.append(patterns_text(finding.theory[0].log2_patterns) if finding.theory else "")
        row.append("" if stored.patterns is None else count_text(stored.patterns))
        if stored.patterns is not None and stored.high is not None:
            row.append(f"{count_text(stored.low)} to {count_text(stored.high)}")
        else:
            row.append(f"more than {stored.low:,.0f}" if stored.high is None else "")
        if finding.counted is not None:
            row.append(patterns_text(finding.counted.log2_patterns))
        shown.add_row(*row)
    return shown


def load_table(findings: Sequence[Finding], swept: Sequence[str]) -> Table:
    """One row for each network and load."""
    inner = [curve_table(finding) for finding in findings]
    longest = max(inner, key=lambda each: len(each.columns))
    shown = table(*swept, *(str(column.header) for column in longest.columns))
    for finding, each in zip(findings, inner, strict=True):
        lead = [swept_value(finding, quantity) for quantity in swept]
        for cells in zip(*(column.cells for column in each.columns), strict=True):
            shown.add_row(*lead, *map(str, cells))
    return shown


def swept_value(finding: Finding, quantity: str) -> str:
    """The value of a swept quantity as it is shown."""
    if quantity == "rule":
        return str(finding.experiment.rule)
    return f"{value_of(finding, quantity):,.6g}"


def value_of(finding: Finding, quantity: str) -> float:
    """The value of a swept quantity: neurons, degree or noise."""
    experiment = finding.experiment
    if quantity == "neurons":
        return experiment.neurons
    if quantity == "noise":
        return experiment.noise
    return getattr(experiment.interaction, quantity)


def growth_sentence(finding: Finding, found: Growth) -> Text:
    """The law of growth in words, of networks like this one."""
    experiment = finding.experiment
    of = network_text(finding)
    if experiment.noise:
        of += f", noise {experiment.noise:g}"
    law = f"N^{found.value:.3f}" if found.law == "exponent" else f"exp({found.value:.4f} N)"
    said = (
        f"{of}: capacity grows as {law} ({found.low:.3f} to {found.high:.3f} with 95 % confidence)"
    )
    if found.expected is not None:
        said += f"; theory says {found.expected:.4g}"
    return Text(said + ".")
