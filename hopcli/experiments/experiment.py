"""One experiment: the capacity of one kind of network, by theory, by storing and by counting."""

import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.rules import AbstractRule
from hopcli.errors import HopError, ParameterError
from hopcli.executors import SERIAL, PartitionedExecutor
from hopcli.experiments import capacity, counted, theory
from hopcli.experiments.capacity import Capacity, Interrupted, OnPoint
from hopcli.experiments.counted import CountedCapacity
from hopcli.experiments.retrieval import Retrieval
from hopcli.experiments.stability import Stability
from hopcli.experiments.theory import Prediction
from hopcli.experiments.trials import AbstractMeasure, Point, Setting

MEASURES: dict[str, AbstractMeasure[Any]] = {"stability": Stability(), "retrieval": Retrieval()}
# The rule whose network needs no weights; those of all others are learned in each trial.
HEBBIAN = "hebbian"

# The capacity of retrieval: half of the cues return.
HALF = 0.5
# The most neurons of a network whose weights are learned: a matrix of them has 128 MB.
MOST_LEARNED = 2**12
# More neurons have more kinds of overlaps than counting goes through within seconds.
COUNTED_NEURONS = 10_000
# Multiples of the capacity, in doublings, that are counted beside the stored numbers.
DOUBLINGS = range(-3, 3)
# Fewer patterns than 2 to this are counted as whole ones.
WHOLE = 20.0


@dataclass(frozen=True)
class Experiment:
    """The settings of a measurement of capacity.

    Attributes:
        interaction: F.
        neurons: N.
        error: the share of a cue's bits that may be wrong, between 0 and 0.5.
        noise: the share of a cue's bits that is flipped, from 0 to less than 0.5.
        measure: stability or retrieval.
        loads: K/N at which to measure; none to search for the capacity.
        trials: how many networks are made at most, at each load if there are any.
        seed: the same seed gives the same numbers.
        rule: by which the weights of the classical network are learned; None for an interaction of
            the patterns, which Hebb's rule is as well.
    """

    interaction: AbstractInteraction
    neurons: int
    error: float
    noise: float
    measure: str
    loads: tuple[float, ...]
    trials: int
    seed: int
    rule: AbstractRule | None = None

    def __post_init__(self) -> None:
        """Check that the experiment can be made."""
        theory.check(self.neurons, error=self.error, noise=self.noise)
        assert self.setting
        if self.learns and self.neurons > MOST_LEARNED:
            size = f"{self.neurons:,} × {self.neurons:,}"
            need = (
                f"a rule learns {size} weights in each trial, and no more than "
                f"{MOST_LEARNED:,} × {MOST_LEARNED:,} are learned"
            )
            remedy = "give less, or leave `rule` out, since Hebb's rule needs no weights"
            raise ParameterError("n", self.neurons, need, remedy)
        for load in self.loads:
            if not 0 < load < math.inf:
                raise ParameterError(
                    "load", load, "it takes numbers above 0, K/N", "try `load=0.1`"
                )
        if is_counted(self) or not self.numbers or self.numbers[-1] <= self.storable:
            return
        given = f"`load={max(self.loads):g}` of {self.neurons:,} neurons was given"
        if self.rule is not None and self.learns:
            raise HopError(
                f"{given}, but `rule={self.rule.name}` learns no more than {self.storable:,} "
                f"patterns; give less"
            )
        if self.measure == "retrieval":
            raise HopError(
                f"{given}, but retrieval has to store its patterns, and no more than "
                f"{self.storable:,} fit; give less, or `measure=stability`, which is counted"
            )

    @property
    def setting(self) -> Setting:
        """The settings that all trials share."""
        return Setting(self.interaction, self.neurons, self.noise, self.trials, self.seed)

    @property
    def numbers(self) -> list[int]:
        """The numbers of patterns of the loads, at least 1 each, rising."""
        return sorted({max(1, round(load * self.neurons)) for load in self.loads})

    @property
    def learns(self) -> bool:
        """Whether the weights are learned in each trial."""
        return self.rule is not None and self.rule.name != HEBBIAN

    @property
    def storable(self) -> int:
        """The largest K that is stored."""
        return measure_of(self).largest(self.neurons)

    @property
    def allowed(self) -> float:
        """The share of wrong probes at which the capacity is reached."""
        return HALF if self.measure == "retrieval" else self.error


@dataclass(frozen=True)
class CountedPoint:
    """A bit error computed without storing patterns.

    Attributes:
        log2_patterns: log₂ K.
        bit_error: its probability.
        error: a bound of its absolute error.
    """

    log2_patterns: float
    bit_error: float
    error: float


