"""Capacity: the number of random patterns at which a given share of the probes is wrong.

A probe is a bit after one update, or a cue that is recalled, as the measure defines it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hopcli.executors import SERIAL, PartitionedExecutor
from hopcli.experiments.crossing import Crossing, crossing
from hopcli.experiments.intervals import QUANTILE, Tally
from hopcli.experiments.trials import AbstractMeasure, Counts, Point, Setting, Trial

# Trials for a step of the bracket: enough to tell an error from that at twice the patterns.
BRACKET_SHARE = 1 / 25

# A bracket is narrow enough when its ends are within this factor.
CLOSE = 1.3

# After the bracket: the relative distance of points from the crossing, and the share of the
# remaining trials made at them. Distant points determine the slope, near ones the crossing.
ROUNDS = ((0.25, 0.2), (0.1, 0.4), (0.05, 1.0))

# Called after each point with the point, the trials made so far, and the most there may be.
OnPoint = Callable[[Point, int, int], None]


@dataclass(frozen=True)
class Capacity:
    """The number of patterns at which the share of wrong probes reaches the allowed share.

    Attributes:
        patterns: K where the share crosses it, in general no whole number; 0 if one pattern alone
            already errs more often; None if the crossing was not found, being beyond what is
            affordable (or given too few trials).
        low: lower end of a 95 % interval of K; where `patterns` is None, the largest K whose share
            was certainly lower (0 if none was).
        high: upper end; where `patterns` is None, the smallest K whose share was certainly higher,
            or None.
        points: the measured points, by rising K.
    """

    patterns: float | None
    low: float
    high: float | None
    points: tuple[Point, ...]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a measurement, with the result so far in `found`."""

    def __init__(self, found: Capacity) -> None:
        super().__init__()
        self.found = found


def capacity(
    measure: AbstractMeasure[Any],
    setting: Setting,
    *,
    error: float = 0.01,
    executor: PartitionedExecutor = SERIAL,
    on_point: OnPoint | None = None,
) -> Capacity:
    """Find the number of patterns at which the share `error` of the probes is wrong.

    K is doubled or halved from where theory puts it until the crossing is bracketed, and most
    trials are spent near it. In a small network of an even number of neurons the fields of an even
    number of patterns can be ties, which leave bits as they are, so the bit error goes up and down
    from each K to the next; points come in neighbours, and the crossing is that of their mean.

    Args:
        measure: defines the probes.
        setting: the network; of its trials, fewer than about 10 seldom lead to an interval.
        error: the share of the probes that may be wrong, between 0 and 1.
        executor: makes the trials.
        on_point: called with each point as it is measured.

    Raises:
        Interrupted: at Ctrl-C.
    """
    search = _Search(measure, setting, error, executor, on_point)
    try:
        search.run()
    except KeyboardInterrupt:
        raise Interrupted(search.found()) from None
    return search.found()


def points(
    measure: AbstractMeasure[Any],
    setting: Setting,
    numbers: list[int],
    *,
    executor: PartitionedExecutor = SERIAL,
    on_point: OnPoint | None = None,
) -> Capacity:
    """Measure given numbers of patterns, all trials at each; no capacity is sought.

    Raises:
        Interrupted: at Ctrl-C.
    """
    search = _Search(measure, setting, math.nan, executor, on_point, len(numbers))
    try:
        for patterns in numbers:
            search.add(patterns, setting.trials)
    except KeyboardInterrupt:
        raise Interrupted(Capacity(None, 0.0, None, search.points())) from None
    return Capacity(None, 0.0, None, search.points())


