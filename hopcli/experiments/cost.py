"""Roughly how long an experiment takes, so that nobody waits for days without having been told."""

from hopcli.experiments.experiment import MEASURES, Experiment, is_counted

# Patterns times neurons of a probe's update in a second on two cores, and of a recall, which makes
# a few sweeps (benchmarks/capacity_trials.py; a recall beyond the capacity takes many more).
UPDATED = 5e9
RECALLED = 2e8
# Seconds that a trial takes at least, that counting a capacity takes, and a single bit error.
TRIAL = 1e-4
CAPACITY = 3.0
POINT = 0.1


def seconds(experiment: Experiment) -> float:
    """The seconds that an experiment takes on two cores, to a factor of a few."""
    measure = MEASURES[experiment.measure]
    numbers = [k for k in experiment.numbers if k <= experiment.storable]
    if not experiment.loads:
        expected = measure.expected(experiment.setting, experiment.error)
        numbers = [min(experiment.storable, round(2 ** min(expected, 60.0)))]
    rate = RECALLED * experiment.neurons if experiment.measure == "retrieval" else UPDATED
    storing = 0.0
    for patterns in numbers:
        probes = measure.probed(experiment.neurons, max(1, patterns))
        storing += experiment.trials * (TRIAL + probes * patterns / rate)
    counting = 0.0
    if is_counted(experiment):
        counting = POINT * len(experiment.numbers) if experiment.loads else CAPACITY
    return storing + counting