@dataclass(frozen=True)
class Finding:
    """The results of an experiment.

    Attributes:
        experiment: the settings.
        theory: the published capacities.
        stored: the capacity by storing; its `patterns` is None where not sought or not reached.
        counted: the capacity by counting, or None.
        beyond: whether not even 2^1000 patterns, the most that are counted, err as often as they
            may.
        counted_points: bit errors that were counted, by K.
    """

    experiment: Experiment
    theory: tuple[Prediction, ...]
    stored: Capacity
    counted: CountedCapacity | None = None
    beyond: bool = False
    counted_points: tuple[CountedPoint, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        """The points that were measured by storing, by rising K."""
        return self.stored.points

    @property
    def log2_capacity(self) -> float | None:
        """log₂ of the capacity, counted if possible; None if it is not known, or 0."""
        if self.counted is not None:
            return self.counted.log2_patterns
        return math.log2(self.stored.patterns) if self.stored.patterns else None


class Stopped(KeyboardInterrupt):
    """Ctrl-C during an experiment, with the results so far in `finding`."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


def run(
    experiment: Experiment,
    *,
    executor: PartitionedExecutor = SERIAL,
    on_point: OnPoint | None = None,
) -> Finding:
    """Find a capacity by theory, by storing as far as patterns can be stored, and by counting.

    Raises:
        Stopped: at Ctrl-C.
        HopError: a figure is out of its range.
    """
    said = tuple(_predicted(experiment))
    finding = Finding(experiment, said, Capacity(None, 0.0, None, ()))
    try:
        counting = _count(experiment, executor)
        finding = replace(finding, stored=_store(experiment, executor, on_point))
        if counting is not None:
            found = counting.result()
            finding = replace(finding, counted=found, beyond=found is None)
        for point in executor.map(_count_points, _to_count(finding)):
            finding = replace(finding, counted_points=(*finding.counted_points, point))
    except Interrupted as interrupted:
        raise Stopped(replace(finding, stored=interrupted.found)) from None
    except KeyboardInterrupt:
        raise Stopped(finding) from None
    return finding


def measure_of(experiment: Experiment) -> AbstractMeasure[Any]:
    """Return the measure of an experiment."""
    rule = experiment.rule
    if rule is None or not experiment.learns:
        return MEASURES[experiment.measure]
    # Imported here, since the code of all rules is more than most experiments need.
    from hopcli.experiments import learned

    if experiment.measure == "retrieval":
        return learned.LearnedRetrieval(rule)
    return learned.LearnedStability(rule)


def _predicted(experiment: Experiment) -> list[Prediction]:
    """Return the published capacities."""
    neurons = experiment.neurons
    if experiment.rule is not None and experiment.learns:
        return experiment.rule.predictions(neurons)
    return theory.predictions(
        experiment.interaction, neurons, error=experiment.error, noise=experiment.noise
    )


def _store(
    experiment: Experiment, executor: PartitionedExecutor, on_point: OnPoint | None
) -> Capacity:
    measure = measure_of(experiment)
    if experiment.loads:
        numbers = [k for k in experiment.numbers if k <= experiment.storable]
        return capacity.points(
            measure, experiment.setting, numbers, executor=executor, on_point=on_point
        )
    return capacity.capacity(
        measure, experiment.setting, error=experiment.allowed, executor=executor, on_point=on_point
    )


def is_counted(experiment: Experiment) -> bool:
    """Tell whether bit errors are counted: for stability without a rule, up to 10,000 neurons."""
    if experiment.learns or experiment.measure != "stability":
        return False
    return experiment.neurons <= COUNTED_NEURONS


def _count(
    experiment: Experiment, executor: PartitionedExecutor
) -> Future[CountedCapacity | None] | None:
    """Submit the counting of the capacity, if it is sought and can be counted."""
    if experiment.loads or not is_counted(experiment):
        return None
    return executor.submit(
        counted.capacity,
        experiment.interaction,
        experiment.neurons,
        error=experiment.error,
        noise=experiment.noise,
    )


def _to_count(finding: Finding) -> list[tuple[Experiment, float]]:
    """Return the log₂ K at which bit errors are counted: measured points, and near the capacity.

    Loads are counted however many patterns they are.
    """
    experiment = finding.experiment
    if not is_counted(experiment):
        return []
    numbers = {math.log2(k) for k in experiment.numbers or [p.patterns for p in finding.points]}
    if finding.counted is not None and finding.counted.log2_patterns > 0:
        about = [finding.counted.log2_patterns + step for step in DOUBLINGS]
        # Small networks hold whole patterns.
        numbers |= {k if k > WHOLE else math.log2(round(2**k)) for k in about if k >= 0}
    return [(experiment, number) for number in sorted(numbers) if number <= counted.LARGEST_LOG2]


def _count_points(items: Sequence[tuple[Experiment, float]]) -> list[CountedPoint]:
    """Compute the bit error at each log₂ K."""
    found = []
    for experiment, log2_patterns in items:
        one = counted.bit_error(
            experiment.interaction,
            experiment.neurons,
            log2_patterns=log2_patterns,
            noise=experiment.noise,
        )
        found.append(CountedPoint(log2_patterns, one.bit_error, one.error))
    return found
