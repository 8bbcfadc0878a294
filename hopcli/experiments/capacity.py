"""Capacity: the number of random patterns at which one update sets a given share of bits wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from hopcli.binary.interactions import AbstractInteraction
from hopcli.experiments import stability, theory
from hopcli.experiments.crossing import Crossing, crossing
from hopcli.experiments.intervals import QUANTILE, Tally
from hopcli.experiments.stability import Point, Setting

# The most bits that are stored in one trial, which takes 700 MB, and the most patterns, of which
# each takes 12 bytes more for every cue.
LARGEST_BITS = 2**31
LARGEST_PATTERNS = 2**22

# Trials for a step of the bracket: enough to tell a bit error from that at twice the patterns.
BRACKET_SHARE = 1 / 25

# After the bracket: how far about the crossing points are laid, and for what share of the trials
# that are left. Those far from it tell the slope, those near it the place.
ROUNDS = ((0.25, 0.2), (0.1, 0.4), (0.05, 1.0))

# Called after each point with the point, the trials made so far, and the most there may be.
OnPoint = Callable[[Point, int, int], None]


@dataclass(frozen=True)
class Capacity:
    """The number of patterns at which the bit error reaches what is allowed.

    Attributes:
        patterns: K where the bit error crosses it, in general no whole number; 0 if one pattern
            alone already errs more often; None if the crossing was not found, being beyond what is
            affordable (or given too few trials).
        low: lower end of a 95 % interval of K; where `patterns` is None, the largest K whose bit
            error was certainly lower (0 if none was).
        high: upper end; where `patterns` is None, the smallest K whose bit error was certainly
            higher, or None.
        points: what was measured, by K.
    """

    patterns: float | None
    low: float
    high: float | None
    points: tuple[Point, ...]


def capacity(
    interaction: AbstractInteraction,
    neurons: int,
    *,
    error: float = 0.01,
    noise: float = 0.0,
    trials: int = 200,
    seed: int = 0,
    on_point: OnPoint | None = None,
) -> Capacity:
    """Find the number of patterns at which one update sets the share `error` of bits wrong.

    K is doubled or halved from where theory puts it until the crossing is bracketed, and most
    trials are spent near it. In a small network of an even number of neurons the fields of an even
    number of patterns can be ties, which leave bits as they are, so the bit error goes up and down
    from each K to the next; points come in neighbours, and the crossing is that of their mean.

    Args:
        interaction: F.
        neurons: N, at least 2.
        error: the share of a cue's bits that may be wrong, between 0 and 0.5.
        noise: the share of each cue's bits that is flipped, from 0 to less than 0.5.
        trials: the most networks that are made; fewer than about 10 seldom lead to an interval.
        seed: the same seed gives the same numbers, whatever the number of threads.
        on_point: told of each point as it is measured.

    Raises:
        HopError: a figure is out of its range.
    """
    theory.check(neurons, error=error, noise=noise)
    search = _Search(Setting(interaction, neurons, noise, trials, seed), error, on_point)
    search.bracket(_start(search.setting, error, search.largest))
    if search.above() is None:
        search.confirm_below()
        return Capacity(None, *search.certain(), search.points())
    if search.above() == 1:
        return Capacity(0.0, 0.0, 1.0, search.points())
    for reach, share in ROUNDS:
        search.refine(reach, math.ceil(share * search.left))
    found = search.crossing()
    if found is None:
        return Capacity(None, *search.certain(), search.points())
    return Capacity(found.patterns, found.low, found.high, search.points())


def _start(setting: Setting, error: float, largest: int) -> int:
    """Where theory expects the crossing, else one pattern a neuron."""
    found = theory.predictions(
        setting.interaction, setting.neurons, error=error, noise=setting.noise
    )
    log2_patterns = found[0].log2_patterns if found else math.log2(setting.neurons)
    return max(1, round(2 ** min(log2_patterns, math.log2(largest))))


@dataclass
class _Search:
    """A search as it goes on: what was measured so far, and a guess of the crossing."""

    setting: Setting
    error: float
    on_point: OnPoint | None
    tallies: dict[int, Tally] = field(default_factory=dict)
    guess: float = 0.0

    @property
    def largest(self) -> int:
        """The largest K that is affordable."""
        return min(LARGEST_PATTERNS, max(1, LARGEST_BITS // self.setting.neurons))

    @property
    def left(self) -> int:
        """How many trials are left."""
        return self.setting.trials - sum(len(tally.wrong) for tally in self.tallies.values())

    @property
    def step(self) -> int:
        """How many trials a step of the bracket takes."""
        return math.ceil(BRACKET_SHARE * self.setting.trials)

    def points(self) -> tuple[Point, ...]:
        """What was measured, by K."""
        return tuple(Point.of(self.tallies[k], self.setting.neurons) for k in sorted(self.tallies))

    def add(self, patterns: int, trials: int) -> None:
        """Make trials at this K, as far as there are any left."""
        trials = min(trials, self.left)
        if trials < 1:
            return
        before = self.tallies.get(patterns)
        tally = stability.extended(before, self.setting, patterns, trials=trials)
        self.tallies[patterns] = tally
        if self.on_point is not None:
            total = self.setting.trials
            self.on_point(Point.of(tally, self.setting.neurons), total - self.left, total)

    def above(self) -> int | None:
        """The smallest K with too many errors."""
        return min((k for k, t in self.tallies.items() if t.share >= self.error), default=None)

    def bracket(self, patterns: int) -> None:
        """Double or halve K until it has crossed, or can go no further."""
        while self.left and patterns not in self.tallies:
            self.add(patterns, self.step)
            erring = self.tallies[patterns].share >= self.error
            patterns = max(1, patterns // 2) if erring else min(self.largest, 2 * patterns)
        above = self.above() or patterns
        below = max((k for k in self.tallies if k < above), default=above)
        self.guess = math.sqrt(below * above)

    def confirm_below(self) -> None:
        """Where no K errs too often, make sure of it at the largest K that this can be done for."""
        # Wilson's interval of n bits without an error ends at z²/(n + z²).
        bits = QUANTILE**2 * (1 / self.error - 1)
        patterns = max(self.tallies)
        while patterns and self.certain()[0] < patterns:
            probed = stability.probes(self.setting.neurons, patterns) * self.setting.neurons
            made = len(self.tallies[patterns].wrong) if patterns in self.tallies else 0
            lacking = 1 + math.floor(bits / probed) - made
            if 0 < lacking <= self.left // 2:
                self.add(patterns, lacking)
            else:
                patterns //= 2

    def crossing(self) -> Crossing | None:
        """Where a line through the points crosses, which is remembered as a guess."""
        found = crossing(list(self.tallies.values()), self.error, near=self.guess)
        if found is not None:
            self.guess = found.patterns
        return found

    def refine(self, reach: float, trials: int) -> None:
        """Spend trials on either side of where the crossing is expected."""
        self.crossing()
        around = neighbourhood(self.guess, reach, self.largest)
        for place, patterns in enumerate(around):
            self.add(patterns, (trials + place) // len(around))

    def certain(self) -> tuple[float, float | None]:
        """The largest K that certainly errs less often, or 0, and the smallest that errs more."""
        intervals = {k: tally.interval for k, tally in self.tallies.items()}
        low = max((k for k, (_, end) in intervals.items() if end < self.error), default=0)
        high = min((k for k, (end, _) in intervals.items() if end > self.error), default=None)
        return low, high


def neighbourhood(centre: float, reach: float, largest: int) -> list[int]:
    """Numbers of patterns about a centre: neighbours at either side, or the four nearest ones."""
    ends = [math.floor(centre * (1 - reach)), math.ceil(centre * (1 + reach)) - 1]
    if ends[1] - ends[0] < 2:
        first = max(1, min(math.floor(centre) - 1, largest - 3))
        return [k for k in range(first, first + 4) if k <= largest]
    return sorted({min(max(1, k), largest) for end in ends for k in (end, end + 1)})
