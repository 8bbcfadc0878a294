"""`hopcli.capacity` and `hop capacity`: how many random patterns a binary network holds."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hopcli import members
from hopcli.errors import HopError, ParameterError
from hopcli.model.progress import Progress, silent
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.binary.rules import AbstractRule
    from hopcli.executors import PartitionedExecutor
    from hopcli.experiments.experiment import CountedPoint, Experiment, Finding
    from hopcli.experiments.growth import Growth
    from hopcli.experiments.trials import Point

MEASURES = ("stability", "retrieval")
# More networks than these are a slip of the keyboard.
MOST = 100_000
# What is said of the ends of the recalls at one number of patterns.
ENDS = ("overlap", "sweeps", "other", "spurious", "unsettled")


@dataclass(frozen=True)
class Capacity:
    """The capacity of one network, by theory, by storing and by counting.

    Attributes:
        finding: what was measured (experiments/experiment.py).
    """

    finding: "Finding"

    @property
    def patterns(self) -> float | None:
        """The number of patterns at which the allowed share of errors is reached.

        None if it was not sought or not found, or is too large for a float.
        """
        return self.measured["patterns"]

    @property
    def low(self) -> float | None:
        """The lower end of the interval of `patterns`."""
        return self.measured["low"]

    @property
    def high(self) -> float | None:
        """The upper end of the interval of `patterns`; None if it is not known."""
        return self.measured["high"]

    @property
    def theory(self) -> list[dict[str, Any]]:
        """The published capacities, each with what it is for and its source."""
        return [
            {**asdict(prediction), "patterns": floating(prediction.log2_patterns)}
            for prediction in self.finding.theory
        ]

    @property
    def curve(self) -> list[dict[str, Any]]:
        """The errors at each number of patterns, the stored points before the counted ones."""
        points = [_stored_point(point) for point in self.finding.points]
        neurons = self.finding.experiment.neurons
        points += [_counted_point(point, neurons) for point in self.finding.counted_points]
        return sorted(points, key=lambda point: point["log2_patterns"])

    @property
    def stored(self) -> dict[str, Any]:
        """The capacity by storing, with a 95 % interval."""
        found = self.finding.stored
        return {
            "patterns": found.patterns,
            "log2_patterns": _log2(found.patterns),
            "low": found.low,
            "high": found.high,
            "method": "stored",
            "confidence": 0.95,
        }

    @property
    def measured(self) -> dict[str, Any]:
        """The capacity by counting where it can be counted, whose interval is certain."""
        found = self.finding.counted
        if found is None:
            return self.stored
        return {
            "patterns": floating(found.log2_patterns),
            "log2_patterns": found.log2_patterns,
            "low": floating(found.low),
            "high": floating(found.high),
            "method": "counted",
            "confidence": 1.0,
        }

    @property
    def settings(self) -> dict[str, Any]:
        """The network and the measurement, as JSON has them."""
        from hopcli.binary import interactions

        experiment = self.finding.experiment
        learning = {}
        if experiment.rule is not None:
            learning = {"rule": experiment.rule.name, **experiment.rule.values()}
        return {
            "n": experiment.neurons,
            "energy": experiment.interaction.name,
            **dict.fromkeys(interactions.parameters()),
            **experiment.interaction.values(),
            "error": experiment.error,
            "noise": experiment.noise,
            "measure": experiment.measure,
            **learning,
        }

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        sought = not self.finding.experiment.loads
        return {
            **self.settings,
            "theory": self.theory,
            "measured": self.measured if sought else None,
            "stored": self.stored if sought else None,
            "curve": self.curve,
        }

    def __repr__(self) -> str:
        found = "unknown" if self.patterns is None else f"{self.patterns:.4g} patterns"
        return f"Capacity({found}, n={self.finding.experiment.neurons})"


@dataclass(frozen=True)
class Capacities:
    """The capacities of several networks.

    Attributes:
        results: one for each, in the order of the lists.
        swept: the quantities of which there are several values: n, noise, rule or a parameter.
        loads: the loads K/N at which errors were measured; none if capacities were sought.
        interrupted: whether Ctrl-C ended it before the last one.
    """

    results: tuple[Capacity, ...]
    swept: tuple[str, ...]
    loads: tuple[float, ...]
    interrupted: bool = False

    def fits(self) -> "Iterator[tuple[Capacity, Growth]]":
        """Yield how the capacity grows with N, with one of the networks that differ in N only."""
        from hopcli.experiments.growth import growth

        groups: dict[Any, list[Capacity]] = {}
        for result in self.results:
            same = {name: value for name, value in result.settings.items() if name != "n"}
            groups.setdefault(tuple(same.items()), []).append(result)
        for group in groups.values():
            if found := growth([result.finding for result in group]):
                yield group[0], found

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it: of one network alone without a list."""
        ended = {"interrupted": True} if self.interrupted else {}
        if not self.swept:
            return {**(self.results[0].answer() if self.results else {}), **ended}
        return {
            "swept": [*self.swept, *(["load"] if len(self.loads) > 1 else [])],
            "results": [result.answer() for result in self.results],
            "fits": [_fit(result, found) for result, found in self.fits()],
            **ended,
        }


