"""`hop capacity`."""

import importlib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from hopcli import interruption
from hopcli.cli import options, ranges, report
from hopcli.cli.output_paths import check_file, check_plot
from hopcli.cli.signatures import Option
from hopcli.errors import HopError

if TYPE_CHECKING:
    from rich.progress import Progress

    from hopcli.crew import Crew
    from hopcli.experiments.experiment import Experiment, Finding
    from hopcli.experiments.trials import Point

# More seconds than these are spent only if that is asked for.
LONG = 600.0
# More networks than these are no sweep but a mistake.
MOST = 100_000
# Columns that a chart takes at most.
CHART_WIDTH = 100
MEASURES = ("stability", "retrieval")
# Of perceptron, as in hop learn.
MARGIN = 1.0


def capacity(
    neurons: Annotated[
        str, Option("--n", metavar="N", help="Neurons: 100, or 100,200,400, or 50:400:50.")
    ],
    energy: Annotated[
        str, Option("--energy", metavar="E", help="classical, poly or exp.")
    ] = "classical",
    degree: Annotated[
        str, Option("--degree", metavar="N", help="n of xⁿ, for poly; a list or a range too.")
    ] = "3",
    beta: Annotated[float, Option("--beta", metavar="B", help="β of exp(βx).")] = 1.0,
    rule: Annotated[
        str | None,
        Option(
            "--rule",
            metavar="RULE",
            help="Of classical: learn the weights by hebbian, projection, storkey, perceptron or "
            "dream (which unlearns of Hebb's); several with commas.",
        ),
    ] = None,
    margin: Annotated[
        float | None,
        Option(
            "--margin", metavar="M", help="Of perceptron, as in hop learn; 1 unless it is given."
        ),
    ] = None,
    measure: Annotated[
        str,
        Option(
            "--measure",
            metavar="M",
            help="stability: bits that one update sets wrong. retrieval: cues that come back when "
            "the dynamics run to their end.",
        ),
    ] = "stability",
    error: Annotated[
        float,
        Option("--error", metavar="P", help="The share of bits that may be unstable."),
    ] = 0.01,
    noise: Annotated[
        str,
        Option(
            "--noise", metavar="P", help="The share of a cue's bits flipped; 0:0.4:0.05 is a range."
        ),
    ] = "0",
    load: Annotated[
        str | None,
        Option("--load", metavar="A", help="Measure at these loads K/N, instead of a capacity."),
    ] = None,
    trials: Annotated[
        int,
        Option("--trials", metavar="N", help="Networks to make at most, for each capacity."),
    ] = 200,
    workers: Annotated[
        int, Option("--workers", metavar="N", help="Spread the trials over N processes.")
    ] = 0,
    cluster: Annotated[
        str | None,
        Option("--cluster", metavar="ADDRESS", help="Spread them over a dask cluster."),
    ] = None,
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="PATH", help="Draw the curve or phase diagram."),
    ] = None,
    csv: Annotated[
        Path | None, Option("--csv", metavar="PATH", help="Write all points as a table.")
    ] = None,
    force: Annotated[
        bool, Option("--force", help="Begin even what takes longer than ten minutes.")
    ] = False,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Find how many random patterns a network holds: by theory, by storing and by counting them.

    The capacity is the number of patterns at which one update, from a stored pattern, sets the
    share --error of its bits wrong; of --measure retrieval, that at which half of the cues come
    back with an overlap of 0.9. Lists and ranges of --n, --degree, --noise and --load, and lists of
    --rule, are measured in all combinations.

    Example: hop capacity --n 100 --energy poly --degree 3
    """
    from hopcli.experiments.experiment import Experiment

    clock = report.Clock()
    _check_files(plot, csv)
    options.choice("--measure", measure, MEASURES)
    degrees = ranges.whole_numbers("--degree", degree) if energy == "poly" else [2]
    networks = ranges.whole_numbers("--n", neurons)
    noises = ranges.numbers("--noise", noise)
    rules = _rules(rule, energy, margin)
    loads = ranges.numbers("--load", load) if load is not None else []
    swept = [
        name
        for name, values in (
            ("neurons", networks), ("degree", degrees), ("noise", noises), ("rule", rules)
        )
        if len(values) > 1
    ]  # fmt: skip
    combinations = len(networks) * len(degrees) * len(noises) * len(rules)
    if combinations > MOST:
        raise HopError(
            f"{combinations:,} combinations of --n, --degree, --noise and --rule were given, but "
            f"no more than {MOST:,} are measured at a time; give shorter lists"
        )
    experiments = [
        Experiment(
            options.interaction(energy, each[1], beta), each[0], error, each[2], measure,
            tuple(loads), trials, seed, each[3], MARGIN if margin is None else margin,
        )
        for each in itertools.product(networks, degrees, noises, rules)
    ]  # fmt: skip
    if plot is not None:
        _check_plot(swept, loads)
    if not force:
        _check_time(experiments)
    _note_what_is_not_stored(experiments)
    with report.compiling():
        # Before the clock starts, since trials would load it inside their own time.
        for module in ("hopcli.kernels.trials", "hopcli.binary.compiled"):
            importlib.import_module(module)
        if any(experiment.learns for experiment in experiments):
            for module in ("hopcli.experiments.learned", "hopcli.binary.weighted_compiled"):
                importlib.import_module(module)
    findings: list[Finding] = []
    interrupted = False
    with report.shown(_progress()) as progress:
        try:
            with interruption.raising(), _crew(workers, cluster) as crew, clock.measure("work"):
                _run(experiments, crew, findings, progress)
        except KeyboardInterrupt:
            interrupted = True
    if csv is not None:
        from hopcli.cli.findings_files import write_csv

        write_csv(findings, csv)
    if plot is not None and not interrupted:
        from hopcli.cli import findings_charts

        findings_charts.write(findings_charts.picture(findings, swept), plot)
    if json:
        _write_json(findings, swept, loads, {"seconds": clock.seconds()}, interrupted)
    else:
        _show(findings, swept, charted=not interrupted)
    if interrupted:
        report.note("interrupted; this is what is known so far")
        raise click.exceptions.Exit(interruption.code())


def _rules(given: str | None, energy: str, margin: float | None) -> list[str | None]:
    """The rules that were given, each once; None alone where weights are not asked for."""
    from hopcli.experiments.rules import RULES

    names = [part.strip() for part in given.split(",")] if given is not None else []
    rules = list(dict.fromkeys(options.choice("--rule", name, RULES) for name in names))
    if rules and energy != "classical":
        raise HopError(
            f"--rule {given} was given, but rules are of --energy classical, and --energy {energy} "
            f"was given too; leave one of them out"
        )
    if margin is not None:
        if "perceptron" not in rules:
            raise HopError(
                f"--margin {margin:g} was given, which only perceptron takes; give --rule "
                f"perceptron too, or leave it out"
            )
        options.number("--margin", f"{margin:g}", 0, 1e6)
    return [*rules] if rules else [None]


def _check_files(plot: Path | None, csv: Path | None) -> None:
    """See that the files can be what their names say."""
    if csv is not None and csv.suffix.lower() == ".npz":
        raise HopError(f"--csv {csv} was given, but .npz is the ending of memories; give .csv")
    if plot is not None:
        check_plot(plot)
    if plot is not None and csv is not None and plot.resolve() == csv.resolve():
        raise HopError(f"--plot and --csv were both given {plot}; name another file for one")
    if str(csv) == "-":
        raise HopError("--csv - was given, but only pictures go to standard output; name a file")
    if csv is not None:
        check_file(csv)


def _check_plot(swept: Sequence[str], loads: Sequence[float]) -> None:
    """See that a chart can show what is swept."""
    if len(swept) + (len(loads) > 1) > 2:
        names = ", ".join([*swept, *(["load"] if len(loads) > 1 else [])])
        raise HopError(
            f"--plot was given with several values of {names}, but a plot shows two swept "
            f"quantities at most; sweep two of them, or write all points with --csv"
        )


def _check_time(experiments: "Sequence[Experiment]") -> None:
    """See that all of them end in reasonable time."""
    from hopcli.experiments.cost import seconds
    from hopcli.render.numbers import duration_text

    expected = sum(seconds(experiment) for experiment in experiments)
    if expected > LONG:
        raise HopError(
            f"this would take about {duration_text(expected)}; give fewer values or --trials, or "
            f"go on with --force"
        )


def _note_what_is_not_stored(experiments: "Sequence[Experiment]") -> None:
    """Say aside that loads of more patterns than can be stored are counted only."""
    for experiment in experiments:
        if experiment.numbers and experiment.numbers[-1] > experiment.storable:
            report.note(
                f"of {experiment.neurons:,} neurons no more than {experiment.storable:,} patterns "
                f"are stored; more are counted"
            )
            break


@contextmanager
def _crew(workers: int, cluster: str | None) -> "Iterator[Crew]":
    """Who makes the trials."""
    from hopcli import crew

    if workers and cluster is not None:
        raise HopError("--workers and --cluster were both given; give one of them")
    if cluster is not None:
        from hopcli.cluster.crew import clustered

        with clustered(cluster) as them:
            yield them
    elif workers:
        with crew.spawned(workers) as them:
            yield them
    else:
        yield crew.ALONE


def _run(
    experiments: "Sequence[Experiment]",
    crew: "Crew",
    findings: "list[Finding]",
    progress: "Progress",
) -> None:
    """Run all experiments, and add what is found; of one that is interrupted, what is known.

    Raises:
        KeyboardInterrupt: when one of the signals comes.
    """
    from hopcli.experiments.experiment import Stopped, run

    task = progress.add_task("counting", total=len(experiments))
    for done, experiment in enumerate(experiments):

        def on_point(point: "Point", made: int, most: int, done: int = done) -> None:
            said = f"{point.patterns:,} patterns: {point.share:.3%} wrong"
            progress.update(task, completed=done + made / most, description=said)

        try:
            findings.append(run(experiment, crew=crew, on_point=on_point))
        except Stopped as stopped:
            findings.append(stopped.finding)
            raise
        progress.update(task, completed=done + 1)


def _progress() -> "Progress":
    """A bar with the time left, where somebody is watching."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=report.errors(),
        transient=True,
        disable=not report.watched(),
    )


