"""Who does a piece of work: this process, spawned ones, or a cluster, through one interface.

A piece is a pure function of a record (a trial carries its own seed, a part of a memory says where
its patterns are), so results depend neither on who does it nor on how many there are.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import ParamSpec, TypeVar

from hopcli.errors import HopError

Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

# Parts for each worker: when one is done early, it takes over from the others.
PARTS_A_WORKER = 2
# More processes than this do not start within a minute.
MOST_WORKERS = 1024


class InThisProcess(Executor):
    """Does everything as soon as it is submitted."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Call the function, and return its result as a future that is already done."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class Crew:
    """An executor, and into how many parts a batch is divided for it."""

    executor: Executor
    parts: int

    def map(
        self, work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]
    ) -> list[Result]:
        """Do the work on all items, part by part; the results come in the order of the items.

        Args:
            work: a pure function of a batch that gives one result an item, and can be pickled.
            items: the batch.
        """
        parts = min(self.parts, len(items))
        bounds = [len(items) * part // max(1, parts) for part in range(parts + 1)]
        futures = [
            self._submit(number / max(1, parts), work, items[start:end])
            for number, (start, end) in enumerate(pairwise(bounds))
        ]
        return [result for future in futures for result in future.result()]

    def _submit(
        self,
        place: float,
        work: Callable[[Sequence[Item]], list[Result]],
        items: Sequence[Item],
    ) -> Future[list[Result]]:
        """Have a part of a batch done, which begins at `place` of it, from 0 to 1."""
        return self.executor.submit(work, items)


ALONE = Crew(InThisProcess(), 1)


@contextmanager
def spawned(workers: int) -> Iterator[Crew]:
    """So many processes of this machine, each with one thread, until the block ends.

    They are spawned, since a fork after a parallel kernel would kill the child.

    Raises:
        HopError: the number is out of its range.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise HopError(
            f"--workers {workers} was given, but it takes 1 to {MOST_WORKERS} processes; give "
            f"--workers {multiprocessing.cpu_count()} for this machine"
        )
    executor = ProcessPoolExecutor(workers, _Context(), initializer=_prepare_worker)
    try:
        yield Crew(executor, PARTS_A_WORKER * workers)
    except BrokenProcessPool as error:
        raise HopError(
            "a process that made trials was killed; free some memory, or give fewer --workers"
        ) from error
    finally:
        # Nobody waits for what is still being done, if anything is.
        for child in multiprocessing.active_children():
            child.terminate()
        executor.shutdown(cancel_futures=True)


class _Worker(SpawnProcess):
    """A process that Ctrl-C, which a terminal sends to all, does not reach; it is its parent's."""

    def start(self) -> None:
        """Start it; what is blocked when a process is made stays so in it."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    Process = _Worker  # type: ignore[assignment]


def _prepare_worker() -> None:
    """In a spawned process, before numba is loaded: one thread, and no life after its parent's."""
    os.environ["NUMBA_NUM_THREADS"] = "1"
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    """End this process when its parent has ended, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