def capacity(
    n: int,
    *,
    energy: str = "classical",
    rule: str | None = None,
    measure: str = "stability",
    error: float = 0.01,
    noise: float = 0.0,
    load: float | Sequence[float] | None = None,
    trials: int = 200,
    seed: int = 0,
    progress: Progress = silent,
    **parameters: Any,
) -> Capacity:
    """Find how many random patterns a binary network holds.

    Args:
        n: N, the number of neurons, 2 or more.
        energy: the interaction: classical, poly, exp, ...
        rule: for energy="classical": the rule by which weights are learned in each trial; None for
            Hebb's sum over the patterns.
        measure: stability, the share of a cue's bits that one update sets wrong; or retrieval, the
            share of cues that come back when the dynamics run to their end.
        error: the share of bits that may be wrong, between 0 and 0.5.
        noise: the share of each cue's bits that are flipped, from 0 to less than 0.5.
        load: one load K/N or several at which to measure, instead of seeking the capacity.
        trials: networks that are made at most.
        seed: of the random patterns.
        progress: told of the share that is done.
        parameters: of the interaction or the rule, such as degree=3, beta=1 or margin=1.

    Returns:
        With `patterns`, `low`, `high`, `theory`, `curve` and `answer()`.

    Raises:
        ParameterError: a choice that does not exist, a number out of range, or a parameter that
            neither the interaction nor the rule has.

    Examples:
        >>> import hopcli
        >>> found = hopcli.capacity(n=30, energy="poly", degree=3, trials=20)
        >>> found.low <= found.patterns <= found.high
        True
    """
    loads = () if load is None else (load,) if isinstance(load, int | float) else tuple(load)
    experiments, _ = plan(
        [n], energy, {name: [value] for name, value in parameters.items()},
        rules=[rule] if rule else [], measure=measure, error=error, noises=[noise], loads=loads,
        trials=trials, seed=seed,
    )  # fmt: skip
    return run(experiments, (), progress=progress).results[0]


def plan(
    neurons: Sequence[int],
    energy: str,
    parameters: Mapping[str, Sequence[Any]],
    *,
    rules: Sequence[str],
    measure: str,
    error: float,
    noises: Sequence[float],
    loads: Sequence[float],
    trials: int,
    seed: int,
) -> "tuple[list[Experiment], tuple[str, ...]]":
    """Combine all values of n, the interaction's parameters, the noise and the rules.

    Returns:
        The experiments, and the names of the quantities that have several values.

    Raises:
        ParameterError: a choice that does not exist, a number out of range, or a parameter that
            neither the interaction nor a rule has.
    """
    from hopcli.binary import interactions
    from hopcli.experiments.experiment import Experiment

    members.choose("measure", measure, MEASURES)
    if rules and energy != "classical":
        raise ParameterError(
            "rule", ",".join(rules), f"rules learn the weights of the classical network, and "
            f"`energy={energy}` has none", "leave one of them out",
        )  # fmt: skip
    for rule in rules:
        members.choose("rule", rule, rule_names())
    own = {parameter.name for parameter in interactions.get(energy).parameters}
    given = {name: values for name, values in parameters.items() if name in own}
    learning = _of_rules({n: v for n, v in parameters.items() if n not in own}, rules, energy)
    quantities: dict[str, Sequence[Any]] = {
        "n": neurons, **given, "noise": noises, "rule": list(dict.fromkeys(rules)) or [None]
    }  # fmt: skip
    combinations = math.prod(len(values) for values in quantities.values())
    if combinations > MOST:
        raise HopError(
            f"{combinations:,} combinations of {', '.join(f'`{name}`' for name in quantities)} "
            f"were given, but no more than {MOST:,} are measured at a time; give shorter lists"
        )
    experiments = []
    for values in itertools.product(*quantities.values()):
        each = dict(zip(quantities, values, strict=True))
        interaction = interactions.make(energy, **{name: each[name] for name in given})
        experiments.append(
            Experiment(
                interaction, each["n"], error, each["noise"], measure, tuple(loads), trials, seed,
                learning.get(each["rule"]),
            )
        )  # fmt: skip
    return experiments, tuple(name for name, values in quantities.items() if len(values) > 1)


