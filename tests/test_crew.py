"""Trials made by others: the same results, whoever makes them."""

import os

import pytest

from hopcli.binary.interactions.classical import Classical
from hopcli.crew import ALONE, Crew, InThisProcess, spawned
from hopcli.errors import HopError
from hopcli.experiments.capacity import capacity
from hopcli.experiments.retrieval import Retrieval
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import Setting


def squares(numbers):
    return [number**2 for number in numbers]


def die(numbers):
    os._exit(1)


@pytest.mark.parametrize("parts", [1, 3, 7, 100])
@pytest.mark.parametrize("items", [0, 1, 10])
def test_parts_are_put_together_in_order(parts, items):
    crew = Crew(InThisProcess(), parts)
    assert crew.map(squares, range(items)) == [number**2 for number in range(items)]


def test_what_goes_wrong_in_a_part_is_raised():
    with pytest.raises(ZeroDivisionError):
        ALONE.map(lambda numbers: [1 // number for number in numbers], [0])


def test_results_do_not_depend_on_the_number_of_processes():
    setting = Setting(Classical(), 40, 0.1, 24, seed=3)
    for measure, error in ((Stability(), 0.02), (Retrieval(), 0.5)):
        alone = capacity(measure, setting, error=error)
        for workers in (1, 3):
            with spawned(workers) as crew:
                assert capacity(measure, setting, error=error, crew=crew) == alone


def test_a_worker_that_is_killed_is_said():
    with pytest.raises(HopError, match="killed"), spawned(2) as crew:
        crew.map(die, [1, 2, 3])


@pytest.mark.parametrize("workers", [0, -1, 100_000])
def test_bad_numbers_of_workers(workers):
    with pytest.raises(HopError, match=f"--workers {workers} was given"), spawned(workers):
        pass
