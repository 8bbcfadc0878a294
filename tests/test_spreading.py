"""Work spread over processes: the same results in the same order, whoever did it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import awaited

from hopcli.formats import spreading
from hopcli.formats.spreading import spread

ALONE = os.getpid()
# A folder with a file for each process that has had some work, and how many there will be.
ATTENDING, PROCESSES = Path(), 1


@pytest.fixture
def helpers(monkeypatch, folder):
    """Have so many helpers, however little the work, and whatever threads the tests' own have."""

    def set_to(count):
        monkeypatch.setitem(globals(), "PROCESSES", count + 1)
        monkeypatch.setattr(spreading, "SECONDS_ALONE", -1.0)
        monkeypatch.setattr(spreading, "_spare_cores", lambda: count)

    monkeypatch.setitem(globals(), "ATTENDING", folder / "attending")
    ATTENDING.mkdir()
    return set_to


def shared(number):
    """Work that no process goes on with before each process has had some."""
    # The first is done before there are other processes.
    if number:
        ATTENDING.joinpath(str(os.getpid())).touch()
        awaited(lambda: len(list(ATTENDING.iterdir())) >= PROCESSES)
    return number, bytes(70_000) * (number % 3), os.getpid()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_results_come_in_order(helpers, count):
    helpers(count)
    found = list(spread(shared, range(40)))
    assert [(number, len(filled)) for number, filled, _ in found] == [
        (number, 70_000 * (number % 3)) for number in range(40)
    ]
    assert len({process for _, _, process in found}) == count + 1


def failing(number):
    if number in (11, 12, 30):
        raise ValueError(f"piece {number}")
    return number


@pytest.mark.parametrize("count", [0, 2])
def test_the_first_failure_is_the_one_that_is_raised(helpers, count):
    helpers(count)
    results = spread(failing, range(40))
    assert [next(results) for _ in range(11)] == list(range(11))
    with pytest.raises(ValueError, match="piece 11"):
        next(results)


def dying(number):
    if os.getpid() != ALONE and number > 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_the_work_of_a_helper_that_is_killed_is_done_again(helpers):
    helpers(2)
    assert list(spread(dying, range(30))) == list(range(30))


def test_where_no_process_may_be_had_the_work_is_done_alone(helpers, monkeypatch):
    helpers(2)

    def refuse():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refuse)
    assert list(spread(abs, range(30))) == list(range(30))


def test_nobody_is_left_at_work_when_the_rest_is_not_wanted(helpers):
    helpers(2)
    some = spread(shared, range(1000))
    found = [next(some) for _ in range(20)]
    assert [number for number, _, _ in found] == list(range(20))
    hired = {process for _, _, process in found} - {ALONE}
    assert hired
    some.close()
    for process in hired:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_short_work_and_work_beside_threads_are_not_spread(monkeypatch):
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    assert list(spread(abs, range(5))) == list(range(5))
    script = "import threading\n"
    script += "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    script += "from hopcli.formats.spreading import _spare_cores; print(_spare_cores())"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "0\n"