def _of_rules(
    parameters: Mapping[str, Sequence[Any]], rules: Sequence[str], energy: str
) -> "dict[str, AbstractRule]":
    """Make the rules, each with those of the parameters that it has.

    Raises:
        ParameterError: no rule has a parameter, a value is out of range, or there are several.
    """
    from hopcli.binary.rules import make

    found: dict[str, dict[str, Any]] = {rule: {} for rule in rules}
    for name, values in parameters.items():
        shown = ",".join(map(str, values))
        if len(values) > 1:
            raise ParameterError(name, shown, "it takes one value", "leave the others out")
        owners = {rule: _parameter(rule, name) for rule in rule_names()}
        owners = {rule: parameter for rule, parameter in owners.items() if parameter}
        for rule in rules:
            if rule in owners:
                found[rule][name] = owners[rule].checked(values[0])
        if not set(rules) & set(owners):
            without = f"`rule={rules[0]}`" if rules else f"`energy={energy}`"
            remedy = f"leave it out, or choose `rule={min(owners)}`" if owners else "leave it out"
            raise ParameterError(name, shown, f"it has no effect with {without}", remedy)
    return {
        rule: make(rule, **{**make(rule).for_trials().values(), **values})
        for rule, values in found.items()
    }


def energy_names() -> tuple[str, ...]:
    """List the interactions."""
    from hopcli.binary import interactions

    return interactions.names()


def energy_parameters(energy: str) -> tuple[Parameter, ...]:
    """List the parameters of an interaction."""
    from hopcli.binary import interactions

    return interactions.get(energy).parameters


def rule_names() -> tuple[str, ...]:
    """List the rules by which weights can be learned in each trial."""
    from hopcli.binary import rules

    return rules.names()


def rule_parameters(rule: str) -> tuple[Parameter, ...]:
    """List the parameters of a rule."""
    from hopcli.binary import rules

    return rules.get(rule).parameters


def _parameter(rule: str, name: str) -> Parameter | None:
    """Return a parameter of a rule; None if it has none of this name."""
    return next((p for p in rule_parameters(rule) if p.name == name), None)


def seconds(experiments: "Sequence[Experiment]") -> float:
    """Estimate how long experiments take on two cores, to a factor of a few."""
    from hopcli.experiments import cost

    return sum(cost.seconds(experiment) for experiment in experiments)


def load_kernels(experiments: "Sequence[Experiment]") -> None:
    """Load the compiled code of trials, or compile it, before anything is measured."""
    modules = ["hopcli.kernels.trials", "hopcli.binary.compiled"]
    if any(experiment.learns for experiment in experiments):
        modules += ["hopcli.experiments.learned", "hopcli.kernels.weighted"]
    for module in modules:
        import_module(module)


def run(
    experiments: "Sequence[Experiment]",
    swept: tuple[str, ...],
    *,
    executor: "PartitionedExecutor | None" = None,
    progress: Progress = silent,
) -> Capacities:
    """Measure all networks; Ctrl-C ends it with what is known by then.

    Args:
        experiments: of `plan`.
        swept: of `plan`.
        executor: who makes the trials; None for this process.
        progress: told of the share that is done, and of each point.
    """
    from hopcli.executors import SERIAL
    from hopcli.experiments.experiment import Stopped
    from hopcli.experiments.experiment import run as measure

    found: list[Capacity] = []
    loads = experiments[0].loads

    def on_point(point: "Point", made: int, most: int) -> None:
        reached = f"{point.patterns:,} patterns: {point.share:.3%} wrong"
        progress((len(found) + made / most) / len(experiments), reached)

    try:
        for experiment in experiments:
            found.append(
                Capacity(measure(experiment, executor=executor or SERIAL, on_point=on_point))
            )
    except KeyboardInterrupt as stopped:
        if isinstance(stopped, Stopped):
            found.append(Capacity(stopped.finding))
        return Capacities(tuple(found), swept, loads, interrupted=True)
    return Capacities(tuple(found), swept, loads)


def floating(log2_patterns: float | None) -> float | None:
    """Return a number of patterns, or None where it is too large for a float."""
    return None if log2_patterns is None or log2_patterns >= 1024 else 2**log2_patterns


def _log2(patterns: float | None) -> float | None:
    return math.log2(patterns) if patterns else None


def _fit(result: Capacity, found: "Growth") -> dict[str, Any]:
    """Return a law of growth as JSON has it, with what its networks have in common."""
    common = {name: value for name, value in result.settings.items() if name != "n"}
    return {
        **common,
        "law": found.law,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "confidence": 0.95,
        "expected": found.expected,
        "n": list(found.neurons),
    }


def _stored_point(point: "Point") -> dict[str, Any]:
    """Return what was measured at one number of patterns."""
    from hopcli.experiments.retrieval import Returns

    at = {
        "patterns": point.patterns, "log2_patterns": math.log2(point.patterns), "load": point.load
    }  # fmt: skip
    if isinstance(point, Returns):
        ends = {name: getattr(point, name) for name in ENDS}
        found = {"retrieved": 1 - point.share, "low": 1 - point.high, "high": 1 - point.low, **ends}
    else:
        found = {"bit_error": point.share, "low": point.low, "high": point.high}
    return {**at, **found, "method": "stored"}


def _counted_point(point: "CountedPoint", neurons: int) -> dict[str, Any]:
    """Return what was counted at one number of patterns."""
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
