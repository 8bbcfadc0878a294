"""`hop capacity`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from hopcli import interruption
from hopcli.cli import options, ranges, report, signatures
from hopcli.cli.output_paths import check_file, check_plot
from hopcli.cli.signatures import Option
from hopcli.errors import HopError

if TYPE_CHECKING:
    from hopcli.executors import PartitionedExecutor
    from hopcli.experiments.experiment import Experiment
    from hopcli.model.capacity import Capacities

# More seconds than these are spent only if that is asked for.
LONG = 600.0
# The widest chart, in columns.
CHART_WIDTH = 100


def _energies() -> Sequence[str]:
    from hopcli.model.capacity import energy_names

    return energy_names()


def _rules() -> Sequence[str]:
    from hopcli.model.capacity import rule_names

    return rule_names()


def more_options() -> signatures.Options:
    """Return the options of all interactions and rules."""
    from hopcli.model import capacity as model

    energies: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    for name in model.energy_names():
        for parameter in model.energy_parameters(name):
            energies.setdefault(parameter.name, []).append((name, parameter))
    for name in model.rule_names():
        for parameter in model.rule_parameters(name):
            rules.setdefault(parameter.name, []).append((name, parameter))
    options = signatures.of_parameters("energy", energies)
    return [*options, *signatures.of_parameters("rule", rules)]


def capacity(
    neurons: Annotated[
        str, Option("--n", metavar="N", help="Neurons: 100, or 100,200,400, or 50:400:50.")
    ],
    energy: Annotated[
        str, Option("--energy", metavar="E", help="The interaction:", choices=_energies)
    ] = "classical",
    rule: Annotated[
        str | None,
        Option(
            "--rule", metavar="RULE",
            help="Only for --energy classical. The rule by which weights are learned in each "
            "trial, or several with commas:", choices=_rules,
        ),
    ] = None,
    measure: Annotated[
        str,
        Option(
            "--measure", metavar="M",
            help="stability: bits that one update sets wrong. retrieval: cues that come back when "
            "the dynamics run to their end.",
        ),
    ] = "stability",
    error: Annotated[
        float, Option("--error", metavar="P", help="The share of bits that may be unstable.")
    ] = 0.01,
    noise: Annotated[
        str,
        Option(
            "--noise", metavar="P", help="The share of a cue's bits flipped; 0:0.4:0.05 is a range."
        ),
    ] = "0",
    load: Annotated[
        str | None,
        Option(
            "--load", metavar="A", help="Measure at these loads K/N, instead of a capacity."
        ),
    ] = None,
    trials: Annotated[
        int, Option("--trials", metavar="N", help="Networks to make at most, for each capacity.")
    ] = 200,
    workers: Annotated[
        int, Option("--workers", metavar="N", min=0, help="Make the trials in N processes.")
    ] = 0,
    cluster: Annotated[
        str | None,
        Option("--cluster", metavar="ADDRESS", help="Make the trials on a dask cluster."),
    ] = None,
    plot: Annotated[
        Path | None, Option("--plot", metavar="PATH", help="Draw the curve or phase diagram.")
    ] = None,
    csv: Annotated[
        Path | None, Option("--csv", metavar="PATH", help="Write all points as a table.")
    ] = None,
    force: Annotated[
        bool, Option("--force", help="Begin even what takes longer than ten minutes.")
    ] = False,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
    **parameters: str | None,
) -> None:  # fmt: skip
    """Find how many random patterns a network holds: by theory, by storing and by counting them.

    The capacity is the number of patterns at which one update, from a stored pattern, sets the
    share --error of its bits wrong; with --measure retrieval, that at which half of the cues come
    back with an overlap of 0.9 or more. All combinations of the values in lists and ranges of --n,
    --noise, --rule and the interaction's parameters are measured.

    Example: hop capacity --n 100 --energy poly --degree 3
    """
    from hopcli.model import capacity as model

    clock = report.Clock()
    _check_files(plot, csv)
    loads = ranges.numbers("load", load) if load is not None else []
    experiments, swept = model.plan(
        ranges.whole_numbers("n", neurons), energy,
        {n: ranges.texts(n, v) for n, v in parameters.items() if v is not None},
        rules=[name.strip() for name in rule.split(",")] if rule is not None else [],
        measure=measure, error=error, noises=ranges.numbers("noise", noise), loads=loads,
        trials=trials, seed=seed,
    )  # fmt: skip
    if plot is not None:
        _check_plot(swept, loads)
    if not force:
        _check_time(experiments)
    _note_what_is_not_stored(experiments)
    with report.compiling():
        # Before the clock starts, since trials would load it inside their own time.
        model.load_kernels(experiments)
    with (
        report.progress("measuring", 1) as tell,
        interruption.raising(),
        _executor(workers, cluster) as executor,
        clock.measure("work"),
    ):
        found = model.run(experiments, swept, executor=executor, progress=tell)
    if csv is not None:
        from hopcli.cli.capacity_tables import write_csv

        write_csv(found, csv)
    if plot is not None and not found.interrupted:
        from hopcli.cli import capacity_charts

        capacity_charts.write(capacity_charts.picture(found), plot)
    if json:
        report.write_json({**found.answer(), "seconds": clock.seconds()})
    else:
        _show(found)
    if found.interrupted:
        report.note("interrupted; this is what is known so far")
        raise click.exceptions.Exit(interruption.code())


def _check_files(plot: Path | None, csv: Path | None) -> None:
    """Check that the files can be what their names say."""
    if plot is not None:
        check_plot(plot)
    if csv is None:
        return
    if csv.suffix.lower() == ".npz":
        raise HopError(f"`csv={csv}` was given, but .npz is the ending of memories; give .csv")
    if plot is not None and plot.resolve() == csv.resolve():
        raise HopError(f"`plot` and `csv` were both given {plot}; name another file for one")
    if str(csv) == "-":
        raise HopError("`csv=-` was given, but only pictures go to standard output; name a file")
    check_file(csv)


def _check_plot(swept: Sequence[str], loads: Sequence[float]) -> None:
    """Check that a chart can show what is swept."""
    names = [*swept, *(["load"] if len(loads) > 1 else [])]
    if len(names) > 2:
        raise HopError(
            f"`plot` was given with several values of {', '.join(names)}, but a plot shows two "
            f"swept quantities at most; sweep two of them, or write all points with `csv`"
        )


def _check_time(experiments: "Sequence[Experiment]") -> None:
    """Check that all of them end in reasonable time."""
    from hopcli.model.capacity import seconds
    from hopcli.render.numbers import duration_text

    expected = seconds(experiments)
    if expected > LONG:
        raise HopError(
            f"this would take about {duration_text(expected)}; give fewer values or `trials`, or "
            f"go on with `force=True`"
        )


def _note_what_is_not_stored(experiments: "Sequence[Experiment]") -> None:
    """Note that loads of more patterns than can be stored are only counted."""
    for experiment in experiments:
        if experiment.numbers and experiment.numbers[-1] > experiment.storable:
            report.note(
                f"of {experiment.neurons:,} neurons no more than {experiment.storable:,} patterns "
                f"are stored; more are counted"
            )
            break


@contextmanager
def _executor(workers: int, cluster: str | None) -> "Iterator[PartitionedExecutor]":
    """Start what makes the trials: this process, several, or a cluster."""
    from hopcli import executors

    if workers and cluster is not None:
        raise HopError("`workers` and `cluster` were both given; give one of them")
    if cluster is not None:
        from hopcli.cluster.executor import cluster_executor

        with cluster_executor(cluster) as executor:
            yield executor
    elif workers:
        with executors.process_pool(workers) as executor:
            yield executor
    else:
        yield executors.SERIAL


def _show(found: "Capacities") -> None:
    """Show tables, a chart drawn with characters, and sentences."""
    from hopcli.cli import capacity_charts, capacity_tables
    from hopcli.render.chart import chart
    from hopcli.render.heat import heat
    from hopcli.render.series import Chart

    if not found.results:
        return
    console = report.output()
    for shown in capacity_tables.tables(found, console):
        console.print(shown)
        console.print()
    if not found.interrupted and capacity_charts.fits(found):
        drawn = capacity_charts.picture(found)
        width = min(console.width, CHART_WIDTH)
        lines = chart(drawn, width) if isinstance(drawn, Chart) else heat(drawn, width)
        report.write_lines(lines)
        console.print()
    for sentence in capacity_tables.sentences(found):
        console.print(sentence)
