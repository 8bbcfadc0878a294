"""Map a function over items in forks of this process, in order.

Pillow decodes small pictures in hardly less time on two threads than on one, and a new Python takes
a third of a second to start; a fork of this one starts within some milliseconds.

concurrent.futures was tried with forks: loading it takes 11 ms, a tenth of the CPU time for storing
2,000 small pictures, and a pool whose workers were killed at work did not shut down: workers share
one pipe for results, which does not end with them. Here each fork has a pipe of its own.
"""

import contextlib
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from hopcli.interruption import undoing

Item = TypeVar("Item")
Result = TypeVar("Result")

# Forking costs some milliseconds; work that takes less time than this is not divided.
SECONDS_ALONE = 0.05
# The capacity of a pipe for results: the most that Linux gives to an ordinary user.
PIPE_BYTES = 2**20


@dataclass(frozen=True)
class _Worker:
    """A fork of this process, and the pipe from which its results are read, in order."""

    process: int
    results: BinaryIO


@dataclass(frozen=True)
class _Failure:
    """The exception that the function raised for an item."""

    error: Exception


def ordered_map(
    function: Callable[[Item], Result], items: Sequence[Item]
) -> Generator[Result, None, None]:
    """Call a function for each item in forks of this process, and yield the results in order.

    The first item is worked on here, to measure whether forks are worthwhile. Of the others each
    worker takes every n-th. A worker that was killed has its items worked on here.

    Args:
        function: a pure function, whose results and exceptions can be pickled.
        items: any number; not changed meanwhile.

    Raises:
        Exception: what the function raised for the first item for which it did.
    """
    if not items:
        return
    started = time.perf_counter()
    first = function(items[0])
    alone = (time.perf_counter() - started) * (len(items) - 1)
    yield first
    count = min(_usable_cores(), len(items) - 1) if alone > SECONDS_ALONE else 1
    workers: list[_Worker] = []

    def kill() -> None:
        for worker in workers:
            os.kill(worker.process, signal.SIGKILL)

    with undoing(kill):
        try:
            if count > 1:
                _fork(workers, count, function, items[1:])
            for number, item in enumerate(items[1:]):
                position = number % count
                if position < len(workers):
                    yield _received(workers[position], function, item)
                else:
                    yield function(item)
        finally:
            kill()
            for worker in workers:
                worker.results.close()
                os.waitpid(worker.process, 0)


def _usable_cores() -> int:
    """Return how many processes can run; 1 where forking with threads might copy a held lock."""
    if not sys.platform.startswith("linux") or len(list(Path("/proc/self/task").iterdir())) > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _fork(
    workers: list[_Worker], count: int, function: Callable[[Any], Any], items: Sequence[Any]
) -> None:
    """Start `count` workers, or as many as the system allows, and append them to `workers`."""
    # A fork must not be interrupted before it ignores interrupts.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with contextlib.suppress(OSError):
            for number in range(count):
                results, out = os.pipe()
                process = os.fork()
                if process == 0:
                    # A pipe that a sibling holds open would not end with this process's parent.
                    for worker in workers:
                        worker.results.close()
                    os.close(results)
                    _work(function, items[number::count], out)
                os.close(out)
                workers.append(_Worker(process, os.fdopen(results, "rb", buffering=PIPE_BYTES)))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(function: Callable[[Any], Any], items: Sequence[Any], out: int) -> NoReturn:
    """Write the pickled result for each item to a pipe, and end the process."""
    try:
        # Ctrl-C is handled by the parent, which kills this process.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(OSError):
            import fcntl

            fcntl.fcntl(out, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        with os.fdopen(out, "wb") as stream:
            for item in items:
                try:
                    result = function(item)
                except Exception as error:
                    result = _Failure(error)
                stream.write(pickle.dumps(result, protocol=5))
                stream.flush()
    finally:
        os._exit(0)


def _received(worker: _Worker, function: Callable[[Any], Any], item: Any) -> Any:
    """Return the next result of a worker; where it has ended, the result of working here."""
    try:
        result = pickle.load(worker.results)
    except (EOFError, pickle.UnpicklingError):
        return function(item)
    if isinstance(result, _Failure):
        raise result.error
    return result
