"""Estimates of the time that an experiment takes."""

from hopcli.experiments.experiment import Experiment, is_counted, measure_of
from hopcli.experiments.retrieval import cues
from hopcli.experiments.stability import probes
from hopcli.kernels import trials

# Measured on two busy cores: operations of a trial's update in a second; patterns times neurons
# of a recall about the capacity, which makes many sweeps; seconds of a cue whatever its size.
UPDATED = 4e9
RECALLED = 5e7
CUE = 3e-4
# Seconds that counting a capacity takes, and a single bit error.
CAPACITY = 3.0
POINT = 0.1


def seconds(experiment: Experiment) -> float:
    """Estimate the seconds that an experiment takes on two cores, to a factor of a few."""
    numbers = [k for k in experiment.numbers if k <= experiment.storable]
    if not experiment.loads:
        measure = measure_of(experiment)
        expected = measure.expected(experiment.setting, experiment.error)
        numbers = [max(1, min(experiment.storable, round(2 ** min(expected, 60.0))))]
    storing = sum(experiment.trials * _trial_seconds(experiment, k) for k in numbers)
    if not is_counted(experiment):
        return storing
    return storing + (POINT * len(experiment.numbers) if experiment.loads else CAPACITY)


def _trial_seconds(experiment: Experiment, patterns: int) -> float:
    """Estimate the seconds of one trial at K patterns."""
    neurons = experiment.neurons
    learning = _learning_seconds(experiment, patterns) if experiment.learns else 0.0
    if experiment.measure == "retrieval":
        return learning + cues(neurons, patterns) * (CUE + patterns * neurons / RECALLED)
    if experiment.learns:
        return learning
    return trials.operations(neurons, patterns, probes(neurons, patterns)) / UPDATED


def _learning_seconds(experiment: Experiment, patterns: int) -> float:
    """Estimate the seconds in which the weights of one trial are learned."""
    return experiment.rule.seconds(patterns, experiment.neurons) if experiment.rule else 0.0