def _write_json(
    findings: "Sequence[Finding]",
    swept: Sequence[str],
    loads: Sequence[float],
    seconds: dict[str, Any],
    interrupted: bool,
) -> None:
    """One experiment as it is; several under `results`, with the fits."""
    from hopcli.cli.findings_files import answer, fit

    ended = {"interrupted": True} if interrupted else {}
    if not swept:
        report.write_json({**(answer(findings[0]) if findings else {}), **ended, **seconds})
        return
    quantities = ["n" if name == "neurons" else name for name in swept]
    report.write_json(
        {
            "swept": [*quantities, *(["load"] if len(loads) > 1 else [])],
            "results": [answer(finding) for finding in findings],
            "fits": [fit(group[0], found) for group, found in _fits(findings)],
            **ended,
            **seconds,
        }
    )


def _fits(findings: "Sequence[Finding]") -> Iterator[tuple[Any, Any]]:
    """The networks that differ in N only, and how their capacity grows."""
    from hopcli.experiments.growth import growth

    groups: dict[Any, list[Finding]] = {}
    for finding in findings:
        key = finding.experiment.interaction, finding.experiment.noise, finding.experiment.rule
        groups.setdefault(key, []).append(finding)
    for group in groups.values():
        if found := growth(group):
            yield group, found