@dataclass
class _Search:
    """The state of a search: the trials made so far, and an estimate of the crossing."""

    measure: AbstractMeasure[Any]
    setting: Setting
    error: float
    executor: PartitionedExecutor
    on_point: OnPoint | None
    rounds: int = 1
    results: dict[int, list[Counts]] = field(default_factory=dict)
    guess: float = 0.0

    @property
    def largest(self) -> int:
        """The largest K that trials can store."""
        return self.measure.largest(self.setting.neurons)

    @property
    def most(self) -> int:
        """The largest number of trials."""
        return self.rounds * self.setting.trials

    @property
    def left(self) -> int:
        """The number of trials that may still be made."""
        return self.most - sum(len(counts) for counts in self.results.values())

    def points(self) -> tuple[Point, ...]:
        """Return the measured points, by rising K."""
        return tuple(self.point(patterns) for patterns in sorted(self.results))

    def point(self, patterns: int) -> Point:
        """Return the measured point at K patterns."""
        return self.measure.point(self.setting.neurons, patterns, self.results[patterns])

    def tallies(self) -> dict[int, Tally]:
        """Return the counts of the trials, by K."""
        return {
            patterns: Tally(patterns, counts[0].of, tuple(count.wrong for count in counts))
            for patterns, counts in self.results.items()
        }

    def run(self) -> None:
        """Bracket the crossing, then make the remaining trials near it."""
        self.bracket(self.start())
        if self.above() is None:
            self.confirm_below()
        elif self.above() != 1:
            for reach, share in ROUNDS:
                self.refine(reach, math.ceil(share * self.left))

    def found(self) -> Capacity:
        """Return the capacity that follows from the trials made so far."""
        if self.above() == 1:
            return Capacity(0.0, 0.0, 1.0, self.points())
        crossed = self.crossing() if self.above() is not None else None
        if crossed is None:
            return Capacity(None, *self.certain(), self.points())
        return Capacity(crossed.patterns, crossed.low, crossed.high, self.points())

    def start(self) -> int:
        """Return the K at which the search begins: the expected crossing."""
        log2_patterns = self.measure.expected(self.setting, self.error)
        return max(1, round(2 ** min(log2_patterns, math.log2(self.largest))))

    def add(self, patterns: int, trials: int) -> None:
        """Make trials at K patterns, no more than are left."""
        trials = min(trials, self.left)
        if trials < 1:
            return
        counts = self.results.get(patterns, [])
        numbers = range(len(counts), len(counts) + trials)
        made = self.executor.map(
            self.measure.run, [Trial(self.setting, patterns, number) for number in numbers]
        )
        self.results[patterns] = counts + made
        if self.on_point is not None:
            self.on_point(self.point(patterns), self.most - self.left, self.most)

    def above(self) -> int | None:
        """Return the smallest K whose share of wrong probes exceeds `error`, or None."""
        tallies = self.tallies().items()
        return min((k for k, tally in tallies if tally.share >= self.error), default=None)

    def bracket(self, patterns: int) -> None:
        """Double or halve K until the crossing is bracketed, then halve the bracket."""
        step = math.ceil(BRACKET_SHARE * self.setting.trials)
        above, below = None, patterns
        while self.left and patterns not in self.results:
            self.add(patterns, step)
            above = self.above()
            below = max((k for k in self.results if above is None or k < above), default=None)
            if above is None:
                patterns = min(self.largest, 2 * patterns)
            elif below is None:
                patterns = max(1, above // 2)
            elif above < CLOSE * below:
                break
            else:
                patterns = round(math.sqrt(below * above))
        self.guess = math.sqrt((below or patterns) * (above or patterns))

    def confirm_below(self) -> None:
        """Where no K exceeds `error`, find the largest K at which that can be certain."""
        # Wilson's interval of n probes without an error ends at z²/(n + z²).
        wanted = QUANTILE**2 * (1 / self.error - 1)
        patterns = max(self.results)
        while patterns and self.certain()[0] < patterns:
            made = len(self.results.get(patterns, []))
            probed = self.measure.probed(self.setting.neurons, patterns)
            lacking = 1 + math.floor(wanted / probed) - made
            if 0 < lacking <= self.left // 2:
                self.add(patterns, lacking)
            else:
                patterns //= 2

    def crossing(self) -> Crossing | None:
        """Fit the crossing of a line through the points, and keep it as the estimate."""
        found = crossing(list(self.tallies().values()), self.error, near=self.guess)
        if found is not None:
            self.guess = found.patterns
        return found

    def refine(self, reach: float, trials: int) -> None:
        """Make trials on both sides of the estimated crossing."""
        self.crossing()
        around = neighbourhood(self.guess, reach, self.largest)
        for index, patterns in enumerate(around):
            self.add(patterns, (trials + index) // len(around))

    def certain(self) -> tuple[float, float | None]:
        """Return the largest K certainly below `error`, or 0, and the smallest certainly above."""
        intervals = {k: tally.interval for k, tally in self.tallies().items()}
        low = max((k for k, (_, end) in intervals.items() if end < self.error), default=0)
        high = min((k for k, (end, _) in intervals.items() if end > self.error), default=None)
        return low, high


def neighbourhood(centre: float, reach: float, largest: int) -> list[int]:
    """Return K near a centre: two neighbours on each side of it, or the four nearest."""
    ends = [math.floor(centre * (1 - reach)), math.ceil(centre * (1 + reach)) - 1]
    if ends[1] - ends[0] < 2:
        first = max(1, min(math.floor(centre) - 1, largest - 3))
        return [k for k in range(first, first + 4) if k <= largest]
    return sorted({min(max(1, k), largest) for end in ends for k in (end, end + 1)})
