"""Trials made by others: the same results, whoever makes them."""

import os

import pytest

from hopcli.binary.interactions.classical import Classical
from hopcli.errors import HopError
from hopcli.executors import SERIAL, PartitionedExecutor, SerialExecutor, process_pool
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
    executor = PartitionedExecutor((SerialExecutor(),), parts)
    assert executor.map(squares, range(items)) == [number**2 for number in range(items)]


def test_what_goes_wrong_in_a_part_is_raised():
    with pytest.raises(ZeroDivisionError):
        SERIAL.map(lambda numbers: [1 // number for number in numbers], [0])


def test_results_do_not_depend_on_the_number_of_processes():
    setting = Setting(Classical(), 40, 0.1, 24, seed=3)
    for measure, error in ((Stability(), 0.02), (Retrieval(), 0.5)):
        alone = capacity(measure, setting, error=error)
        for workers in (1, 3):
            with process_pool(workers) as executor:
                assert capacity(measure, setting, error=error, executor=executor) == alone


def test_a_worker_that_is_killed_is_said():
    with pytest.raises(HopError, match="killed"), process_pool(2) as executor:
        executor.map(die, [1, 2, 3])


@pytest.mark.parametrize("workers", [0, -1, 100_000])
def test_bad_numbers_of_workers(workers):
    with pytest.raises(HopError, match=f"workers={workers} was given"), process_pool(workers):
        pass
