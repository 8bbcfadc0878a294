"""A function mapped in several processes: the same results in the same order, whoever worked."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import awaited

from hopcli.formats import parallel
from hopcli.formats.parallel import ordered_map

PARENT = os.getpid()
# A folder with a file for each worker that has an item, and how many workers there will be.
ATTENDING, WORKERS = Path(), 1


@pytest.fixture
def cores(monkeypatch, folder):
    """Have so many cores, however little the work, and whatever threads the tests' own have."""

    def set_to(count):
        monkeypatch.setitem(globals(), "WORKERS", count if count > 1 else 1)
        monkeypatch.setattr(parallel, "SECONDS_ALONE", -1.0)
        monkeypatch.setattr(parallel, "_usable_cores", lambda: count)

    monkeypatch.setitem(globals(), "ATTENDING", folder / "attending")
    ATTENDING.mkdir()
    return set_to


def shared(number):
    """Work that no worker goes on with before each has an item."""
    # The first item is worked on before there are workers.
    if number:
        ATTENDING.joinpath(str(os.getpid())).touch()
        awaited(lambda: len(list(ATTENDING.iterdir())) >= WORKERS)
    return number, bytes(70_000) * (number % 3), os.getpid()


@pytest.mark.parametrize("count", [1, 2, 4])
def test_results_come_in_order(cores, count):
    cores(count)
    found = list(ordered_map(shared, range(40)))
    assert [(number, len(filled)) for number, filled, _ in found] == [
        (number, 70_000 * (number % 3)) for number in range(40)
    ]
    workers = {process for _, _, process in found} - {PARENT}
    assert len(workers) == (count if count > 1 else 0)


def failing(number):
    if number in (11, 12, 30):
        raise ValueError(f"item {number}")
    return number


@pytest.mark.parametrize("count", [1, 2])
def test_the_first_failure_is_the_one_that_is_raised(cores, count):
    cores(count)
    results = ordered_map(failing, range(40))
    assert [next(results) for _ in range(11)] == list(range(11))
    with pytest.raises(ValueError, match="item 11"):
        next(results)


def dying(number):
    if os.getpid() != PARENT and number > 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_the_items_of_a_worker_that_is_killed_are_worked_on_here(cores):
    cores(3)
    assert list(ordered_map(dying, range(30))) == list(range(30))


def test_where_no_process_may_be_had_the_work_is_done_alone(cores, monkeypatch):
    cores(3)

    def refuse():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    assert list(ordered_map(abs, range(30))) == list(range(30))


def test_nobody_is_left_at_work_when_the_rest_is_not_wanted(cores):
    cores(3)
    some = ordered_map(shared, range(1000))
    found = [next(some) for _ in range(20)]
    assert [number for number, _, _ in found] == list(range(20))
    workers = {process for _, _, process in found} - {PARENT}
    assert workers
    some.close()
    for process in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_short_work_and_work_beside_threads_are_not_ordered_map(monkeypatch):
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    assert list(ordered_map(abs, range(5))) == list(range(5))
    script = "import threading\n"
    script += "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    script += "from hopcli.formats.parallel import _usable_cores; print(_usable_cores())"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "1\n"