def _show(findings: "Sequence[Finding]", swept: Sequence[str], *, charted: bool) -> None:
    """Tables, a chart drawn with characters, and sentences."""
    from hopcli.cli import findings_charts, findings_text
    from hopcli.render.chart import chart
    from hopcli.render.heat import heat
    from hopcli.render.series import Chart

    if not findings:
        return
    console = report.output()
    loaded = bool(findings[0].experiment.loads)
    if not swept:
        console.print(findings_text.title(findings[0]))
        console.print(findings_text.fitted(findings_text.theory_table(findings[0]), console))
        console.print()
        console.print(findings_text.fitted(findings_text.curve_table(findings[0]), console))
    elif loaded:
        console.print(findings_text.fitted(findings_text.load_table(findings, swept), console))
    else:
        console.print(findings_text.fitted(findings_text.sweep_table(findings, swept), console))
    console.print()
    if charted and not findings_charts.too_many_swept(swept, findings[0].experiment.loads):
        shown = findings_charts.picture(findings, swept)
        width = min(console.width, CHART_WIDTH)
        lines = chart(shown, width) if isinstance(shown, Chart) else heat(shown, width)
        report.write_lines(lines)
        console.print()
    if not swept:
        for sentence in findings_text.sentences(findings[0]):
            console.print(sentence)
    for group, found in _fits(findings):
        console.print(findings_text.growth_sentence(group[0], found))
